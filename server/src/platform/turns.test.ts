import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createTurns } from './turns.js';

describe('Turns', () => {
  it('run work one after another in the order in which it was given', async () => {
    const seen: string[] = [];
    const turns = createTurns();
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await nextRound();
      seen.push(`${name} ends`);
      return name;
    };
    await expect(Promise.all([turns.run(work('a')), turns.run(work('b'))])).resolves.toEqual(['a', 'b']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('go on after work that failed', async () => {
    const turns = createTurns();
    const failing = turns.run(async () => {
      throw new Error('no');
    });
    const next = turns.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('refuse what exceeds their limit until one has ended', async () => {
    const turns = createTurns({ most: 2, refuse: (waiting) => new Error(`${waiting} wait`) });
    let end = (): void => {};
    const first = turns.run(() => new Promise<void>((resolve) => (end = resolve)));
    const second = turns.run(async () => 'second');
    await expect(turns.run(async () => 'third')).rejects.toThrow('2 wait');
    await nextRound();
    end();
    await expect(Promise.all([first, second])).resolves.toEqual([undefined, 'second']);
    await turns.ended();
    await expect(turns.run(async () => 'third')).resolves.toBe('third');
  });

  it('say how many are before each, as they end', async () => {
    const turns = createTurns();
    const places: string[] = [];
    const work = (name: string) => turns.run(nextRound, (before) => void places.push(`${name} ${before}`));
    await Promise.all([work('a'), turns.run(nextRound), work('b')]);
    expect(places).toEqual(['a 0', 'b 2', 'b 1', 'b 0']);
  });
});
