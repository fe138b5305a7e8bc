import { describe, expect, it } from '@jest/globals';
import { type Grid, voxelCount } from '../values/grid.js';
import { type Contour, contoursOfSlice, outlinesOfSlice } from './contours.js';
import { random, randomGrid, randomMask } from './syntheticSegments.js';

const plain = (columns: number, rows: number, slices = 1): Grid => ({
  size: [columns, rows, slices],
  voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
});

/** A mask of one slice from a drawing, one line per row, # inside. */
function drawn(...lines: string[]) {
  const grid = plain(lines[0]!.length, lines.length);
  const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
  [...lines.join('')].forEach((sign, n) => {
    if (sign === '#') bits[n >> 3]! |= 1 << (n & 7);
  });
  return { grid, bits };
}

/** Whether a point is inside of a polygon: a ray to the right crosses its sides an odd number of times. */
function contains(contour: Contour, x: number, y: number): boolean {
  let inside = false;
  contour.forEach(([x1, y1], index) => {
    const [x2, y2] = contour[(index + 1) % contour.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/** How many of the contours each pixel centre of a slice is in, as a text of digits. */
function filled(contours: readonly Contour[], [columns, rows]: readonly number[]): string {
  let text = '';
  for (let j = 0; j < rows!; j++)
    for (let i = 0; i < columns!; i++) text += contours.filter((contour) => contains(contour, i, j)).length;
  return text;
}

const area = (contour: Contour): number =>
  contour.reduce((sum, [x1, y1], index) => {
    const [x2, y2] = contour[(index + 1) % contour.length]!;
    return sum + (x1 * y2 - x2 * y1) / 2;
  }, 0);

describe('contours of a slice', () => {
  it('go along the sides of a pixel', () => {
    expect(contoursOfSlice(drawn('...', '.#.'), 0)).toEqual([
      [
        [0.5, 0.5],
        [1.5, 0.5],
        [1.5, 1.5],
        [0.5, 1.5],
      ],
    ]);
  });

  it('have points only where they turn', () => {
    const [contour] = contoursOfSlice(drawn('####', '####', '####'), 0);
    expect(contour).toHaveLength(4);
  });

  it('of pixels that touch at a corner only are two', () => {
    expect(contoursOfSlice(drawn('#.', '.#'), 0).map((contour) => contour.length)).toEqual([4, 4]);
    expect(contoursOfSlice(drawn('.#', '#.'), 0).map((contour) => contour.length)).toEqual([4, 4]);
  });

  it('join a hole by a keyhole', () => {
    const mask = drawn('####', '#.##', '####');
    const contours = contoursOfSlice(mask, 0);
    expect(contours).toHaveLength(1);
    expect(filled(contours, mask.grid.size)).toBe('111110111111');
    expect(contours[0]).toHaveLength(10); // 4 of the outline, 4 of the hole, both ends of the channel once more
    expect(area(contours[0]!)).toBe(11);
  });

  it.each([
    ['holes one above the other', ['#####', '#.###', '#####', '#.###', '#####']],
    ['holes side by side, at one height', ['#######', '#.#.#.#', '#######']],
    [
      'an island in a hole, with a hole of its own',
      ['#######', '#.....#', '#.###.#', '#.#.#.#', '#.###.#', '#.....#', '#######'],
    ],
    ['holes that touch at a corner', ['#####', '#.###', '##.##', '#####']],
    ['a hole that touches the outside at a corner', ['.####', '#.###', '#####']],
    ['a hole whose channel meets a step', ['..###', '#####', '##.##', '#####']],
    ['a hole below a hole with an overhang', ['########', '#....###', '#.##.###', '#.######', '###.####', '########']],
  ])('keep %s', (_what, lines) => {
    const mask = drawn(...lines);
    const digits = lines.join('').replaceAll('#', '1').replaceAll('.', '0');
    const contours = contoursOfSlice(mask, 0);
    expect(filled(contours, mask.grid.size)).toBe(digits);
    expect(contours.reduce((sum, contour) => sum + area(contour), 0)).toBe(digits.replaceAll('0', '').length);
  });

  it('of random masks enclose each pixel once, and nothing else', () => {
    const next = random(61);
    for (let round = 0; round < 60; round++) {
      const grid = randomGrid(next, [1 + Math.floor(23 * next()), 1 + Math.floor(23 * next()), 3]);
      const mask = randomMask(grid, next, (slice) => slice > 0, 0.1 + 0.85 * next());
      const frame = grid.size[0] * grid.size[1];
      for (const slice of [0, 1, 2]) {
        const expected = Array.from({ length: frame }, (_, pixel) => {
          const n = slice * frame + pixel;
          return (mask.bits[n >> 3]! >> (n & 7)) & 1;
        });
        const contours = contoursOfSlice(mask, slice);
        expect(filled(contours, grid.size)).toBe(expected.join(''));
        for (const contour of contours) expect(area(contour)).toBeGreaterThan(0);
      }
    }
  });

  it('of a mask that fills its slice are the edge of the image', () => {
    const grid = plain(9, 5, 2);
    const mask = { grid, bits: new Uint8Array(12).fill(0xff) };
    expect(contoursOfSlice(mask, 1)).toEqual([
      [
        [-0.5, -0.5],
        [8.5, -0.5],
        [8.5, 4.5],
        [-0.5, 4.5],
      ],
    ]);
  });
});

describe('outlines for drawing', () => {
  it('go around a hole without a line to it', () => {
    const mask = drawn('#####', '#...#', '#.#.#', '#...#', '#####');
    const outlines = outlinesOfSlice(mask, 0);
    expect(outlines.map((outline) => [outline.length, area(outline)])).toEqual([
      [4, 25],
      [4, 1],
      [4, -9],
    ]);
    expect(outlinesOfSlice(drawn('...'), 0)).toEqual([]);
  });
});
