import { describe, expect, it } from '@jest/globals';
import { doubtsAboutHounsfield } from './plausibleHounsfield.js';

/** A body in air with lungs, fat and bone, in HU, and what a writer made of it. */
function body(written: (hu: number) => number = (hu) => hu): Int16Array {
  const size = 40;
  return Int16Array.from({ length: size ** 3 }, (_, n) => {
    const [x, y] = [(n % size) - 19.5, (Math.floor(n / size) % size) - 19.5];
    const r = Math.hypot(x, y);
    const hu = r > 17 ? -1000 : r > 15 ? -100 : Math.hypot(x - 8, y) < 4 ? -850 : Math.hypot(x, y - 9) < 3 ? 700 : 40;
    return Math.round(written(hu + ((n * 7919) % 21) - 10));
  });
}
const clip = (from: number, to: number) => (hu: number) => Math.min(to, Math.max(from, hu));

describe('values of a CT', () => {
  it.each([
    ['a body in air', undefined],
    ['with air at -1024', (hu: number) => hu - 24],
    ['with padding of -3024', (hu: number) => (hu < -995 ? -3024 : hu)],
    ['clipped to -1024…3071', clip(-1024, 700)],
    ['clipped at -1000', clip(-1000, 3071)],
    ['of a part without air', (hu: number) => (hu < -150 ? 40 : hu)],
  ])('are believed: %s', (_, written) => {
    expect(doubtsAboutHounsfield(body(written))).toEqual([]);
  });

  it.each([
    ['scaled to 0…255', (hu: number) => ((hu + 1010) * 255) / 1720, 'none is between -1200 and -30'],
    ['without their intercept', (hu: number) => hu + 1024, 'none is between'],
    ['without their intercept, with padding', (hu: number) => (hu < -995 ? -2000 : hu + 1024), 'none is between'],
    ['with their intercept twice', (hu: number) => hu - 1024, 'none is above'],
    ['clipped to a window of soft tissue', clip(-160, 240), 'the lowest value, -160, fills'],
    ['clipped to a wide window', clip(-500, 1000), 'the lowest value, -500, fills'],
    ['attenuation coefficients', (hu: number) => (hu + 1000) / 500, 'none is between'],
  ])('are doubted: %s', (_, written, why) => {
    expect(doubtsAboutHounsfield(body(written))).toEqual([expect.stringContaining(why)]);
    expect(doubtsAboutHounsfield(Float32Array.from(body(written)))).toHaveLength(1);
  });

  it('are not judged where they are few', () => {
    expect(doubtsAboutHounsfield(new Int16Array(1000))).toEqual([]);
  });
});
