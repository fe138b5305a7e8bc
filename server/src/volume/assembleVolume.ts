import { decodeFrame, type StoredPixels } from '../dicom/decodeFrame.js';
import { type DicomInstance, parseInstance } from '../dicom/dicomInstance.js';
import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import { PromptsegError, throwIfCancelled } from '../errors.js';
import { cross, dot } from '../geometry/affine.js';
import { fitsInt16, writeRescaled } from './rescale.js';
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

/** One slice as it was decoded. */
interface DecodedSlice {
  readonly image: SliceImage;
  readonly stored: StoredPixels;
}

/**
 * One volume from the instances of a series of single-frame CT, MR or PET images, in whatever order they come.
 *
 * Slices are sorted along their common normal and voxels rescaled to the modality's unit, each slice with its own slope and
 * intercept. Every instance is decoded as it arrives; in memory are the stored pixels and, at the end, the voxels as well.
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
  const slices: DecodedSlice[] = [];
  let lowest: { readonly height: number; readonly part10: Uint8Array } | undefined;
  let read = 0;
  let withoutPixels = 0;

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
    const first = slices[0]?.image ?? image;
    requireSameStack(first, image);
    requireVoxelsFit((slices.length + 1) * image.columns * image.rows, Int16Array.BYTES_PER_ELEMENT);
    slices.push({ image, stored: thrifty(await decodeFrame(instance), part10) });
    // Which slice is slice 0 shows only at the end; one Part 10 file at a time is kept for its header.
    const height = dot(image.position, cross(first.alongRow, first.alongColumn));
    if (lowest === undefined || height < lowest.height) lowest = { height, part10 };
  }
  throwIfCancelled(signal);

  const first = slices[0]?.image;
  if (first === undefined || lowest === undefined) {
    throw new PromptsegError('series-without-images', `None of the ${read} instances of the series is an image.`);
  }
  const { order, voxelToLps, notes } = stackSlices(slices.map(({ image }) => image));
  const { voxels, paddingVoxels } = inOrder(slices, order);
  return {
    grid: { size: [first.columns, first.rows, slices.length], voxelToLps },
    voxels,
    unit: first.unit,
    modality: first.modality,
    studyInstanceUID: first.studyInstanceUID,
    seriesInstanceUID: first.seriesInstanceUID,
    frameOfReferenceUID: first.frameOfReferenceUID,
    sourceImages: order.map((index) => {
      const { sopClassUID, sopInstanceUID, position } = slices[index]!.image;
      return { sopClassUID, sopInstanceUID, imagePositionPatient: position };
    }),
    header: naturalizeHeader(lowest.part10),
    notes: [...notes, ...notesOn(slices, withoutPixels, paddingVoxels)],
  };
}

/**
 * Presentation states, structured reports and other objects without pixels cannot be a slice and are left out. A CT, MR or PET image
 * without pixels is a damaged slice: decoding it fails as it should.
 */
function isNoImage(instance: DicomInstance): boolean {
  return !isServedSopClass(instance.sopClassUID) && !instance.hasPixelData;
}

/**
 * Native pixels are a view of the Part 10 file. They stay one, which saves a copy, unless the file holds much else (private data, icons)
 * that would be kept in memory with them.
 */
function thrifty(stored: StoredPixels, part10: Uint8Array): StoredPixels {
  const isWasteful = stored.buffer === part10.buffer && stored.buffer.byteLength > 1.1 * stored.byteLength;
  return isWasteful ? stored.slice() : stored;
}

/** All slices in one array, rescaled: Int16 if every slice fits, else Float32. */
function inOrder(
  slices: readonly DecodedSlice[],
  order: readonly number[],
): { voxels: Int16Array | Float32Array; paddingVoxels: number } {
  const sliceSize = slices[0]!.stored.length;
  const VoxelArray = slices.every(({ stored, image }) => fitsInt16(stored, image.rescale)) ? Int16Array : Float32Array;
  requireVoxelsFit(sliceSize * slices.length, VoxelArray.BYTES_PER_ELEMENT);
  const voxels = new VoxelArray(sliceSize * slices.length);
  let paddingVoxels = 0;
  order.forEach((index, k) => {
    const { stored, image } = slices[index]!;
    paddingVoxels += writeRescaled(stored, image.rescale, voxels, k * sliceSize);
  });
  return { voxels, paddingVoxels };
}

function notesOn(slices: readonly DecodedSlice[], withoutPixels: number, paddingVoxels: number): string[] {
  const images = slices.map(({ image }) => image);
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
