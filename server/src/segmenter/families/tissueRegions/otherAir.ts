import { connectedComponents, selectComponents } from '../../connectedComponents.js';
import { dilateCells } from '../boxMorphology.js';
import type { RegionOperations } from './manifest.js';
import { piecesAtFaces } from './piecesAtFaces.js';
import type { Torso } from './torso.js';

/** A bubble with more than this share of its cells at the body's surface is a fold of the skin. */
const mostAtSurface = 0.3;

/**
 * Air in the body that is neither lung nor airway, with a margin of one cell. Bubbles cut by the side of the field of
 * view are left out, because they may be between the legs or under an arm.
 *
 * @param taken cells of lungs and airways with their margins
 */
export function findOtherAir(torso: Torso, taken: Uint8Array, { minimumMl }: RegionOperations['otherAir']): Uint8Array {
  const { grid, body, air, cellMl, axes } = torso;
  const free = air.map((value, n) => (value !== 0 && taken[n] === 0 ? 1 : 0));
  const bubbles = connectedComponents(free, grid.size, 'faces');
  const atSurface = new Int32Array(bubbles.cellCounts.length);
  const cutAtSide = piecesAtFaces(bubbles, grid.size, [axes.left.axis, axes.posterior.axis]);
  const [nx, ny, nz] = grid.size;
  for (let k = 0, n = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, n++) {
        if (free[n] === 0) continue;
        const outside =
          (i > 0 && body[n - 1] === 0) ||
          (i + 1 < nx && body[n + 1] === 0) ||
          (j > 0 && body[n - nx] === 0) ||
          (j + 1 < ny && body[n + nx] === 0) ||
          (k > 0 && body[n - nx * ny] === 0) ||
          (k + 1 < nz && body[n + nx * ny] === 0);
        if (outside) atSurface[bubbles.labels[n]!]!++;
      }
  const kept = selectComponents(
    bubbles,
    (label) =>
      bubbles.cellCounts[label]! * cellMl >= minimumMl &&
      cutAtSide[label] === 0 &&
      atSurface[label]! <= mostAtSurface * bubbles.cellCounts[label]!,
  );
  return dilateCells(kept, grid.size, [1, 1, 1]).map((value, n) => (body[n] !== 0 && taken[n] === 0 ? value : 0));
}
