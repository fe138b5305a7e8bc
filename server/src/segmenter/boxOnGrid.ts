import type { BoxPrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
import { apply, column, invert, norm, type Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import type { GridBox } from './promptable.js';

const axes = [0, 1, 2] as const;
type Axis = (typeof axes)[number];

/** A box is flat along an axis if it extends over less than this many voxels. */
const flatWithin = 1;
/** The normal of a plane of voxels is within 20° of an axis of the grid. */
const leastCosine = Math.cos((20 * Math.PI) / 180);

/**
 * Converts a person's box to the voxels of a volume.
 *
 * @param throughSlices whether a box on one plane allows marks on neighbouring planes
 * @throws PromptsegError `box-unsuitable`: it is outside the images, encloses no area, or is oblique to the voxels
 */
export function boxOnGrid({ corners, normal }: BoxPrompt, grid: Grid, throughSlices: boolean): GridBox {
  const toVoxel = invert(grid.voxelToLps);
  const [a, b] = [apply(toVoxel, corners[0]), apply(toVoxel, corners[1])];
  const least = vector((axis) => Math.min(a[axis], b[axis]));
  const greatest = vector((axis) => Math.max(a[axis], b[axis]));
  const across = axisAcross(grid, least, greatest, normal);
  const isFlat = normal !== undefined || greatest[across] - least[across] < flatWithin;

  const last = grid.size[across] - 1;
  const middle = Math.round((least[across] + greatest[across]) / 2);
  const [from, to] = isFlat ? [middle, middle] : [Math.round(least[across]), Math.round(greatest[across])];
  const isOutside = (axis: Axis) => greatest[axis] < -0.5 || least[axis] > grid.size[axis] - 0.5;
  if (to < 0 || from > last || axes.some((axis) => axis !== across && isOutside(axis)))
    throw unsuitable('is outside of the images');
  for (const axis of axes)
    if (axis !== across && greatest[axis] - least[axis] < 1)
      throw unsuitable('encloses no area: it has to be larger than a pixel in both directions');

  const [first, end] = [Math.max(from, 0), Math.min(to, last)];
  const range: readonly [number, number] = isFlat && throughSlices ? [0, last] : [first, end];
  return {
    across,
    plane: isFlat ? first : Math.floor((first + end) / 2),
    least: vector((axis) => (axis === across ? range[0] : Math.max(least[axis], 0))),
    greatest: vector((axis) => (axis === across ? range[1] : Math.min(greatest[axis], grid.size[axis] - 1))),
  };
}

/** The grid axis across the plane of a box; that of the slices if the box is not flat along any axis. */
function axisAcross(grid: Grid, least: Vector3, greatest: Vector3, normal: Vector3 | undefined): Axis {
  if (normal === undefined) {
    const flattest = greatestOf((axis) => least[axis] - greatest[axis]);
    return greatest[flattest] - least[flattest] < flatWithin ? flattest : 2;
  }
  const cosine = (axis: Axis) => {
    const along = column(grid.voxelToLps, axis);
    const dot = along[0] * normal[0] + along[1] * normal[1] + along[2] * normal[2];
    return Math.abs(dot) / (norm(along) * norm(normal));
  };
  const nearest = greatestOf(cosine);
  if (!(cosine(nearest) >= leastCosine))
    throw unsuitable('was drawn on a plane that is oblique to the voxels of the images');
  return nearest;
}

const vector = (value: (axis: Axis) => number): Vector3 => [value(0), value(1), value(2)];

const greatestOf = (value: (axis: Axis) => number): Axis =>
  axes.reduce<Axis>((best, axis) => (value(axis) > value(best) ? axis : best), 0);

const unsuitable = (what: string): PromptsegError => new PromptsegError('box-unsuitable', `The box ${what}.`);
