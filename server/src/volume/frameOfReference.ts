import { uidFromName } from '../dicom/uid.js';
import { PromptsegError } from '../platform/errors.js';
import type { SliceImage } from './sliceImage.js';
import type { Stack } from './stackSlices.js';

/**
 * How the images of a series name their Frame of Reference (PS3.3 section C.7.4.1).
 *
 *   stated    as the standard has it: one UID, or several for images that cannot be compared
 *   none      no image has one, as old files and some converters leave it out
 *   partly    one UID, and images without
 *   own       every instance has one of its own: de-identifiers that make a UID for every UID that they meet in
 *             each file
 *
 * Other than `stated`, nothing but the positions says whether the images are in one space: they do where they make an
 * even stack.
 */
export type FrameNaming = 'stated' | 'none' | 'partly' | 'own';

/** Fewer slices may be evenly spaced by chance. */
const enoughSlices = 3;

/** @param images one or more, of one series */
export function frameNamingOf(images: readonly SliceImage[]): FrameNaming {
  const byInstance = new Map(
    images.map(({ sopInstanceUID, frameOfReferenceUID }) => [sopInstanceUID, frameOfReferenceUID]),
  );
  const stated = new Set(byInstance.values());
  const isMissing = stated.delete(undefined);
  if (stated.size === 0) return 'none';
  if (isMissing) return stated.size === 1 ? 'partly' : 'stated';
  return stated.size === byInstance.size && stated.size >= enoughSlices ? 'own' : 'stated';
}

/**
 * @param stack of images whose frame of reference is not stated
 * @returns the note for the record
 * @throws PromptsegError `geometry-missing`, `frames-of-reference-mixed` if the positions do not suggest one space: few
 * slices, or uneven ones
 */
export function noteOnFrameNaming(naming: FrameNaming, { order, slicePositions }: Stack): string[] {
  if (naming === 'stated') return [];
  const isEven = slicePositions === undefined || slicePositions.every(Number.isInteger);
  if (order.length < enoughSlices || !isEven) throw notOneSpace(naming);
  const how = {
    none: 'No image states a Frame of Reference UID',
    partly: 'Some images state no Frame of Reference UID',
    own: 'Every image states a Frame of Reference UID of its own, as some anonymising programs write them',
  }[naming];
  const result = naming === 'none' ? 'a UID made from that of the series' : 'the UID of the first slice that has one';
  return [`${how}; their positions make one even stack, so they were taken as one space. Results name ${result}.`];
}

function notOneSpace(naming: FrameNaming): PromptsegError {
  return naming === 'own'
    ? new PromptsegError(
        'frames-of-reference-mixed',
        'Every image states a Frame of Reference UID of its own, and the positions make no even stack, so they ' +
          'cannot be compared.',
      )
    : new PromptsegError(
        'geometry-missing',
        'Images state no Frame of Reference UID, and the positions make no even stack, so their place in the ' +
          'patient is unknown.',
      );
}

const namespace = '6e0a3f34-0f6b-4c5e-9d3f-8a4a3f1f7c55';

/** The UID that results of these images name: always the same for one series, so that its results share one space. */
export const frameOfReferenceOf = (images: readonly SliceImage[]): string =>
  images.find(({ frameOfReferenceUID }) => frameOfReferenceUID !== undefined)?.frameOfReferenceUID ??
  uidFromName(namespace, images[0]!.seriesInstanceUID);
