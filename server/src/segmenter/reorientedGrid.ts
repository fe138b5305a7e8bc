import {
  apply,
  column,
  dot,
  fromAxes,
  invert,
  multiply,
  norm,
  normalize,
  scale,
  subtract,
  type Vector3,
} from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { patientAxes } from '../values/patientAxes.js';

/**
 * Directions of a grid's axes x, y, z in the patient, in the notation of NIfTI tools: R, A and S for right, anterior
 * and superior.
 */
export type AxisCode = 'RAS' | 'ASR';

/** Patient axis (0 = right-left, 1 = front-back, 2 = foot-head) and its direction in LPS. */
const directions = { R: { axis: 0, sign: -1 }, A: { axis: 1, sign: -1 }, S: { axis: 2, sign: 1 } } as const;

/**
 * The same voxels with their axes reordered and reversed to be closest to the given directions. Nothing is
 * interpolated, and an oblique grid stays oblique, as in the tools with which the published models were trained
 * (nibabel, MONAI, nnU-Net).
 */
export function reorientedGrid(source: Grid, code: AxisCode): Grid {
  const along = patientAxes(source.voxelToLps);
  const axes = [...code].map((letter) => {
    const { axis: patientAxis, sign } = directions[letter as keyof typeof directions];
    const axis = along[patientAxis];
    const vector = column(source.voxelToLps, axis);
    return { axis, vector, turned: Math.sign(vector[patientAxis]) === -sign };
  });
  const corner: [number, number, number] = [0, 0, 0];
  for (const { axis, turned } of axes) if (turned) corner[axis] = source.size[axis] - 1;
  const [x, y, z] = axes.map(({ vector, turned }) => (turned ? scale(vector, -1) : vector));
  return {
    size: axes.map(({ axis }) => source.size[axis]) as unknown as Vector3,
    voxelToLps: fromAxes(x!, y!, z!, apply(source.voxelToLps, corner)),
  };
}

/**
 * The grid with other spacings along its own axes, like MONAI's Spacing (scale_extent=False): axes at right angles, the
 * first along the source's first; as many voxels as come closest to the source's outermost voxel centres.
 *
 * A source along the patient's axes keeps its first voxel in place. For an oblique one, MONAI looks for a corner that
 * is the first along all new axes to within 1e-8 voxels; because NIfTI's float32 matrices never have one, it aligns the
 * grids at the voxel size / 2.
 *
 * @param spacing mm along the grid's x, y, z
 */
export function respacedGrid({ size, voxelToLps }: Grid, spacing: Vector3): Grid {
  const own: AxisVectors = [column(voxelToLps, 0), column(voxelToLps, 1), column(voxelToLps, 2)];
  const [x, y, z] = rightAngled(own).map((axis, n) => scale(axis, spacing[n]!)) as unknown as AxisVectors;
  const linear = fromAxes(x, y, z, [0, 0, 0]);
  const toNew = multiply(invert(linear), fromAxes(...own, [0, 0, 0]));
  const count = (axis: 0 | 1 | 2) => {
    // A corner's coordinate is a sum of three parts, each 0 or that of the last voxel.
    const parts = [0, 1, 2].map((n) => Math.abs(toNew[4 * axis + n]! * (size[n]! - 1)));
    return roundHalfToEven(parts.reduce((sum, part) => sum + part) + 1);
  };
  const newSize: Vector3 = [count(0), count(1), count(2)];
  const origin: Vector3 = own.every(isAlongPatientAxis)
    ? apply(voxelToLps, [0, 0, 0])
    : subtract(apply(voxelToLps, half(size)), apply(linear, half(newSize)));
  return { size: newSize, voxelToLps: fromAxes(x, y, z, origin) };
}

type AxisVectors = readonly [Vector3, Vector3, Vector3];

/** Orthonormal axes: the first along the first, the second in the plane of the first two. */
function rightAngled([x, y, z]: AxisVectors): AxisVectors {
  const first = normalize(x);
  const second = normalize(subtract(y, scale(first, dot(y, first))));
  const left = subtract(z, scale(first, dot(z, first)));
  return [first, second, normalize(subtract(left, scale(second, dot(left, second))))];
}

const isAlongPatientAxis = (vector: Vector3): boolean =>
  vector.filter((value) => Math.abs(value) > 1e-8 * norm(vector)).length === 1;

const half = (size: Vector3): Vector3 => scale(size, 0.5);

/** The part of a grid from voxel `first` on, with `size` voxels. */
export function croppedGrid({ voxelToLps }: Grid, first: Vector3, size: Vector3): Grid {
  const axis = (n: 0 | 1 | 2) => column(voxelToLps, n);
  return { size, voxelToLps: fromAxes(axis(0), axis(1), axis(2), apply(voxelToLps, first)) };
}

/**
 * Like numpy.round. A value within 1e-9 of a half counts as the half, because a matrix's spacings have rounding errors.
 */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const part = value - below;
  if (Math.abs(part - 0.5) < 1e-9) return below % 2 === 0 ? below : below + 1;
  return part < 0.5 ? below : below + 1;
}
