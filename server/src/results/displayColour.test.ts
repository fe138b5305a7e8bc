import { describe, expect, it } from '@jest/globals';
import { colourOfCIELabValue } from '#contract/colour.js';
import { recommendedDisplayCIELabValue } from './displayColour.js';

/** CIELab of the encoded value: PS3.3 section C.10.7.1.1 the other way round. */
const decode = (colour: readonly [number, number, number]) => {
  const [lightness, a, b] = recommendedDisplayCIELabValue(colour);
  return [(lightness / 65535) * 100, (a / 65535) * 255 - 128, (b / 65535) * 255 - 128];
};

describe('recommendedDisplayCIELabValue', () => {
  // CIELab D50 of sRGB colours as ICC colour management gives them
  it.each([
    ['white', [255, 255, 255], [100, 0, 0]],
    ['black', [0, 0, 0], [0, 0, 0]],
    ['grey', [119, 119, 119], [50.03, 0, 0]],
    ['red', [255, 0, 0], [54.29, 80.81, 69.89]],
    ['green', [0, 255, 0], [87.82, -79.29, 80.99]],
    ['blue', [0, 0, 255], [29.57, 68.3, -112.03]],
  ] as const)('gives CIELab D50 of %s', (_name, colour, expected) => {
    decode(colour).forEach((value, index) => {
      expect(Math.abs(value - expected[index]!)).toBeLessThan(0.05);
    });
  });

  it('puts a* = b* = 0 at 0x8080', () => {
    expect(recommendedDisplayCIELabValue([255, 255, 255])[0]).toBe(65535);
    for (const value of recommendedDisplayCIELabValue([0, 0, 0]).slice(1)) expect(value).toBe(0x8080);
  });
});

describe('colourOfCIELabValue', () => {
  it('gives every colour back as it was', () => {
    for (let red = 0; red < 256; red += 51)
      for (let green = 0; green < 256; green += 51)
        for (let blue = 0; blue < 256; blue += 51) {
          const colour = [red, green, blue] as const;
          expect(colourOfCIELabValue(recommendedDisplayCIELabValue(colour))).toEqual(colour);
        }
  });

  it('stays within sRGB, and gives nothing for what is no colour', () => {
    expect(colourOfCIELabValue([65535, 65535, 65535])?.every((value) => value >= 0 && value <= 255)).toBe(true);
    for (const wrong of [[], [1, 2], [1, 2, 70_000], [Number.NaN, 0, 0]])
      expect(colourOfCIELabValue(wrong)).toBeUndefined();
  });
});
