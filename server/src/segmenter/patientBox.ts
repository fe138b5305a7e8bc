import { apply, type Vector3 } from '../values/affine.js';
import { type SliceGrid, sliceExtents, slicePosition } from '../values/grid.js';

/** Minimum and maximum along each axis of the patient, LPS mm. */
export interface PatientBox {
  readonly least: Vector3;
  readonly greatest: Vector3;
}

/**
 * The smallest box along the patient's axes that contains all voxels of a box on a grid, including their extent. A
 * slice of an uneven grid extends by half of `sliceExtents` to each side.
 *
 * @param box first and last voxel (i, j, k), inclusive
 */
export function patientBox(
  grid: SliceGrid,
  { first, last }: { readonly first: Vector3; readonly last: Vector3 },
): PatientBox {
  const extents = sliceExtents(grid);
  const [low, high] = [
    slicePosition(grid, first[2]) - extents[first[2]]! / 2,
    slicePosition(grid, last[2]) + extents[last[2]]! / 2,
  ];
  const corners = [first[0] - 0.5, last[0] + 0.5].flatMap((i) =>
    [first[1] - 0.5, last[1] + 0.5].flatMap((j) => [low, high].map((k) => apply(grid.voxelToLps, [i, j, k]))),
  );
  const along = (axis: 0 | 1 | 2) => corners.map((corner) => corner[axis]);
  const [x, y, z] = [along(0), along(1), along(2)];
  return {
    least: [Math.min(...x), Math.min(...y), Math.min(...z)],
    greatest: [Math.max(...x), Math.max(...y), Math.max(...z)],
  };
}
