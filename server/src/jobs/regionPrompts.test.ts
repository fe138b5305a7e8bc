import { describe, expect, it } from '@jest/globals';
import { clicksSchema, regionPromptSchema } from '#contract/imagePrompts.js';
import { mostClicks, mostPoints, mostPointsInAll, pointsOf } from '#contract/promptLimits.js';

const points = (count: number) => Array.from({ length: count }, (_, n) => [n, 0.5, -1]);
const scribble = (count: number) => ({ kind: 'scribble', line: points(count), part: true });
const lasso = (count: number, more = {}) => ({ kind: 'lasso', outline: points(count), part: false, ...more });
const why = (prompt: unknown) => regionPromptSchema.safeParse(prompt).error?.issues[0]?.message;

describe('scribbles and lassos', () => {
  it('have two and three points or more, and a thousand at most', () => {
    for (const fitting of [scribble(2), scribble(mostPoints), lasso(3), lasso(mostPoints, { throughSlices: false })])
      expect(regionPromptSchema.parse(fitting)).toEqual(fitting);
    expect(why(scribble(1))).toBe('has fewer than 2 points');
    expect(why(lasso(2))).toBe('has fewer than 3 points');
    for (const long of [scribble(mostPoints + 1), lasso(mostPoints + 1)])
      expect(why(long)).toBe('has more than 1000 points');
  });

  it('are in the patient’s coordinates, and nothing else', () => {
    for (const odd of [
      { ...scribble(2), throughSlices: false },
      {
        ...scribble(2),
        line: [
          [1, 2],
          [3, 4],
        ],
      },
      { ...lasso(3), outline: [...points(2), [1, 2, 1e9]] },
      { ...lasso(3), kind: 'outline' },
    ])
      expect(regionPromptSchema.safeParse(odd).success).toBe(false);
  });

  it('together have a limited number of points, with clicks in between', () => {
    const click = { kind: 'click', place: [1, 2, 3], part: true };
    const many = Array.from({ length: mostPointsInAll / 500 }, () => lasso(500));
    expect(pointsOf([...many, click])).toBe(mostPointsInAll);
    expect(clicksSchema.safeParse([...many, click]).success).toBe(true);
    expect(clicksSchema.safeParse([...many, scribble(2)]).error?.issues[0]?.message).toBe(
      'have more than 5000 points together',
    );
    expect(clicksSchema.safeParse(Array.from({ length: mostClicks + 1 }, () => click)).success).toBe(false);
  });
});
