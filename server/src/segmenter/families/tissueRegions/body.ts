import { voxelVolumeMl } from '../../../values/grid.js';
import { connectedComponents, selectComponents } from '../../connectedComponents.js';
import { anatomicalAxes, planesAcross } from './anatomicalAxes.js';
import type { CoarseTissues } from './coarseTissues.js';
import type { RegionOperations } from './manifest.js';
import { complement, dilate, erode } from './morphology.js';
import type { TissueCodes } from './tissueCodes.js';

/**
 * The patient: tissue without the table, and everything that it encloses. Empty if there is none.
 *
 * Opening removes thin parts (table tops, blankets, tubes). Of the remaining pieces, those that are large and thick in
 * some place are kept: trunk, arms, legs. Enclosed means not reachable from the edge of the image within the plane
 * across the patient's long axis, because the trachea, or a lung cut by the first slice, is open along that axis.
 */
export function findBody(
  tissues: CoarseTissues,
  codes: TissueCodes,
  { openingMm, thicknessMm, minimumMl }: RegionOperations['body'],
): Uint8Array {
  const { grid, median } = tissues;
  const tissue = median.map((code) => (code > codes.aerated ? 1 : 0));
  const opened = erode(tissue, grid, openingMm);
  const thick = erode(opened, grid, Math.max(0, thicknessMm - openingMm));
  const pieces = connectedComponents(opened, grid.size, 'faces');
  const isThick = new Uint8Array(pieces.cellCounts.length);
  for (let n = 0; n < thick.length; n++) if (thick[n] !== 0) isThick[pieces.labels[n]!] = 1;
  const minimumCells = minimumMl / voxelVolumeMl(grid);
  const kept = selectComponents(pieces, (label) => isThick[label] === 1 && pieces.cellCounts[label]! >= minimumCells);
  const solid = dilate(kept, grid, openingMm);
  for (let n = 0; n < solid.length; n++) solid[n]! &= tissue[n]!;
  return complement(outsideOf(solid, tissues, codes));
}

/** Cells reached from gas (or padding) at the image's edge, plane by plane, without crossing `solid`. */
function outsideOf(solid: Uint8Array, { grid, median }: CoarseTissues, codes: TissueCodes): Uint8Array {
  const planes = planesAcross(grid.size, anatomicalAxes(grid).superior.axis);
  const { uCount, uStride, vCount, vStride } = planes;
  const outside = new Uint8Array(solid.length);
  const stack = new Int32Array(uCount * vCount);
  for (let plane = 0; plane < planes.count; plane++) {
    const start = plane * planes.planeStride;
    let height = 0;
    const visit = (u: number, v: number) => {
      const n = start + u * uStride + v * vStride;
      if (outside[n] !== 0 || solid[n] !== 0) return;
      outside[n] = 1;
      stack[height++] = u + uCount * v;
    };
    const seed = (u: number, v: number) => {
      if (median[start + u * uStride + v * vStride] === codes.gas) visit(u, v);
    };
    for (let u = 0; u < uCount; u++) {
      seed(u, 0);
      seed(u, vCount - 1);
    }
    for (let v = 0; v < vCount; v++) {
      seed(0, v);
      seed(uCount - 1, v);
    }
    if (height === 0 && !hasSolid(solid, start, planes)) {
      for (let u = 0; u < uCount; u++) for (let v = 0; v < vCount; v++) outside[start + u * uStride + v * vStride] = 1;
      continue;
    }
    while (height > 0) {
      const cell = stack[--height]!;
      const u = cell % uCount;
      const v = (cell - u) / uCount;
      if (u > 0) visit(u - 1, v);
      if (u + 1 < uCount) visit(u + 1, v);
      if (v > 0) visit(u, v - 1);
      if (v + 1 < vCount) visit(u, v + 1);
    }
  }
  return outside;
}

function hasSolid(
  solid: Uint8Array,
  start: number,
  { uCount, uStride, vCount, vStride }: ReturnType<typeof planesAcross>,
) {
  for (let v = 0; v < vCount; v++)
    for (let u = 0; u < uCount; u++) if (solid[start + u * uStride + v * vStride] !== 0) return true;
  return false;
}
