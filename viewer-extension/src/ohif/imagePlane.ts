import type { ImagePlane } from '../panel/host.js';
import type { FunctionalGroups, ImageInstance, Sequence } from './ohif.js';

/**
 * The plane of an image, from its own attributes or those of its frame (PS3.3 section C.7.6.16.2).
 * @param frameNumber counted from 1
 * @returns undefined if the image does not state it
 */
export function imagePlane(instance: ImageInstance, frameNumber: number): ImagePlane | undefined {
  const frame = items(instance.PerFrameFunctionalGroupsSequence)[frameNumber - 1];
  const [shared] = items(instance.SharedFunctionalGroupsSequence);
  const group = (name: keyof FunctionalGroups) => items(frame?.[name])[0] ?? items(shared?.[name])[0] ?? instance;
  const plane = {
    imagePositionPatient: numbers(group('PlanePositionSequence').ImagePositionPatient),
    imageOrientationPatient: numbers(group('PlaneOrientationSequence').ImageOrientationPatient),
    pixelSpacing: numbers(group('PixelMeasuresSequence').PixelSpacing),
  };
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing } = plane;
  const isWhole =
    [imagePositionPatient, imageOrientationPatient, pixelSpacing].map(({ length }) => length).join() === '3,6,2';
  return isWhole ? plane : undefined;
}

export function items<Item>(sequence: Sequence<Item> | undefined): readonly Item[] {
  if (sequence === undefined) return [];
  return Array.isArray(sequence) ? sequence : [sequence as Item];
}

/** Decimal strings may come as text. */
const numbers = (values: readonly (number | string)[] | undefined): number[] => (values ?? []).map(Number);
