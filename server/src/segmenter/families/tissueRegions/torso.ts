import { apply, type Vector3 } from '../../../values/affine.js';
import { type Grid, voxelVolumeMl } from '../../../values/grid.js';
import { type AnatomicalAxes, anatomicalAxes } from './anatomicalAxes.js';
import type { CoarseTissues } from './coarseTissues.js';
import type { TissueCodes } from './tissueCodes.js';

/** The input of every operation on the coarse grid: the cells around the body. */
export interface Torso {
  readonly tissues: CoarseTissues;
  readonly grid: Grid;
  readonly codes: TissueCodes;
  readonly axes: AnatomicalAxes;
  /** 1 in the body and everything that it encloses. */
  readonly body: Uint8Array;
  /** Median code at most `aerated`, inside the body. */
  readonly air: Uint8Array;
  readonly cellMl: number;
  /** Centre of mass of the body, in LPS mm. */
  readonly centroid: Vector3;
}

export function describeTorso(tissues: CoarseTissues, codes: TissueCodes, body: Uint8Array): Torso {
  const { grid, median } = tissues;
  const air = new Uint8Array(body.length);
  for (let n = 0; n < body.length; n++) air[n] = body[n] !== 0 && median[n]! <= codes.aerated ? 1 : 0;
  return {
    tissues,
    grid,
    codes,
    axes: anatomicalAxes(grid),
    body,
    air,
    cellMl: voxelVolumeMl(grid),
    centroid: centroidLps(body, grid) ?? [0, 0, 0],
  };
}

/** Centre of mass of the set cells in LPS mm; undefined if none is set. */
export function centroidLps(mask: Uint8Array, grid: Grid): Vector3 | undefined {
  const [nx, ny, nz] = grid.size;
  let count = 0;
  let [sumI, sumJ, sumK] = [0, 0, 0];
  for (let k = 0, n = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, n++)
        if (mask[n] !== 0) {
          count++;
          sumI += i;
          sumJ += j;
          sumK += k;
        }
  return count === 0 ? undefined : apply(grid.voxelToLps, [sumI / count, sumJ / count, sumK / count]);
}

/** LPS mm of cell n. */
export function cellLps(n: number, { size: [nx, ny], voxelToLps }: Grid): Vector3 {
  const i = n % nx;
  const line = (n - i) / nx;
  const j = line % ny;
  return apply(voxelToLps, [i, j, (line - j) / ny]);
}
