import { describe, expect, it } from '@jest/globals';
import type { Target } from '../values/target.js';
import type { Vocabulary } from '../values/vocabulary.js';
import type { CaseRecord } from './caseRecord.js';
import { publishedFor } from './publishedFigures.js';
import { meanOf, summarize } from './summarize.js';

const concept = {
  category: { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' },
  displayColour: [1, 2, 3],
} as const;
const target = (id: string, name: string, value: string) => ({
  id,
  name,
  synonyms: [],
  modalities: ['CT'],
  concept: {
    ...concept,
    displayColour: [1, 2, 3] as [number, number, number],
    type: { value, scheme: 'SCT' as const, meaning: name },
  },
});
const vocabulary: Vocabulary = {
  targets: [target('liver', 'Liver', '10200004'), target('ivc', 'Inferior vena cava', '64131007')],
  groups: [],
};
const liver: Target = { id: 'liver', name: 'Liver', prompt: 'liver', concept: vocabulary.targets[0]!.concept };
const asked = { name: 'liver', values: [1], targets: [liver] };

const record = (name: string, trueMl: number, foundMl: number, dice?: number): CaseRecord => ({
  case: name,
  key: name,
  seconds: 1,
  executionProvider: 'cpu',
  sessionRunMs: 1,
  labels: [{ label: 'liver', trueMl, foundMl, ...(dice !== undefined && { dice, surfaceDice: dice / 2 }) }],
});

describe('summarize', () => {
  const published = publishedFor('CT', vocabulary);
  const cases = [
    record('a', 9, 9, 0.9),
    record('b', 9, 0, 0),
    record('c', 9, 7, 0.6),
    record('d', 0, 3, 0),
    record('e', 0, 0),
  ];
  const summary = summarize(asked, cases, published);

  it('counts a miss as 0, and what was found where nothing is apart', () => {
    expect(summary).toMatchObject({ cases: 3, casesWithout: 2, foundWhereAbsent: 1 });
    expect(summary.dice!.mean).toBeCloseTo(0.5);
    expect(summary.dice!.median).toBe(0.6);
    expect(summary.dice!.least).toBe(0);
    expect(summary.dice!.standardDeviation).toBeCloseTo(Math.sqrt(0.14));
    expect(summary.surfaceDice!.mean).toBeCloseTo(0.25);
    // 0 %, -100 % and -22 %.
    expect(summary.volumeError!.mean).toBeCloseTo(-11 / 27);
    expect(summary.dice!.interval).toBeUndefined();
  });

  it('gives distances over the cases in which the structure was found', () => {
    const [first, missed] = [record('a', 9, 9, 0.9), record('b', 9, 0, 0)];
    const measured = { ...first, labels: [{ ...first.labels[0]!, meanDistanceMm: 1.5, distance95Mm: 4 }] };
    const found = summarize(asked, [measured, missed], published);
    expect([found.meanDistanceMm!.mean, found.distance95Mm!.mean]).toEqual([1.5, 4]);
    expect(summarize(asked, [missed], published).meanDistanceMm).toBeUndefined();
  });

  it('gives confidence intervals for five cases or more', () => {
    const five = [0.9, 0.8, 0.7, 0.95, 0.85].map((dice, index) => record(`${index}`, 9, 9, dice));
    const [low, high] = summarize(asked, five, published).dice!.interval!;
    expect(low).toBeGreaterThan(0.7);
    expect(low).toBeLessThan(0.84);
    expect(high).toBeGreaterThan(0.84);
    expect(high).toBeLessThan(0.95);
    const mean = meanOf([asked], five)!;
    expect(mean.diceInterval).toEqual([low, high]);
    // The surface figures are half of the others.
    expect(mean.surfaceDiceInterval).toEqual([low / 2, high / 2].map((limit) => expect.closeTo(limit, 10)));
  });

  it('gives limits of agreement of the volume for three cases or more', () => {
    const [first, second, third] = [record('a', 10, 11), record('b', 10, 12), record('c', 10, 9)];
    const [low, high] = summarize(asked, [first, second, third, record('d', 0, 3)], published).volumeLimits!;
    // +10 %, +20 %, -10 %: mean 6.67 %, SD of the sample 15.275 %.
    expect(low).toBeCloseTo(0.0666667 - 1.96 * 0.1527525, 6);
    expect(high).toBeCloseTo(0.0666667 + 1.96 * 0.1527525, 6);
    expect(summarize(asked, [first, second], published).volumeLimits).toBeUndefined();
  });

  it('lays the published figures of the same structure beside it', () => {
    expect(summary.published).toMatchObject({
      dataset: 'AMOS22 CT',
      dice: { MedImageParse3D: 0.9771, 'nnU-Net': 0.9609, SegVol: 0.9624 },
    });
    expect(publishedFor('MR', vocabulary)(['ivc'])!.dice).toEqual({ MedImageParse3D: 0.8726, 'nnU-Net': 0.9066 });
    expect(published(['liver', 'ivc'])).toBeUndefined();
    expect(publishedFor('PT', vocabulary)(['liver'])).toBeUndefined();
  });

  it('has no mean of a label that no case has', () => {
    const absent = summarize(asked, [record('e', 0, 0)], published);
    expect(absent.dice).toBeUndefined();
    expect(meanOf([asked], [record('e', 0, 0)])).toBeUndefined();
    expect(meanOf([{ ...asked, name: 'cyst' }, asked], cases)!.dice).toBeCloseTo(0.5);
  });
});
