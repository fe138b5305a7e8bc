import { describe, expect, it } from '@jest/globals';
import { sliceLabels } from './sliceLabels.js';

const decision = { presence: 0.5, overlap: 0.5 };
/** 4 × 4 logits that are `inside` in the columns from `first` to `last`, −5 elsewhere; decided at the same size. */
const stripe = (first: number, last: number, inside: number): Float32Array =>
  Float32Array.from({ length: 16 }, (_, n) => (n % 4 >= first && n % 4 <= last ? inside : -5));
const labelsOf = (...masks: [logits: Float32Array, presence: number][]) => [
  ...sliceLabels(
    masks.map(([logits, presence]) => ({ logits, presence })),
    4,
    4,
    decision,
  ).subarray(0, 4),
];

describe('labels of a slice', () => {
  it('mark nothing for a target that is less likely than the threshold, or just as likely where it is alone', () => {
    expect(labelsOf([stripe(0, 3, 5), 0.51])).toEqual([1, 1, 1, 1]);
    expect(labelsOf([stripe(0, 3, 5), 0.5])).toEqual([0, 0, 0, 0]);
    expect(labelsOf([stripe(0, 0, 5), 0.5], [stripe(3, 3, 5), 0.49])).toEqual([1, 0, 0, 0]);
  });

  it('give a pixel to the most probable of the targets that share it', () => {
    expect(labelsOf([stripe(0, 2, 2), 0.9], [stripe(2, 3, 3), 0.8])).toEqual([1, 1, 2, 2]);
  });

  it('drop a target that overlaps a likelier one too much, however probable its pixels are', () => {
    expect(labelsOf([stripe(0, 2, 9), 0.6], [stripe(0, 3, 2), 0.8])).toEqual([2, 2, 2, 2]);
  });

  it('drop nothing because of a target that marks nothing itself', () => {
    expect(labelsOf([stripe(0, 3, -1), 0.9], [stripe(1, 2, 2), 0.6])).toEqual([0, 2, 2, 0]);
  });

  it('drop nothing because of a target that was dropped', () => {
    const [best, dropped, last]: [Float32Array, number][] = [
      [stripe(0, 2, 2), 0.9],
      [stripe(1, 3, 2), 0.8],
      [stripe(3, 3, 2), 0.7],
    ] as never;
    // The second shares two of four columns with the first: an overlap of 0.5 is still allowed, so it stays and takes
    // the third's pixels.
    expect(labelsOf(best!, dropped!, last!)).toEqual([1, 1, 1, 2]);
    expect(labelsOf([stripe(0, 2, 2), 0.9], [stripe(0, 3, 2), 0.8], [stripe(3, 3, 2), 0.7])).toEqual([1, 1, 1, 3]);
  });
});
