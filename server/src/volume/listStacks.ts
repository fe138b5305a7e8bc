import type { InstanceHeader } from '../dicom/instanceHeader.js';
import type { StackSummary } from '../values/volume.js';
import { isNoImage, readOrLeaveOut } from './decodeSlices.js';
import { type FoundStack, findStacks } from './findStacks.js';
import { choosable, readOrLeaveOutAlone } from './readSingleImage.js';
import { isSingleImageSopClass } from './singleImageHeader.js';
import { readSlideLevels } from './slideLevels.js';
import { isSingleImageModality, slideModality } from './sopClasses.js';

type ListedStack = Omit<StackSummary, 'chosen'>;

/**
 * The stacks of slices in a series, or its single images, from its headers alone, best first: a run without a choice
 * takes the first. Of a whole slide its levels, finest first: which one a run takes depends on its model.
 *
 * @throws PromptsegError of `findStacks` for images that form no stack, and of single images; an empty list if there is
 * no image at all
 */
export function listStacks(headers: readonly InstanceHeader[]): readonly ListedStack[] {
  // All instances of a series have one Modality (PS3.3 section C.7.3.1).
  const modality = headers[0]?.string('x00080060');
  const found =
    modality === slideModality
      ? readSlideLevels(headers).levels
      : isSingleImageModality(modality)
        ? singleImages(headers)
        : stacksOf(headers);
  return found.map(({ id, description, images }) => ({ id, description, images: images.length }));
}

/**
 * The stacks of slices that a run would find in a series, best first; empty if there is no image.
 * @throws PromptsegError of `findStacks` and `readSliceImages`
 */
export function stacksOf(headers: readonly InstanceHeader[]): readonly FoundStack[] {
  const images = headers.flatMap((header) => (isNoImage(header) ? [] : readOrLeaveOut(header).images));
  return images.length === 0 ? [] : findStacks(images).stacks;
}

function singleImages(headers: readonly InstanceHeader[]) {
  const read = headers.filter(({ sopClassUID }) => isSingleImageSopClass(sopClassUID)).map(readOrLeaveOutAlone);
  const images = read.flatMap((each) => ('what' in each ? [] : [each]));
  const [refused] = read.flatMap((each) => ('what' in each ? [each.error] : []));
  if (images.length === 0 && refused !== undefined) throw refused;
  return choosable(images);
}
