import type { InstanceHeader } from '../dicom/instanceHeader.js';
import type { PromptsegError } from '../platform/errors.js';
import type { FoundStacks } from './findStacks.js';
import { isMosaic } from './mosaic.js';
import { isSecondaryCapture } from './sopClasses.js';

/**
 * Why an image that cannot be read as a slice may be left out of its series, in words that follow a number:
 * "localizers".
 *
 * @param error thrown by reading it as a slice
 * @returns undefined if leaving it out could hide a slice: damaged images, and original ones without a position
 */
export function whatIsLeftOut(instance: InstanceHeader, error: PromptsegError): string | undefined {
  const imageType = instance.strings('x00080008').map((value) => value.toUpperCase());
  switch (error.code) {
    case 'sop-class-unsupported':
      return isSecondaryCapture(instance.sopClassUID) ? 'secondary captures' : 'images of other kinds';
    case 'image-kind-unsupported':
      if (imageType.includes('LOCALIZER')) return 'localizers';
      return isMosaic(instance, imageType) ? 'mosaics' : 'images of other kinds';
    case 'photometric-unsupported':
      return 'colour images';
    case 'geometry-missing':
      return imageType[0] === 'DERIVED' || imageType[1] === 'SECONDARY' ? 'derived images without a place' : undefined;
    default:
      return undefined;
  }
}

/** The same for one of several single images. */
export function whatIsLeftOutAlone(instance: InstanceHeader, error: PromptsegError): string | undefined {
  switch (error.code) {
    case 'sop-class-unsupported':
      return isSecondaryCapture(instance.sopClassUID) ? 'secondary captures' : 'images of other kinds';
    case 'image-kind-unsupported':
      return instance.numberOfFrames === 1 ? 'images for processing' : 'loops of several frames';
    case 'photometric-unsupported':
      return 'images of an unknown colour model';
    default:
      return undefined;
  }
}

/**
 * "Used 174 of 180 images: 4 localizers, 2 secondary captures left out."
 * @param notSlices the kind of each image that cannot be a slice
 */
export function noteOnLeftOut({ stacks, leftOut }: FoundStacks, notSlices: readonly string[]): string[] {
  const used = stacks.reduce((sum, { images }) => sum + images.length, 0);
  return noteOnUsed(used, [...notSlices.map((what) => ({ images: 1, what })), ...leftOut]);
}

/** The same for any images. */
export function noteOnUsed(
  used: number,
  leftOut: readonly { readonly images: number; readonly what: string }[],
): string[] {
  const counts = new Map<string, number>();
  for (const { images, what } of leftOut) counts.set(what, (counts.get(what) ?? 0) + images);
  if (counts.size === 0) return [];
  const total = [...counts.values()].reduce((sum, images) => sum + images, used);
  const kinds = [...counts].map(([what, images]) => `${images} ${images === 1 ? singular(what) : what}`);
  return [`Used ${used} of ${total} images: ${kinds.join(', ')} left out.`];
}

const singular = (what: string): string =>
  what.replace(/^(\w+ )?(images|localizers|mosaics|captures|loops)\b/, (words) => words.slice(0, -1));
