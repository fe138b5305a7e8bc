import { type Distinguisher, distinguishers, type Value } from './distinguishers.js';
import type { SliceImage } from './sliceImage.js';
import { comparing, type DuplicateFreePart } from './splitDuplicates.js';
import { heightsOf, isEvenStack } from './stackSlices.js';

/** Numbers that differ by less than this part are one setting: echo times drift by some hundredths of a ms. */
const sameSetting = 0.05;
/** Fewer images form no stack. */
const fewestImages = 3;
/** Interleaved stacks share at least this part of their extent; abutting ones share less. */
const sharedExtent = 0.5;

/**
 * Splits images at different positions that are several interleaved stacks: one echo at the positions between those of
 * the other. Together they would form a volume whose contrast changes from slice to slice.
 *
 * Only settings of the contrast count, and only if the images of each form an even stack of their own over the same
 * extent. A setting that changes once along the stack does not split it: see {@link notesOnSettings}.
 */
export function splitInterleaved(part: DuplicateFreePart): readonly DuplicateFreePart[] {
  if (part.hasDuplicates) return [part];
  for (const distinguisher of contrastSettings) {
    const settings = settingsOf(part.images, distinguisher);
    const extents = settings.map(({ images }) => extentOf(images, part.images[0]!));
    if (settings.length < 2 || !shareExtent(extents) || !settings.every(({ images }) => isStack(images))) continue;
    const values = settings.map(({ value }) => value);
    return settings.map(({ images }, rank) => ({
      ...part,
      images,
      labels: [...part.labels, distinguisher.label(rank, values)],
      ranks: [...part.ranks, rank],
    }));
  }
  return [part];
}

/** Says, for the record, which settings of the contrast differ among the images of one stack. */
export function notesOnSettings(images: readonly SliceImage[]): string[] {
  const differing = contrastSettings
    .filter((distinguisher) => {
      const settings = settingsOf(images, distinguisher);
      return settings.length > 1 && settings.every(({ images: { length } }) => length > 1);
    })
    .map(({ attribute }) => attribute);
  if (differing.length === 0) return [];
  return [`The images of the stack differ in ${differing.join(' and ')}; they were taken as one volume all the same.`];
}

const contrastSettings = distinguishers.filter(({ setsContrast }) => setsContrast);

interface Setting {
  readonly value: Value;
  readonly images: readonly SliceImage[];
}

/** The images by the value of an attribute, in the order of the values; nearly equal numbers are one. */
function settingsOf(images: readonly SliceImage[], { read, order }: Distinguisher): readonly Setting[] {
  const byValue = new Map<Value, SliceImage[]>();
  for (const image of images) {
    const value = read(image.distinguishing);
    const those = byValue.get(value);
    if (those === undefined) byValue.set(value, [image]);
    else those.push(image);
  }
  const settings: { value: Value; images: SliceImage[] }[] = [];
  for (const value of [...byValue.keys()].sort(comparing(order))) {
    const last = settings.at(-1);
    const those = byValue.get(value)!;
    if (last !== undefined && isSameSetting(last.value, value)) last.images.push(...those);
    else settings.push({ value, images: [...those] });
  }
  return settings;
}

const isSameSetting = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) < sameSetting * Math.max(Math.abs(a), Math.abs(b));

type Extent = readonly [least: number, greatest: number];

/** Along the normal of the first image of all. */
function extentOf(images: readonly SliceImage[], first: SliceImage): Extent {
  const [, ...heights] = heightsOf([first, ...images]);
  return [Math.min(...heights), Math.max(...heights)];
}

function shareExtent(extents: readonly Extent[]): boolean {
  const shared = Math.min(...extents.map(([, greatest]) => greatest)) - Math.max(...extents.map(([least]) => least));
  return shared > 0 && extents.every(([least, greatest]) => shared >= sharedExtent * (greatest - least));
}

const isStack = (images: readonly SliceImage[]): boolean => images.length >= fewestImages && isEvenStack(images);
