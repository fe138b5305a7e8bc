import { add, scale, type Vector3 } from '../../../values/affine.js';
import { type Grid, spacing } from '../../../values/grid.js';
import { dilateCells, erodeCells } from '../boxMorphology.js';
import { type Box, cropArray, pasteArray } from './boxes.js';

/**
 * Binary morphology with a box along the grid's axes.
 *
 * Cells outside the grid count as empty for dilation and as set for erosion: structures cut by the field of view are
 * not eroded at the cut. A radius in mm is rounded to whole cells; below half a cell it has no effect along that axis.
 */
export function dilate(mask: Uint8Array, grid: Grid, radiusMm: number): Uint8Array {
  return dilateCells(mask, grid.size, radiusInCells(grid, radiusMm));
}

export function erode(mask: Uint8Array, grid: Grid, radiusMm: number): Uint8Array {
  return erodeCells(mask, grid.size, radiusInCells(grid, radiusMm));
}

/**
 * Dilation, then erosion: bridges gaps up to twice the radius. Dilation may go beyond the edge of the grid; otherwise
 * all space closer to the edge than the radius would be filled.
 */
export function close(mask: Uint8Array, grid: Grid, radiusMm: number): Uint8Array {
  const radius = radiusInCells(grid, radiusMm);
  const wide = add(grid.size, scale(radius, 2));
  const within: Box = { first: radius, size: grid.size };
  return cropArray(erodeCells(dilateCells(pasteArray(mask, wide, within), wide, radius), wide, radius), wide, within);
}

export function complement(mask: Uint8Array): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let n = 0; n < mask.length; n++) out[n] = mask[n] === 0 ? 1 : 0;
  return out;
}

function radiusInCells(grid: Grid, radiusMm: number): Vector3 {
  return spacing(grid).map((mm) => Math.round(radiusMm / mm)) as unknown as Vector3;
}
