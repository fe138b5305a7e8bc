import { connectedComponents, selectComponents } from '../../connectedComponents.js';
import type { RegionOperations } from '../tissueRegionsManifest.js';
import { erode } from './morphology.js';
import { piecesAtFaces } from './piecesAtFaces.js';
import type { Torso } from './torso.js';

/**
 * Aerated pieces of the body that are lung: most of their inside is denser than gas, and they are big. A piece that
 * reaches the first or last plane across the long axis is cut there and may be smaller; not so one that reaches a side,
 * where the gap between the legs or under an arm looks alike.
 *
 * @param air cells to look at: the torso's air, with or without the airways
 */
export function findLungFields(
  torso: Torso,
  air: Uint8Array,
  { minimumMl, minimumCutMl }: Pick<RegionOperations['lungs'], 'minimumMl' | 'minimumCutMl'>,
): Uint8Array {
  const { grid, tissues, codes, cellMl } = torso;
  const pieces = connectedComponents(air, grid.size, 'faces');
  const count = pieces.cellCounts.length;
  // The shell of every gas bubble is aerated by partial volume: only the inside tells.
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
