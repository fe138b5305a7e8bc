import { describe, expect, it } from '@jest/globals';
import { interpolateLogits } from './interpolateLogits.js';

// Expected: torch.nn.functional.interpolate(mode="bilinear"), align_corners False.
describe('interpolating logits', () => {
  const logits = Float32Array.of(0, 4, 8, 12);

  it('gives the values between the four nearest, and the outermost beyond them', () => {
    expect(Array.from(interpolateLogits(logits, 2, { columns: 4, rows: 2 }))).toEqual([0, 1, 3, 4, 8, 9, 11, 12]);
  });

  it('gives a part as it is in the whole', () => {
    const whole = interpolateLogits(logits, 2, { columns: 5, rows: 6 });
    const part = interpolateLogits(logits, 2, { columns: 5, rows: 6 }, { left: 1, top: 2, columns: 3, rows: 2 });
    expect(Array.from(part)).toEqual([...whole.subarray(11, 14), ...whole.subarray(16, 19)]);
  });

  it('takes the corner that the image has, and nothing of what is beyond it', () => {
    const corner = { columns: 1, rows: 2 };
    const part = { left: 0, top: 0, columns: 2, rows: 4 };
    expect(Array.from(interpolateLogits(logits, 2, { columns: 2, rows: 4 }, part, corner))).toEqual([
      0, 0, 2, 2, 6, 6, 8, 8,
    ]);
  });

  it('picks values where the image is smaller', () => {
    expect(Array.from(interpolateLogits(logits, 2, { columns: 1, rows: 1 }))).toEqual([6]);
  });
});
