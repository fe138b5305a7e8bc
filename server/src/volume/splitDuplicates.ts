import { type Distinguisher, distinguishers, type StackLabel, type Value } from './distinguishers.js';
import type { SliceImage } from './sliceImage.js';
import { heightsOf, samePlaceMm } from './stackSlices.js';

/** Images that show every position once, or that nothing distinguishes. */
export interface DuplicateFreePart {
  readonly images: readonly SliceImage[];
  /**
   * The labels by which the part was split off, from the first attribute to the last; empty if nothing had to be split.
   */
  readonly labels: readonly StackLabel[];
  /** The rank of each label among its siblings; among parts of equal size the one with the lower ranks comes first. */
  readonly ranks: readonly number[];
  /** Whether there are several images at one position that no attribute distinguishes. */
  readonly hasDuplicates: boolean;
  /** Number of images at the same positions that were left out in favour of these. */
  readonly secondImages?: number;
  /** Choices made, one sentence each. */
  readonly notes?: readonly string[];
}

/**
 * Splits images that are in one stack by geometry, but several at one position (echoes, b-values, phases, time points),
 * by the attributes that distinguish them.
 *
 * An attribute splits them if it takes at most as many values as there are images at one position, and leaves fewer
 * images at shared positions. This excludes attributes that merely change along the stack.
 */
export function splitDuplicates(images: readonly SliceImage[]): readonly DuplicateFreePart[] {
  return split({ images, labels: [], ranks: [] }, distinguishers);
}

type Part = Pick<DuplicateFreePart, 'images' | 'labels' | 'ranks'>;

function split(part: Part, untried: readonly Distinguisher[]): readonly DuplicateFreePart[] {
  const places = placesOf(part.images);
  const most = places.reduce((count, images) => Math.max(count, images.length), 0);
  if (most <= 1) return [{ ...part, hasDuplicates: false }];
  for (const [index, distinguisher] of untried.entries()) {
    const parts = byValue(part, places, most, distinguisher) ?? byRank(part, places, most, distinguisher);
    if (parts !== undefined) return parts.flatMap((each) => split(each, untried.slice(index + 1)));
  }
  return [{ ...part, hasDuplicates: true }];
}

/** The images at each position, along the normal of the first image. @param images one or more */
export function placesOf(images: readonly SliceImage[]): readonly (readonly SliceImage[])[] {
  const heights = heightsOf(images);
  const byHeight = images.map((image, n) => ({ image, height: heights[n]! })).sort((a, b) => a.height - b.height);
  const places: SliceImage[][] = [];
  byHeight.forEach(({ image, height }, n) => {
    if (n > 0 && height - byHeight[n - 1]!.height < samePlaceMm) places.at(-1)!.push(image);
    else places.push([image]);
  });
  return places;
}

const repeats = (images: readonly SliceImage[]): number => images.length - placesOf(images).length;

function byValue(
  part: Part,
  places: readonly (readonly SliceImage[])[],
  most: number,
  { read, order, label }: Distinguisher,
): readonly Part[] | undefined {
  const groups = new Map<Value, SliceImage[]>();
  for (const image of part.images) {
    const value = read(image.distinguishing);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [image]);
    else group.push(image);
  }
  if (groups.size < 2 || groups.size > most) return undefined;
  const repeated = [...groups.values()].reduce((sum, images) => sum + repeats(images), 0);
  if (repeated >= part.images.length - places.length) return undefined;
  const values = [...groups.keys()].sort(comparing(order));
  return values.map((value, rank) => extend(part, groups.get(value)!, label(rank, values), rank));
}

/** By rank at each position, for times; only if every position has equally many images, all with different times. */
function byRank(
  part: Part,
  places: readonly (readonly SliceImage[])[],
  most: number,
  { read, order, label, isMoment }: Distinguisher,
): readonly Part[] | undefined {
  if (isMoment === undefined) return undefined;
  const value = ({ distinguishing }: SliceImage) => read(distinguishing);
  const isRanked = places.every(
    (images) =>
      images.length === most &&
      images.every((image) => value(image) !== undefined) &&
      new Set(images.map(value)).size === most,
  );
  if (!isRanked) return undefined;
  const compare = comparing(order);
  const ranked = places.map((images) => [...images].sort((a, b) => compare(value(a), value(b))));
  return Array.from({ length: most }, (_, rank) =>
    extend(
      part,
      ranked.map((images) => images[rank]!),
      label(rank, []),
      rank,
    ),
  );
}

const extend = (part: Part, images: readonly SliceImage[], label: StackLabel, rank: number): Part => ({
  images,
  labels: [...part.labels, label],
  ranks: [...part.ranks, rank],
});

/** Numbers by value, strings by `order` and then alphabetically, absent values last. */
export const comparing =
  (order: Distinguisher['order']) =>
  (a: Value, b: Value): number => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    const [left, right] = [String(a), String(b)];
    return (order?.(left) ?? 0) - (order?.(right) ?? 0) || (left < right ? -1 : Number(left > right));
  };
