import { distinguishers } from './distinguishers.js';
import type { SliceImage } from './sliceImage.js';
import { type DuplicateFreePart, placesOf, splitDuplicates } from './splitDuplicates.js';
import { isEvenStack } from './stackSlices.js';

/** At most this fraction of the positions may occur twice; more means a series of several phases. */
const mostShared = 0.1;

/**
 * Joins acquisitions that abut into one stack: they share a position or two where one ends and the next begins, and
 * only together cover what was scanned. Also joins a series in which an image or two are stored twice.
 *
 * For a shared position the first image is used: that of the larger acquisition, or the earlier one.
 *
 * @param group images that are in one stack by geometry
 * @returns undefined if no position occurs twice, or many do; if one part covers all positions; if the parts differ in
 * something set on purpose, such as an echo or a kernel; and if the positions together form no even stack
 */
export function joinAbutting(group: readonly SliceImage[]): readonly [DuplicateFreePart] | undefined {
  const places = placesOf(group);
  const secondImages = group.length - places.length;
  if (secondImages === 0 || secondImages > mostShared * places.length) return undefined;
  const parts = [...splitDuplicates(group)].sort((a, b) => b.images.length - a.images.length);
  if (parts.length > 1 && (placesOf(parts[0]!.images).length === places.length || !areMoments(group))) return undefined;
  const order = new Map(parts.flatMap(({ images }) => images).map((image, rank) => [image, rank] as const));
  const images = places.map((atPlace) =>
    atPlace.reduce((first, image) => (order.get(image)! < order.get(first)! ? image : first)),
  );
  if (!isEvenStack(images)) return undefined;
  const shared = secondImages === 1 ? 'one place is' : `${secondImages} places are`;
  return [
    {
      images,
      labels: [],
      ranks: [],
      hasDuplicates: false,
      secondImages,
      notes: [`The images were taken as one stack of ${images.length} places; ${shared} shown twice.`],
    },
  ];
}

/** Whether the images differ only in the time or number of their acquisition. */
function areMoments(group: readonly SliceImage[]): boolean {
  return distinguishers
    .filter(({ isMoment }) => !isMoment)
    .every(({ read }) => new Set(group.map(({ distinguishing }) => read(distinguishing))).size === 1);
}
