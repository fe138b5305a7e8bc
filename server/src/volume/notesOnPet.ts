import type { SliceImage } from './sliceImage.js';

/** Rounded times make factors of one scan differ by less: a minute is 0.6 % with F-18. */
const sameFactor = 1.01;

type PetImage = Pick<SliceImage, 'uptakeFactor' | 'statedSlices'>;

/**
 * What the images of one stack say against each other or against their number, one sentence each, for the record.
 * @param images of one stack
 */
export function notesOnPet(images: readonly PetImage[]): string[] {
  const factors = images.flatMap(({ uptakeFactor }) => uptakeFactor ?? []);
  const ratio = Math.max(...factors) / Math.min(...factors);
  const stated = Math.max(...images.flatMap(({ statedSlices }) => statedSlices ?? []));
  return [
    ...(ratio > sameFactor
      ? [
          `Weight, dose or times differ among the images, which changes SUVbw by up to ${percent(ratio)} % from ` +
            'image to image: the values can hardly be right.',
        ]
      : []),
    ...(stated > images.length
      ? [`The images state ${stated} slices, but there are ${images.length}: some may be missing.`]
      : []),
  ];
}

const percent = (ratio: number): number => Math.round(100 * (ratio - 1));
