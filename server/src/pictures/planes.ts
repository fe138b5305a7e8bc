import { apply, column, norm, type Vector3 } from '../values/affine.js';
import { type SliceGrid, sliceExtents, slicePosition } from '../values/grid.js';
import { patientAxes } from '../values/patientAxes.js';

/** Patient axes: 0 right to left, 1 front to back, 2 foot to head (LPS, PS3.3 section C.7.6.2.1.1). */
type PatientAxis = 0 | 1 | 2;

export type PlaneName = 'axial' | 'coronal' | 'sagittal';

/**
 * A plane across one patient axis, as displayed: radiologists look from the feet, from the front and from the left.
 */
export interface Plane {
  readonly name: PlaneName;
  /** The axis that the plane is across. */
  readonly across: PatientAxis;
  /** The axis that points to the right in the picture. */
  readonly rightwards: PatientAxis;
  /** The axis that runs down the picture, reversed if it points up. */
  readonly downwards: PatientAxis;
  readonly flipped: boolean;
  /** Labels of the edges. */
  readonly letters: readonly [left: string, right: string, top: string, bottom: string];
}

export const planes: readonly Plane[] = [
  { name: 'axial', across: 2, rightwards: 0, downwards: 1, flipped: false, letters: ['R', 'L', 'A', 'P'] },
  { name: 'coronal', across: 1, rightwards: 0, downwards: 2, flipped: true, letters: ['R', 'L', 'H', 'F'] },
  { name: 'sagittal', across: 0, rightwards: 1, downwards: 2, flipped: true, letters: ['A', 'P', 'H', 'F'] },
];

/** A box along the patient axes, in LPS mm. */
export interface Box {
  readonly low: Vector3;
  readonly high: Vector3;
}

/** The box that contains all voxels of the grid, with their whole extent. */
export const boxOf = (grid: SliceGrid): Box =>
  boxOfVoxels(grid, [0, 0, 0], grid.size.map((length) => length - 1) as unknown as Vector3);

/** The box around the voxels of the segments, with a margin in mm, as far as the grid reaches. */
export function boxAround(grid: SliceGrid, segments: readonly Shape[], marginMm: number): Box {
  const whole = boxOf(grid);
  const [first, last] = [
    [Infinity, Infinity, Infinity],
    [-1, -1, -1],
  ];
  for (const segment of segments)
    segment.forEach((...voxel) => {
      for (let axis = 0; axis < 3; axis++) {
        first[axis] = Math.min(first[axis]!, voxel[axis]!);
        last[axis] = Math.max(last[axis]!, voxel[axis]!);
      }
    });
  if (last[0]! < 0) return whole;
  const { low, high } = boxOfVoxels(grid, first as unknown as Vector3, last as unknown as Vector3);
  return {
    low: low.map((value, axis) => Math.max(whole.low[axis]!, value - marginMm)) as unknown as Vector3,
    high: high.map((value, axis) => Math.min(whole.high[axis]!, value + marginMm)) as unknown as Vector3,
  };
}

function boxOfVoxels(grid: SliceGrid, first: Vector3, last: Vector3): Box {
  const extents = sliceExtents(grid);
  const bottom = slicePosition(grid, first[2]) - extents[first[2]]! / 2;
  const top = slicePosition(grid, last[2]) + extents[last[2]]! / 2;
  const corners = [first[0] - 0.5, last[0] + 0.5].flatMap((i) =>
    [first[1] - 0.5, last[1] + 0.5].flatMap((j) => [bottom, top].map((k) => apply(grid.voxelToLps, [i, j, k]))),
  );
  const along = (axis: PatientAxis): readonly number[] => corners.map((corner) => corner[axis]);
  const limit = (of: (...values: number[]) => number): Vector3 => [of(...along(0)), of(...along(1)), of(...along(2))];
  return { low: limit(Math.min), high: limit(Math.max) };
}

/** The voxels of one segment. */
export interface Shape {
  forEach(visit: (i: number, j: number, k: number) => void): void;
}

/**
 * Positions of the three planes, in LPS mm for each patient axis: the layer of voxels that cuts the most segments, and
 * among these the one that cuts the largest area. (The middle of a pair, such as both kidneys, cuts neither.) Without
 * voxels, the middle of the box.
 */
export function choosePositions(grid: SliceGrid, segments: readonly Shape[]): Vector3 {
  const { low, high } = boxOf(grid);
  const gridAxes = patientAxes(grid.voxelToLps);
  const layers = ([0, 1, 2] as const).map((axis) => {
    const step = norm(column(grid.voxelToLps, gridAxes[axis]));
    const count = Math.max(1, Math.ceil((high[axis] - low[axis]) / step - 1e-6));
    return { low: low[axis], step, met: new Uint32Array(count), area: new Float64Array(count) };
  });
  const m = grid.voxelToLps;
  for (const segment of segments) {
    const voxels = layers.map(({ met }) => new Uint32Array(met.length));
    segment.forEach((i, j, k) => {
      const position = slicePosition(grid, k);
      for (let axis = 0; axis < 3; axis++) {
        const at =
          m[(4 * axis) as 0] * i +
          m[(4 * axis + 1) as 1] * j +
          m[(4 * axis + 2) as 2] * position +
          m[(4 * axis + 3) as 3];
        const layer = Math.floor((at - layers[axis]!.low) / layers[axis]!.step);
        voxels[axis]![Math.min(Math.max(layer, 0), voxels[axis]!.length - 1)]!++;
      }
    });
    layers.forEach(({ met, area }, axis) => {
      voxels[axis]!.forEach((count, layer) => {
        if (count > 0) met[layer]!++;
        area[layer]! += count;
      });
    });
  }
  const [x, y, z] = layers.map(({ low: first, step, met, area }) => {
    const middle = Math.floor(met.length / 2);
    let best = middle;
    for (let layer = 0; layer < met.length; layer++)
      if (met[layer]! > met[best]! || (met[layer] === met[best] && area[layer]! > area[best]!)) best = layer;
    return first + (best + 0.5) * step;
  });
  return [x!, y!, z!];
}
