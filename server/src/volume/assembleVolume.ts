import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import type { StoredPixels } from '../dicom/storedPixels.js';
import type { Volume } from '../values/volume.js';
import { chooseStack } from './chooseStack.js';
import { decodeSlices } from './decodeSlices.js';
import { type FoundStack, findStacks } from './findStacks.js';
import { frameOfReferenceOf } from './frameOfReference.js';
import { noteOnLeftOut } from './imagesLeftOut.js';
import { notesOnPet } from './notesOnPet.js';
import { noteOnPlacesElsewhere } from './placesElsewhere.js';
import { doubtsAboutHounsfield } from './plausibleHounsfield.js';
import type { ReadSeriesOptions } from './readSeriesOptions.js';
import { fitsInt16, writeRescaled } from './rescale.js';
import type { SliceImage } from './sliceImage.js';
import { requireVoxelsFit } from './voxelLimit.js';

/**
 * Assembles one volume from the instances of a series of CT, MR or PET images, which may arrive in any order.
 *
 * Slices are sorted along their common normal, and voxels rescaled to the modality's unit, each slice with its own
 * slope and intercept. If a series holds several stacks of slices, one is used. Every instance is decoded as it
 * arrives. The files and the stored pixels, which mostly share memory, are released slice by slice as the voxels are
 * computed.
 *
 * @param instances Part 10 files
 * @throws PromptsegError `series-without-images`; `sop-class-unsupported`, `image-kind-unsupported`,
 * `photometric-unsupported` or `geometry-missing` if no image can be read as a slice; `instance-unreadable`; the errors
 * of {@link findStacks} for images that form no stack; `series-mixed` for several series; `stack-not-found`;
 * `image-too-large`; `cancelled`; and errors of decoding and retrieving
 */
export async function assembleVolume(
  instances: AsyncIterable<Uint8Array>,
  { signal, stack: wantedStack, onProgress }: ReadSeriesOptions,
): Promise<Volume> {
  const { decoded, leftOut, withoutPixels } = await decodeSlices(instances, signal, onProgress);
  const images = [...decoded.keys()];
  const found = findStacks(images);
  const { stack, stacks, notes } = chooseStack(found.stacks, wantedStack);

  const sorted = stack.order.map((index) => stack.images[index]!);
  const first = sorted[0]!;
  const header = naturalizeHeader(decoded.get(first)!.part10);
  const stored = sorted.map((image) => decoded.get(image)!.stored);
  // Other stacks are released before the voxels are computed.
  decoded.clear();
  const { voxels, paddingVoxels } = rescaleAll(stored, sorted);

  return {
    grid: gridOf(stack, first),
    voxels,
    unit: first.unit,
    modality: first.modality,
    studyInstanceUID: first.studyInstanceUID,
    seriesInstanceUID: first.seriesInstanceUID,
    frameOfReferenceUID: frameOfReferenceOf(sorted),
    ...(found.frameNaming !== 'stated' && { frameOfReferenceIsAssumed: true }),
    sourceImages: sorted.map(({ sopClassUID, sopInstanceUID, frameNumber, position, display }) => ({
      sopClassUID,
      sopInstanceUID,
      ...(frameNumber !== undefined && { frameNumber }),
      imagePositionPatient: position,
      ...(display !== undefined && { display }),
    })),
    ...(stacks !== undefined && { stacks }),
    header,
    notes: [
      ...noteOnLeftOut(found, leftOut),
      ...notes,
      ...noteOnPlacesElsewhere(stack.images, images),
      ...stack.notes,
      ...notesOnValues(sorted, paddingVoxels),
      ...notesOnPet(sorted),
      ...(first.unit === 'HU' ? doubtsAboutHounsfield(voxels) : []),
      ...noteOnOthers(withoutPixels),
    ],
  };
}

function gridOf({ voxelToLps, slicePositions, order }: FoundStack, { columns, rows }: SliceImage): Volume['grid'] {
  const size = [columns, rows, order.length] as const;
  return slicePositions === undefined ? { size, voxelToLps } : { size, voxelToLps, slicePositions };
}

/**
 * All slices in one array, rescaled: Int16 if every slice fits, else Float32.
 * @param stored emptied slice by slice, so that the files and the voxels are never both in memory as a whole
 */
function rescaleAll(
  stored: (StoredPixels | undefined)[],
  images: readonly SliceImage[],
): { voxels: Int16Array | Float32Array; paddingVoxels: number } {
  const sliceSize = images[0]!.columns * images[0]!.rows;
  const isInt16 = images.every(({ rescale }, k) => fitsInt16(stored[k]!, rescale));
  const VoxelArray = isInt16 ? Int16Array : Float32Array;
  requireVoxelsFit(sliceSize * images.length, VoxelArray.BYTES_PER_ELEMENT);
  const voxels = new VoxelArray(sliceSize * images.length);
  let paddingVoxels = 0;
  images.forEach(({ rescale }, k) => {
    paddingVoxels += writeRescaled(stored[k]!, rescale, voxels, k * sliceSize);
    stored[k] = undefined;
  });
  return { voxels, paddingVoxels };
}

function notesOnValues(images: readonly SliceImage[], paddingVoxels: number): string[] {
  const { slope, intercept } = images[0]!.rescale;
  const notes = [...new Set(images.flatMap((image) => image.notes))];
  if (images.some(({ rescale }) => rescale.slope !== slope || rescale.intercept !== intercept)) {
    notes.push('Slope and intercept differ from slice to slice; every slice was rescaled with its own.');
  }
  if (paddingVoxels > 0) {
    const value = images[0]!.modality === 'CT' ? '-1024 HU' : '0';
    notes.push(`${paddingVoxels} padding pixels, which are no measurement, were set to ${value}.`);
  }
  return notes;
}

const noteOnOthers = (withoutPixels: number): string[] =>
  withoutPixels > 0 ? [`Left out, because they hold no image: ${withoutPixels} of the instances of the series.`] : [];
