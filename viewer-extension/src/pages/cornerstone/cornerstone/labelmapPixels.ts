import * as core from '@cornerstonejs/core';
import { strings } from '../../../client/strings.js';
import type { ImagePlane, SegmentFrame, SegmentPixels } from '../../../panel/host.js';
import type { LabelmapImage, LoadedSegmentation } from './loadSegmentation.js';

/**
 * The middle of a segment in patient coordinates (LPS, mm): on the image nearest to the mean of those that hold it,
 * weighted by its voxels there.
 * @returns undefined if it is empty
 */
export function segmentCentre(
  layers: LoadedSegmentation['layers'],
  segmentNumber: number,
): core.Types.Point3 | undefined {
  const slices = layers.flatMap((images) =>
    images.flatMap((image, at) => {
      const slice = middleOn(image, segmentNumber);
      return slice === undefined ? [] : [{ ...slice, image, at }];
    }),
  );
  const voxels = slices.reduce((sum, { count }) => sum + count, 0);
  const mean = slices.reduce((sum, { at, count }) => sum + at * count, 0) / voxels;
  const [nearest] = slices.toSorted((a, b) => Math.abs(a.at - mean) - Math.abs(b.at - mean));
  return nearest && toPatient(nearest.image.referencedImageId, nearest.x, nearest.y);
}

/**
 * PS3.3 section C.7.6.2.1.1, equation C.7.6.2.1-1. Cornerstone's own `imageToWorldCoords` (5.14) takes the spacings for
 * each other.
 */
function toPatient(imageId: string, column: number, row: number): core.Types.Point3 {
  const plane = core.metaData.get('imagePlaneModule', imageId);
  return [0, 1, 2].map(
    (axis) =>
      plane.imagePositionPatient[axis] +
      plane.rowCosines[axis] * plane.columnPixelSpacing * column +
      plane.columnCosines[axis] * plane.rowPixelSpacing * row,
  ) as core.Types.Point3;
}

function middleOn(
  { columns, voxelManager }: LabelmapImage,
  segmentNumber: number,
): { readonly count: number; readonly x: number; readonly y: number } | undefined {
  const pixels = voxelManager.getScalarData();
  let [count, x, y] = [0, 0, 0];
  for (let index = 0; index < pixels.length; index += 1) {
    if (pixels[index] !== segmentNumber) continue;
    count += 1;
    x += index % columns;
    y += Math.floor(index / columns);
  }
  return count === 0 ? undefined : { count, x: x / count, y: y / count };
}

/** The voxels of a segmentation that Cornerstone holds. */
export function readPixels({ layers, segments }: LoadedSegmentation): SegmentPixels {
  const [first] = layers.flat();
  if (first === undefined) throw new Error(strings.show.notShown);
  const images = layers.flat();
  return {
    rows: first.rows,
    columns: first.columns,
    segments,
    frames: images.flatMap(framesOf),
    planes: images.map(({ referencedImageId }) => planeOf(referencedImageId)),
  };
}

function planeOf(imageId: string): ImagePlane {
  const plane = core.metaData.get('imagePlaneModule', imageId);
  return {
    imagePositionPatient: plane.imagePositionPatient,
    imageOrientationPatient: plane.imageOrientationPatient,
    pixelSpacing: [plane.rowPixelSpacing, plane.columnPixelSpacing],
  };
}

function framesOf({ referencedImageId, voxelManager }: LabelmapImage): SegmentFrame[] {
  const pixels = voxelManager.getScalarData();
  const bits = new Map<number, Uint8Array>();
  for (let index = 0; index < pixels.length; index += 1) {
    const segmentNumber = pixels[index]!;
    if (segmentNumber === 0) continue;
    const packed = bits.get(segmentNumber) ?? new Uint8Array(Math.ceil(pixels.length / 8));
    packed[index >> 3]! |= 1 << (index & 7);
    bits.set(segmentNumber, packed);
  }
  if (bits.size === 0) return [];
  const { sopInstanceUID } = core.metaData.get('generalImageModule', referencedImageId);
  const { NumberOfFrames } = core.metaData.get('multiframeModule', referencedImageId) ?? {};
  return [...bits].map(([segmentNumber, packed]) => ({
    segmentNumber,
    plane: planeOf(referencedImageId),
    sopInstanceUID,
    ...(Number(NumberOfFrames ?? 1) > 1 && {
      frameNumber: Number(/\/frames\/(\d+)/.exec(referencedImageId)?.[1] ?? 1),
    }),
    bits: packed,
  }));
}
