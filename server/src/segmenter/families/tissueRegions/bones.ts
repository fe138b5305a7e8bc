import { faceArea } from '../../../values/grid.js';
import { connectedComponents, selectComponents } from '../../connectedComponents.js';
import { dilateCells } from '../boxMorphology.js';
import { planesAcross } from './anatomicalAxes.js';
import type { RegionOperations } from './manifest.js';
import { close } from './morphology.js';
import type { Torso } from './torso.js';

/** Support levels of bone: see {@link findBones}. */
export const boneLevels = { beside: 1, between: 2, marrow: 3 } as const;

/**
 * Bones as support levels on the coarse grid: `beside` is bone and the cells around it, `between` is what closing adds
 * and holes of spongy bone, `marrow` is a hole of mostly fat. A hole is small and enclosed by bone in the plane across
 * the long axis. The spinal canal is neither spongy nor mostly fat.
 *
 * Small pieces, and those with little cortical bone, are calcifications or contrast medium.
 */
export function findBones(torso: Torso, options: RegionOperations['bone']): Uint8Array {
  const { grid, tissues, codes, body, cellMl } = torso;
  const dense = new Uint8Array(body.length);
  for (let n = 0; n < dense.length; n++) {
    // A cell is bone if most of its voxels are, or if it has a thin cortex. The cortical bound is needed because noise
    // alone lifts a third of an enhanced aorta above 200 HU.
    const isBone = tissues.median[n]! >= codes.bone || tissues.upper[n]! >= codes.cortical;
    dense[n] = body[n] !== 0 && isBone ? 1 : 0;
  }
  const pieces = connectedComponents(dense, grid.size, 'corners');
  const cortical = new Int32Array(pieces.cellCounts.length);
  for (let n = 0; n < dense.length; n++) if (tissues.upper[n]! >= codes.cortical) cortical[pieces.labels[n]!]!++;
  const bone = selectComponents(
    pieces,
    (label) =>
      pieces.cellCounts[label]! * cellMl >= options.minimumMl &&
      cortical[label]! >= options.corticalShare * pieces.cellCounts[label]!,
  );
  const support = dilateCells(bone, grid.size, [1, 1, 1]);
  const closed = close(bone, grid, options.closingMm);
  for (let n = 0; n < support.length; n++) {
    if (closed[n] !== 0) support[n] = boneLevels.between;
    if (body[n] === 0) support[n] = 0;
  }
  markMarrow(support, torso, options);
  return support;
}

/** Marks holes enclosed by bone in a plane: mostly fat, or mostly spongy bone. */
function markMarrow(support: Uint8Array, torso: Torso, options: RegionOperations['bone']): void {
  const { grid, tissues, codes, axes } = torso;
  const { count, planeStride, uCount, uStride, vCount, vStride } = planesAcross(grid.size, axes.superior.axis);
  const cellMm2 = faceArea(grid, axes.superior.axis);
  const gap = new Uint8Array(uCount * vCount);
  for (let plane = 0; plane < count; plane++) {
    const cellAt = (flat: number) =>
      plane * planeStride + (flat % uCount) * uStride + Math.floor(flat / uCount) * vStride;
    for (let flat = 0; flat < gap.length; flat++) gap[flat] = support[cellAt(flat)] === boneLevels.between ? 0 : 1;
    const { labels, cellCounts } = connectedComponents(gap, [uCount, vCount, 1], 'faces');
    if (cellCounts.length <= 2) continue;
    const fat = new Int32Array(cellCounts.length);
    const spongy = new Int32Array(cellCounts.length);
    for (let flat = 0; flat < gap.length; flat++) {
      const n = cellAt(flat);
      if (tissues.median[n] === codes.fat) fat[labels[flat]!]!++;
      if (tissues.upper[n]! >= codes.enhanced) spongy[labels[flat]!]!++;
    }
    for (let flat = 0; flat < gap.length; flat++) {
      const label = labels[flat]!;
      const cells = cellCounts[label]!;
      if (label === 0 || cells * cellMm2 > options.largestMarrowMm2) continue;
      if (fat[label]! >= options.marrowShare * cells) support[cellAt(flat)] = boneLevels.marrow;
      else if (spongy[label]! >= options.marrowShare * cells) support[cellAt(flat)] = boneLevels.between;
    }
  }
}
