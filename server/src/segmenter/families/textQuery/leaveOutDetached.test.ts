import { describe, expect, it } from '@jest/globals';
import { fromAxes, identity } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { orientedGrid } from '../../orientedGrid.js';
import { emptyProbabilityMap, type ProbabilityMap } from '../../probabilityMap.js';
import { leaveOutDetached } from './leaveOutDetached.js';

type Block = readonly [first: readonly [number, number, number], size: readonly [number, number, number]];

const rows = ['brain', 'skull', 'skin'];
const connected = { rows: ['brain'], smallestPart: 0.1 };
const whole: Block = [
  [4, 3, 3],
  [6, 6, 6],
];
const apart: Block = [
  [13, 5, 5],
  [2, 2, 2],
];

/** brain 0.7, skull 0.2, background 0.1 in the blocks; background elsewhere. */
function mapOf(grid: Grid, blocks: readonly Block[], skull = 0.2): ProbabilityMap {
  const map = emptyProbabilityMap(grid, rows.length);
  for (const [first, size] of blocks)
    for (let z = first[2]; z < first[2] + size[2]; z++)
      for (let y = first[1]; y < first[1] + size[1]; y++)
        for (let x = first[0]; x < first[0] + size[0]; x++)
          map.values.set([0.9 - skull, skull, 0], rows.length * (x + grid.size[0] * (y + grid.size[1] * z)));
  return map;
}

const grid: Grid = { size: [20, 12, 12], voxelToLps: identity };
const at = ({ values, grid: { size } }: ProbabilityMap, x: number, y: number, z: number) => {
  const voxel = rows.length * (x + size[0] * (y + size[1] * z));
  return [...values.subarray(voxel, voxel + rows.length)].map((value) => Number(value.toFixed(4)));
};

describe('leaveOutDetached', () => {
  it('gives a small part apart from the whole to the other rows and the background, in proportion', () => {
    const map = mapOf(grid, [whole, apart]);
    leaveOutDetached(map, grid, connected, rows);
    expect(at(map, 14, 6, 6)).toEqual([0, 0.6667, 0]);
    expect(at(map, 5, 4, 4)).toEqual([0.7, 0.2, 0]);
    expect(at(map, 1, 1, 1)).toEqual([0, 0, 0]);
  });

  it('gives what nothing else had a share of to the background', () => {
    const map = mapOf(grid, [whole]);
    map.values.set([1, 0, 0], rows.length * (15 + 20 * (6 + 12 * 6)));
    leaveOutDetached(map, grid, connected, rows);
    expect(at(map, 15, 6, 6)).toEqual([0, 0, 0]);
  });

  it.each<[string, Block]>([
    [
      'a part that touches the whole by a corner',
      [
        [10, 9, 9],
        [2, 2, 2],
      ],
    ],
    [
      'a part of a tenth of the whole',
      [
        [13, 3, 5],
        [2, 6, 2],
      ],
    ],
    [
      'a part at the end of the image, where the rest may be beyond',
      [
        [18, 5, 5],
        [2, 2, 2],
      ],
    ],
  ])('keeps %s', (_what, part) => {
    const map = mapOf(grid, [whole, part]);
    leaveOutDetached(map, grid, connected, rows);
    expect(map).toEqual(mapOf(grid, [whole, part]));
  });

  it('knows the end of an oblique image, though the grid reaches beyond', () => {
    const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
    const source: Grid = {
      size: [20, 20, 20],
      voxelToLps: fromAxes([cos, sin, 0], [-sin, cos, 0], [0, 0, 1], [0, 0, 0]),
    };
    const model = orientedGrid(source, 'LPS', [1, 1, 1]);
    const row = Math.floor(model.size[1] / 2);
    // The first column of this row that is in the image, and one well inside.
    const onEdge = Array.from({ length: model.size[0] }, (_, x) => x).find((x) => {
      const { voxelToLps: m } = model;
      const [lpsX, lpsY] = [m[0] * x + m[3], m[5] * row + m[7]];
      return cos * lpsX + sin * lpsY >= -0.5 && cos * lpsY - sin * lpsX <= 19.5;
    })!;
    const large: Block = [
      [onEdge + 8, row - 3, 7],
      [6, 6, 6],
    ];
    for (const [x, isKept] of [
      [onEdge, true],
      [onEdge + 3, false],
    ] as const) {
      const map = mapOf(model, [
        large,
        [
          [x, row, 9],
          [1, 1, 1],
        ],
      ]);
      leaveOutDetached(map, source, connected, rows);
      expect(at(map, x, row, 9)[0]).toBe(isKept ? 0.7 : 0);
      expect(at(map, onEdge + 10, row, 9)[0]).toBe(0.7);
    }
  });
});
