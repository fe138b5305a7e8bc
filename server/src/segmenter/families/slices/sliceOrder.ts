import type { Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';

/**
 * A volume as a stack of images. Pixel (column, row) of image s is voxel offset + column·step[0] + row·step[1] +
 * s·step[2].
 */
export interface SliceOrder {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly offset: number;
  readonly steps: Vector3;
  /** The axes of the source that columns, rows and images run along. */
  readonly axes: readonly [columns: number, rows: number, slices: number];
}

/**
 * For slices across each patient axis (x, y, z): the directions of columns and rows in LPS on a radiologist's screen.
 */
const screen: readonly {
  columns: readonly [axis: number, sign: 1 | -1];
  rows: readonly [axis: number, sign: 1 | -1];
}[] = [
  { columns: [1, 1], rows: [2, -1] }, // sagittal: anterior left, head up
  { columns: [0, 1], rows: [2, -1] }, // coronal: the patient's right at the left, head up
  { columns: [0, 1], rows: [1, 1] }, // axial: the patient's right at the left, anterior up
];

/**
 * The input images of a slice-wise model: the source's own slices, rotated by multiples of 90° and mirrored, without
 * interpolation, as on a radiologist's screen; slices ascend to the patient's left, back or head.
 *
 * BiomedParse v2 chooses the slices' axis from the array's shape alone: the source's slices, unless the sides of a
 * slice differ by half of their mean or more; then the shortest axis, the first of equals. It leaves the orientation to
 * the user, who gets poor results from images oriented differently from training (microsoft/BiomedParse, issue 75).
 *
 * @param across the axis that slices are stacked along
 */
export function sliceOrder({ size, voxelToLps }: Grid, across = axisAcross(size)): SliceOrder {
  const inPlane = [0, 1, 2].filter((axis) => axis !== across);
  const direction = (axis: number): Vector3 => [voxelToLps[axis]!, voxelToLps[4 + axis]!, voxelToLps[8 + axis]!];
  const normal = patientAxisOf(direction(across));
  const { columns, rows } = screen[normal]!;
  const share = (axis: number) => Math.abs(direction(axis)[columns[0]]!) / Math.hypot(...direction(axis));
  const [columnAxis, rowAxis] = share(inPlane[0]!) >= share(inPlane[1]!) ? inPlane : inPlane.toReversed();
  let offset = 0;
  const stepAlong = (axis: number, patientAxis: number, sign: number): number => {
    const step = [1, size[0], size[0] * size[1]][axis]!;
    if (direction(axis)[patientAxis]! * sign >= 0) return step;
    offset += step * (size[axis]! - 1);
    return -step;
  };
  const steps: Vector3 = [
    stepAlong(columnAxis!, ...columns),
    stepAlong(rowAxis!, ...rows),
    stepAlong(across, normal, 1),
  ];
  return {
    columns: size[columnAxis!]!,
    rows: size[rowAxis!]!,
    slices: size[across]!,
    offset,
    steps,
    axes: [columnAxis!, rowAxis!, across],
  };
}

/** The source axis that slices are stacked along: upstream's `get_axis` on the shape (slices, rows, columns). */
function axisAcross([columns, rows, slices]: Vector3): number {
  if ((2 * Math.abs(rows - columns)) / (rows + columns) < 0.5) return 2;
  const least = Math.min(columns, rows, slices);
  if (slices === least) return 2;
  return rows === least ? 1 : 0;
}

function patientAxisOf(direction: Vector3): number {
  const lengths = direction.map(Math.abs);
  return lengths.indexOf(Math.max(...lengths));
}
