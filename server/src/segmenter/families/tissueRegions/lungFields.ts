import { connectedComponents, selectComponents } from '../../connectedComponents.js';
import type { RegionOperations } from './manifest.js';
import { erode } from './morphology.js';
import { piecesAtFaces } from './piecesAtFaces.js';
import type { Torso } from './torso.js';

/**
 * Aerated pieces of the body that are lung: large, and inside mostly denser than gas. A piece that touches the first or
 * last plane across the long axis is cut there and may be smaller. One that touches a side may not, because gaps
 * between the legs or under an arm look the same.
 * @param air candidate cells: the torso's air, with or without the airways
 */
export function findLungFields(
  torso: Torso,
  air: Uint8Array,
  { minimumMl, minimumCutMl }: Pick<RegionOperations['lungs'], 'minimumMl' | 'minimumCutMl'>,
): Uint8Array {
  const { grid, tissues, codes, cellMl } = torso;
  const pieces = connectedComponents(air, grid.size, 'faces');
  const count = pieces.cellCounts.length;
  // By partial volume, the shell of every gas bubble looks aerated: only the inside counts.
  const inside = erode(air, grid, Math.cbrt(cellMl * 1000));
  const aeratedInside = new Int32Array(count);
  const gasInside = new Int32Array(count);
  for (let n = 0; n < air.length; n++)
    if (inside[n] !== 0) (tissues.median[n] === codes.gas ? gasInside : aeratedInside)[pieces.labels[n]!]!++;

  const atEnd = piecesAtFaces(pieces, grid.size, [torso.axes.superior.axis]);
  const atSide = piecesAtFaces(pieces, grid.size, [torso.axes.left.axis, torso.axes.posterior.axis]);
  return selectComponents(
    pieces,
    (label) =>
      aeratedInside[label]! > gasInside[label]! &&
      pieces.cellCounts[label]! * cellMl >= (atEnd[label] === 1 && atSide[label] === 0 ? minimumCutMl : minimumMl),
  );
}
