import { describe, expect, it } from '@jest/globals';
import { type Plane, splineResize } from './splineResize.js';

/** Whole numbers of 0–255 without any order. */
const plane = (rows: number, columns: number, change = (value: number, _column: number) => value): Plane => ({
  columns,
  rows,
  values: Float64Array.from({ length: rows * columns }, (_, n) => {
    const [row, column] = [Math.floor(n / columns), n % columns];
    return change((37 * row * row + 91 * column + 53 * row * column) % 256, column);
  }),
});
const sumOf = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0);

/**
 * Expected: scikit-image 0.26 `resize(order=3, mode="constant", anti_aliasing=True, preserve_range=True)`, cut to
 * uint8.
 */
describe('resizing by cubic splines', () => {
  it('enlarges byte for byte like scikit-image, flat areas of 255 too', () => {
    const resized = splineResize(
      plane(5, 4, (value, column) => (column < 2 ? value : 255)),
      8,
    );
    expect(Array.from(resized.subarray(0, 24))).toEqual([
      0, 7, 40, 103, 182, 240, 244, 166, 0, 28, 104, 185, 252, 255, 255, 218, 22, 74, 147, 203, 237, 255, 255, 197,
    ]);
    expect(sumOf(resized)).toBe(10_165);
  });

  it('smooths before it makes smaller', () => {
    const resized = splineResize(plane(41, 37), 16);
    expect(Array.from(resized.subarray(0, 8))).toEqual([93, 129, 151, 132, 126, 150, 103, 113]);
    expect(sumOf(resized)).toBe(32_641);
  });

  it('takes rows and columns each by their own factor', () => {
    const resized = splineResize(plane(30, 31), 32);
    expect(Array.from(resized.subarray(32, 40))).toEqual([25, 179, 83, 192, 101, 231, 173, 11]);
    expect(sumOf(resized)).toBe(131_035);
  });

  it('leaves the range of the image only for the 0 around it, and only where that is reached', () => {
    const gray = (value: number) => Math.min(Math.max(value, 90), 200);
    expect(Array.from(splineResize(plane(5, 4, gray), 8).subarray(0, 8))).toEqual([90, 90, 90, 90, 147, 155, 100, 90]);
    const bright = splineResize(
      plane(5, 4, () => 200),
      16,
    );
    expect(Math.min(...bright)).toBeGreaterThan(0);
  });

  it('only cuts off fractions where the size is right already', () => {
    const resized = splineResize({ columns: 2, rows: 2, values: Float64Array.of(0, 12.9, 254.9999, 255) }, 2);
    expect(Array.from(resized)).toEqual([0, 12, 254, 255]);
  });
});
