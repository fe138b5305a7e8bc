import type { ClickPrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
import { apply, invert, type Vector3 } from '../values/affine.js';
import { nearestSlice, type SliceGrid, slicePosition } from '../values/grid.js';
import type { GridClick } from './clickable.js';

/** A click may be this far outside of the outermost voxel centres, in voxels. */
const margin = 0.5;

/**
 * The voxel that a person clicked on: the nearest one, on the slices that the images have.
 *
 * @throws PromptsegError `click-unsuitable`: it is outside of the images
 */
export function clickOnGrid({ place, part }: ClickPrompt, grid: SliceGrid): GridClick {
  const [i, j, position] = apply(invert(grid.voxelToLps), place);
  const [columns, rows, slices] = grid.size;
  const isInside = (at: number, least: number, greatest: number) => at >= least - margin && at <= greatest + margin;
  const last = slicePosition(grid, slices - 1);
  if (!isInside(i, 0, columns - 1) || !isInside(j, 0, rows - 1) || !isInside(position, 0, last))
    throw new PromptsegError('click-unsuitable', 'The click is outside of the images.');
  const nearest = (at: number, count: number): number => Math.min(count - 1, Math.max(0, Math.round(at)));
  const slice = grid.slicePositions === undefined ? nearest(position, slices) : nearestSlice(grid, position);
  const voxel: Vector3 = [nearest(i, columns), nearest(j, rows), slice];
  return { voxel, part };
}
