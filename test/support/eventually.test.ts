import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from './eventually.js';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Each value once, then the last one for ever. */
const oneAfterTheOther = <Value>(...values: readonly Value[]): (() => Promise<Value>) => {
  let looks = 0;
  return async () => values[Math.min(looks++, values.length - 1)]!;
};

/** As if the time that only a hang reaches had passed. */
const asAfterAHang = (): void => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now++ * 1e9);
};

describe('eventually', () => {
  it('looks until the matcher holds', async () => {
    await eventually(oneAfterTheOther([], ['one'], ['one', 'two'])).toEqual(['one', 'two']);
    await eventually(oneAfterTheOther('drawing', 'Hide')).not.toBe('drawing');
  });

  it('fails as Jest does, with what was seen last', async () => {
    asAfterAHang();
    await expect(eventually(oneAfterTheOther(['one'])).toEqual(['two'])).rejects.toThrow(/- +"two",\n\+ +"one",/);
    asAfterAHang();
    await expect(eventually(oneAfterTheOther('one')).not.toBe('one')).rejects.toThrow(/not\.toBe/);
  });

  it('throws what the look throws, at once', async () => {
    const look = async (): Promise<never> => {
      throw new Error('the page has gone');
    };
    await expect(eventually(look).toBe(1)).rejects.toThrow('the page has gone');
  });
});
