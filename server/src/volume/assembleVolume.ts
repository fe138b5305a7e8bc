import { decodeFrame } from '../dicom/decodeFrame.js';
import { type DicomInstance, parseInstance } from '../dicom/dicomInstance.js';
import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import { PromptsegError, throwIfCancelled } from '../errors.js';
import { cross, dot } from '../geometry/affine.js';
import { rescaleSlice } from './rescale.js';
import { requireSameStack } from './sameStack.js';
import { isServedSopClass, readSliceImage, type SliceImage } from './sliceImage.js';
import { stackSlices } from './stackSlices.js';
import type { Volume } from './volume.js';
import { requireVoxelsFit } from './voxelLimit.js';

export interface AssembleVolumeOptions {
  readonly signal: AbortSignal;
  /** Called after each instance with the number of instances read so far. */
  readonly onProgress?: (read: number) => void;
}

type SliceValues = Int16Array | Float32Array;

/**
 * One volume from the instances of a series of single-frame CT, MR or PET images, in whatever order they come.
 *
 * Slices are sorted along their common normal and voxels rescaled to the modality's unit, each slice with its own slope and
 * intercept. Every instance is decoded as it arrives and let go; in memory are the voxels, twice at the end.
 *
 * @param instances Part 10 files
 * @throws PromptsegError `series-without-images`; `sop-class-unsupported`, `image-kind-unsupported`, `photometric-unsupported`,
 * `geometry-missing`, `instance-unreadable` for an image that cannot be read as a slice; `series-mixed`, `frames-of-reference-mixed`,
 * `sizes-mixed`, `orientations-mixed`, `slices-duplicate`, `gantry-tilt`, `slices-missing`, `slices-uneven` for images that make
 * no even stack; `image-too-large`; `cancelled`; and what decoding and retrieving throw
 */
export async function assembleVolume(
  instances: AsyncIterable<Uint8Array>,
  { signal, onProgress }: AssembleVolumeOptions,
): Promise<Volume> {
  const images: SliceImage[] = [];
  const slices: SliceValues[] = [];
  let lowest: { readonly height: number; readonly part10: Uint8Array } | undefined;
  let read = 0;
  let withoutPixels = 0;
  let paddingVoxels = 0;

  throwIfCancelled(signal);
  for await (const part10 of instances) {
    throwIfCancelled(signal);
    read++;
    onProgress?.(read);
    const instance = parseInstance(part10);
    if (isNoImage(instance)) {
      withoutPixels++;
      continue;
    }
    const image = readSliceImage(instance);
    const first = images[0] ?? image;
    requireSameStack(first, image);
    requireVoxelsFit((images.length + 1) * image.columns * image.rows, Int16Array.BYTES_PER_ELEMENT);

    const rescaled = rescaleSlice(await decodeFrame(instance), image.rescale);
    images.push(image);
    slices.push(ownValues(rescaled.values, part10));
    paddingVoxels += rescaled.paddingVoxels;
    // Which slice is slice 0 shows only at the end; one Part 10 file at a time is kept for its header.
    const height = dot(image.position, cross(first.alongRow, first.alongColumn));
    if (lowest === undefined || height < lowest.height) lowest = { height, part10 };
  }
  throwIfCancelled(signal);

  const [first] = images;
  if (first === undefined || lowest === undefined) {
    throw new PromptsegError('series-without-images', `None of the ${read} instances of the series is an image.`);
  }
  const { order, voxelToLps, notes } = stackSlices(images);
  return {
    grid: { size: [first.columns, first.rows, images.length], voxelToLps },
    voxels: inOrder(slices, order),
    unit: first.unit,
    modality: first.modality,
    studyInstanceUID: first.studyInstanceUID,
    seriesInstanceUID: first.seriesInstanceUID,
    frameOfReferenceUID: first.frameOfReferenceUID,
    sourceImages: order.map((index) => {
      const { sopClassUID, sopInstanceUID, position } = images[index]!;
      return { sopClassUID, sopInstanceUID, imagePositionPatient: position };
    }),
    header: naturalizeHeader(lowest.part10),
    notes: [...notes, ...notesOn(images, withoutPixels, paddingVoxels)],
  };
}

/**
 * Presentation states, structured reports and other objects without pixels cannot be a slice and are left out. A CT, MR or PET image
 * without pixels is a damaged slice: decoding it fails as it should.
 */
function isNoImage(instance: DicomInstance): boolean {
  return !isServedSopClass(instance.sopClassUID) && !instance.hasPixelData;
}

/** Values that nobody else holds: values that needed no rescaling may be a view into the Part 10 file and would keep it in memory. */
function ownValues(values: SliceValues, part10: Uint8Array): SliceValues {
  return values.buffer === part10.buffer ? values.slice() : values;
}

/** All slices in one array: Int16 if every slice is, else Float32. */
function inOrder(slices: readonly SliceValues[], order: readonly number[]): SliceValues {
  const sliceSize = slices[0]!.length;
  const VoxelArray = slices.every((slice) => slice instanceof Int16Array) ? Int16Array : Float32Array;
  requireVoxelsFit(sliceSize * slices.length, VoxelArray.BYTES_PER_ELEMENT);
  const voxels = new VoxelArray(sliceSize * slices.length);
  order.forEach((index, k) => {
    voxels.set(slices[index]!, k * sliceSize);
  });
  return voxels;
}

function notesOn(images: readonly SliceImage[], withoutPixels: number, paddingVoxels: number): string[] {
  const { slope, intercept } = images[0]!.rescale;
  const notes = [...new Set(images.flatMap((image) => image.notes))];
  if (images.some(({ rescale }) => rescale.slope !== slope || rescale.intercept !== intercept)) {
    notes.push('Slope and intercept differ from slice to slice; every slice was rescaled with its own.');
  }
  if (paddingVoxels > 0) {
    const value = images[0]!.modality === 'CT' ? '-1024 HU' : '0';
    notes.push(`${paddingVoxels} padding pixels, which are no measurement, were set to ${value}.`);
  }
  if (withoutPixels > 0)
    notes.push(`Left out, because they hold no image: ${withoutPixels} of the instances of the series.`);
  return notes;
}
