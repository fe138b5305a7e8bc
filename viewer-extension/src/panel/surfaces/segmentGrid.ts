import type { ImagePlane, SegmentFrame, SegmentPixels } from '../host.js';
import { cross, dot, type Vector, vectorAt } from '../vectors.js';

/** The voxels of one segment in a box around it, with a border that is empty. */
export interface SegmentGrid {
  /** Columns, rows, slices. */
  readonly dimensions: Vector;
  /** 1 within the segment; columns run fastest. */
  readonly voxels: Uint8Array;
  /** In mm; of slices, the mean. */
  readonly spacing: Vector;
  /** From a place in the box, in voxels, to the patient: LPS, mm. */
  readonly toPatient: (column: number, row: number, slice: number) => Vector;
}

/**
 * The box of a segment, out of the frames that it is drawn on. Slices may be uneven, and askew to their rows.
 * @param maximumVoxels larger boxes are thinned out
 * @returns undefined where the segment has no voxel, or only one image is there
 */
export function segmentGrid(
  pixels: SegmentPixels,
  segmentNumber: number,
  maximumVoxels: number,
): SegmentGrid | undefined {
  const frames = pixels.frames.filter((frame) => frame.segmentNumber === segmentNumber);
  const [first] = frames;
  if (first === undefined) return undefined;
  const { imageOrientationPatient: orientation, pixelSpacing } = first.plane;
  const [along, down] = [vectorAt(orientation, 0), vectorAt(orientation, 3)];
  const normal = cross(along, down);
  const slices = slicesOf(pixels.planes, normal);
  if (slices.length < 2) return undefined;
  const placeOf = ({ plane }: SegmentFrame) => nearest(slices, dot(normal, vectorAt(plane.imagePositionPatient, 0)));
  const box = boxOf(frames, placeOf, pixels.columns);
  if (box === undefined) return undefined;

  const depth = Math.abs(slices.at(-1)!.depth - slices[0]!.depth) / (slices.length - 1);
  const [rowSpacing, columnSpacing] = [pixelSpacing[0]!, pixelSpacing[1]!];
  const step = thinning(box, [columnSpacing, rowSpacing, depth], maximumVoxels);
  const dimensions = [0, 1, 2].map((axis) => Math.ceil(sizeOf(box, axis) / step[axis]!) + 2) as unknown as Vector;
  const [columns, rows] = dimensions;
  const voxels = new Uint8Array(dimensions[0] * dimensions[1] * dimensions[2]);
  for (const frame of frames) {
    const slice = (placeOf(frame) - box.first[2]!) / step[2]!;
    if (!Number.isInteger(slice)) continue;
    for (let row = 1; row < rows - 1; row += 1) {
      const pixelRow = box.first[1]! + (row - 1) * step[1]!;
      for (let column = 1; column < columns - 1; column += 1) {
        const pixel = pixelRow * pixels.columns + box.first[0]! + (column - 1) * step[0]!;
        if ((frame.bits[pixel >> 3]! >> (pixel & 7)) & 1) voxels[((slice + 1) * rows + row) * columns + column] = 1;
      }
    }
  }
  return {
    dimensions,
    voxels,
    spacing: [columnSpacing * step[0]!, rowSpacing * step[1]!, depth * step[2]!],
    toPatient(column, row, slice) {
      const across = (box.first[0]! + (column - 1) * step[0]!) * columnSpacing;
      const below = (box.first[1]! + (row - 1) * step[1]!) * rowSpacing;
      const origin = positionAt(slices, box.first[2]! + (slice - 1) * step[2]!);
      return [0, 1, 2].map((axis) => origin[axis]! + along[axis]! * across + down[axis]! * below) as unknown as Vector;
    },
  };
}

interface Slice {
  readonly position: Vector;
  /** Along the normal of the slices. */
  readonly depth: number;
}

interface Box {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Nearer than this, in mm, two images are on the same slice. */
const sameSlice = 1e-2;

function slicesOf(planes: readonly ImagePlane[], normal: Vector): readonly Slice[] {
  const sorted = planes
    .map(({ imagePositionPatient }) => {
      const position = vectorAt(imagePositionPatient, 0);
      return { position, depth: dot(normal, position) };
    })
    .toSorted((a, b) => a.depth - b.depth);
  return sorted.filter(({ depth }, place) => place === 0 || depth - sorted[place - 1]!.depth > sameSlice);
}

/** Place of the slice at a depth. */
function nearest(slices: readonly Slice[], depth: number): number {
  let [low, high] = [0, slices.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slices[middle]!.depth < depth - sameSlice) low = middle + 1;
    else high = middle;
  }
  return low;
}

function boxOf(frames: readonly SegmentFrame[], placeOf: (frame: SegmentFrame) => number, columns: number) {
  const first = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const last = [-1, -1, -1];
  const widen = (place: readonly number[]) => {
    for (const [axis, value] of place.entries()) {
      first[axis] = Math.min(first[axis]!, value);
      last[axis] = Math.max(last[axis]!, value);
    }
  };
  for (const frame of frames) {
    const slice = placeOf(frame);
    for (const [index, byte] of frame.bits.entries()) {
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit += 1) {
        const pixel = index * 8 + bit;
        if ((byte >> bit) & 1) widen([pixel % columns, Math.floor(pixel / columns), slice]);
      }
    }
  }
  return last[0]! < 0 ? undefined : { first, last };
}

const sizeOf = ({ first, last }: Box, axis: number): number => last[axis]! - first[axis]! + 1;

/** Every how many voxels one is taken, along each axis: the finest spacing is thinned out first. */
function thinning(box: Box, spacing: Vector, maximumVoxels: number): readonly number[] {
  const step = [1, 1, 1];
  const size = (axis: number) => Math.ceil(sizeOf(box, axis) / step[axis]!);
  while (size(0) * size(1) * size(2) > maximumVoxels) {
    const current = step.map((each, axis) => (size(axis) > 1 ? each * spacing[axis]! : Number.POSITIVE_INFINITY));
    step[current.indexOf(Math.min(...current))]! += 1;
  }
  return step;
}

/** Between two slices, and beyond the outermost, as their neighbours are. */
function positionAt(slices: readonly Slice[], place: number): Vector {
  const below = Math.min(Math.max(Math.floor(place), 0), slices.length - 2);
  const [a, b] = [slices[below]!.position, slices[below + 1]!.position];
  return [0, 1, 2].map((axis) => a[axis]! + (b[axis]! - a[axis]!) * (place - below)) as unknown as Vector;
}
