import { type Affine, add, apply, type Vector3 } from '../../../values/affine.js';
import { type Grid, spacing } from '../../../values/grid.js';
import { type Box, cropArray, cropGrid, withOrigin } from './boxes.js';

/**
 * Tissue codes on a grid of blocks of whole voxels. Codes ascend with density, so their median is meaningful. Arrays
 * are indexed i + columns·(j + rows·k) on `grid`.
 */
export interface CoarseTissues {
  readonly grid: Grid;
  /** Voxels per cell along each axis of the fine grid. */
  readonly factors: Vector3;
  /** Cell (i, j, k) covers the block (first + (i, j, k)) of the fine grid. */
  readonly first: Vector3;
  /** Median code of each cell (the lower one of two). */
  readonly median: Uint8Array;
  /** The highest code that a third of the cell's voxels reach: keeps thin cortical bone, which the median loses. */
  readonly upper: Uint8Array;
  readonly highest: Uint8Array;
}

/** At most 16 codes, and a count per code that fits 16 bits. */
const codes = 16;

/**
 * Reduces tissue codes to cells whose edges are as close to `edgeMm` as whole voxels allow. The last cell of an axis
 * may be smaller; the affine of the coarse grid maps a cell's index to the centre of a whole cell.
 * @param tissues codes < 16, indexed i + columns·(j + rows·k)
 */
export function reduceTissues(tissues: Uint8Array, fine: Grid, edgeMm: number): CoarseTissues {
  const [columns, rows, slices] = fine.size;
  const factors = spacing(fine).map((mm) => Math.min(32, Math.max(1, Math.round(edgeMm / mm)))) as unknown as Vector3;
  const [fx, fy, fz] = factors;
  const size: Vector3 = [Math.ceil(columns / fx), Math.ceil(rows / fy), Math.ceil(slices / fz)];
  const [nx, ny, nz] = size;
  const median = new Uint8Array(nx * ny * nz);
  const upper = new Uint8Array(nx * ny * nz);
  const highest = new Uint8Array(nx * ny * nz);
  const counts = new Uint16Array(nx * codes);
  const bin = Int32Array.from({ length: columns }, (_, i) => Math.floor(i / fx) * codes);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      counts.fill(0);
      const lastSlice = Math.min(slices, (k + 1) * fz);
      const lastRow = Math.min(rows, (j + 1) * fy);
      for (let slice = k * fz; slice < lastSlice; slice++)
        for (let row = j * fy; row < lastRow; row++) {
          const start = columns * (row + rows * slice);
          for (let i = 0; i < columns; i++) counts[bin[i]! + tissues[start + i]!]!++;
        }
      const lines = (lastSlice - k * fz) * (lastRow - j * fy);
      const out = nx * (j + ny * k);
      for (let i = 0; i < nx; i++) {
        const total = lines * (Math.min(columns, (i + 1) * fx) - i * fx);
        const medianRank = (total + 1) >> 1;
        const upperRank = total - Math.ceil(total / 3) + 1;
        let seen = 0;
        for (let code = 0; seen < total; code++) {
          const before = seen;
          seen += counts[i * codes + code]!;
          if (seen === before) continue;
          if (before < medianRank && seen >= medianRank) median[out + i] = code;
          if (before < upperRank && seen >= upperRank) upper[out + i] = code;
          highest[out + i] = code;
        }
      }
    }
  return {
    grid: { size, voxelToLps: blockAffine(fine.voxelToLps, factors) },
    factors,
    first: [0, 0, 0],
    median,
    upper,
    highest,
  };
}

/** The cells in the box. */
export function cropTissues(tissues: CoarseTissues, box: Box): CoarseTissues {
  const { grid, first } = tissues;
  const crop = (values: Uint8Array) => cropArray(values, grid.size, box);
  return {
    ...tissues,
    grid: cropGrid(grid, box),
    first: add(first, box.first),
    median: crop(tissues.median),
    upper: crop(tissues.upper),
    highest: crop(tissues.highest),
  };
}

function blockAffine(fine: Affine, [fx, fy, fz]: Vector3): Affine {
  const scaled: Affine = [
    fine[0] * fx,
    fine[1] * fy,
    fine[2] * fz,
    fine[3],
    fine[4] * fx,
    fine[5] * fy,
    fine[6] * fz,
    fine[7],
    fine[8] * fx,
    fine[9] * fy,
    fine[10] * fz,
    fine[11],
    0,
    0,
    0,
    1,
  ];
  return withOrigin(scaled, apply(fine, [(fx - 1) / 2, (fy - 1) / 2, (fz - 1) / 2]));
}
