import { PromptsegError } from '../platform/errors.js';
import { add, cross, dot, normalize, scale, type Vector3 } from '../values/affine.js';
import type { FrameNaming } from './frameOfReference.js';
import { differenceOf, turnBetween } from './sameStack.js';
import type { SliceImage } from './sliceImage.js';
import { samePlaceMm } from './stackSlices.js';

/** The part of a series' positions that its stack may lack without a word: a few stray images. */
const fewPlaces = 0.1;
/** Images turned farther against each other show another view, like a localizer in three planes. */
const sameView = Math.cos(Math.PI / 6);
/**
 * In radians (2°). Images that are nearly parallel were meant to be parallel: jitter, or a fan. The groups of slices
 * that follow the discs of a spine are turned farther.
 */
const nearlyParallel = 0.035;

/** In steps of the stack: an image so far from its slices shows a position of its own. */
const ofItsOwn = 0.1;
/** An image so far away is beyond them, not between two: a stack of another echo or size may be interleaved. */
const beyond = 0.75;

/**
 * Refuses a series whose images are nearly parallel but fall into groups, none of which is what was scanned.
 * @param stack the images of the stack that would be used
 * @throws PromptsegError `orientations-mixed`
 */
export function requireParallel(
  stack: readonly SliceImage[],
  images: readonly SliceImage[],
  naming: FrameNaming,
): void {
  const [first] = stack;
  const isNearly = (image: SliceImage): boolean =>
    turnBetween(first!, image) <= nearlyParallel &&
    differenceOf(first!, image, naming) !== undefined &&
    differenceOf({ ...first!, ...directions(image) }, image, naming) === undefined;
  const nearly = placesBeside(stack, images.filter(isNearly), ofItsOwn);
  const total = stack.length + nearly.length;
  if (nearly.length < 2 || nearly.length <= fewPlaces * total) return;
  throw new PromptsegError(
    'orientations-mixed',
    `The images are not parallel, though nearly: only ${stack.length} of ${total} have one orientation, and a part ` +
      'of the series is not segmented as if it were the whole.',
    { details: { parallel: stack.length, images: total } },
  );
}

/**
 * Says, for the record, how many positions of the series a stack does not show: the other half, in another size,
 * spacing, unit or frame of reference.
 */
export function noteOnPlacesElsewhere(stack: readonly SliceImage[], images: readonly SliceImage[]): string[] {
  const [first] = stack;
  const alike = images.filter(
    (image) =>
      Math.abs(dot(normalOf(first!), normalOf(image))) >= sameView &&
      !image.distinguishing.imageType.some((word) => notOfTheSeries.has(word)),
  );
  const elsewhere = placesBeside(stack, alike, beyond).length;
  const total = stack.length + elsewhere;
  if (elsewhere < 2 || elsewhere <= fewPlaces * total) return [];
  return [
    `The stack shows only ${stack.length} of the ${total} positions at which the series has parallel images; what ` +
      'only the other images show is not in the result.',
  ];
}

/** Projections, and images for planning the others. */
const notOfTheSeries: ReadonlySet<string> = new Set(['MIP', 'MINIP', 'MNIP', 'PROJECTION IMAGE', 'LOCALIZER']);

const directions = ({ alongRow, alongColumn }: SliceImage): Pick<SliceImage, 'alongRow' | 'alongColumn'> => ({
  alongRow,
  alongColumn,
});

const normalOf = ({ alongRow, alongColumn }: SliceImage): Vector3 => normalize(cross(alongRow, alongColumn));

/** Positions of images along a normal, by their centres, because their corners move when they are turned. */
const heightsAlong = (normal: Vector3, images: readonly SliceImage[]): number[] =>
  images
    .map(({ position, alongRow, alongColumn, columns, rows, columnSpacing, rowSpacing }) => {
      const acrossRow = scale(alongRow, ((columns - 1) / 2) * columnSpacing);
      const acrossColumn = scale(alongColumn, ((rows - 1) / 2) * rowSpacing);
      return dot(add(position, add(acrossRow, acrossColumn)), normal);
    })
    .sort((a, b) => a - b);

/**
 * The heights of images that are farther than a part of the smallest step from every slice of a stack; each height
 * once.
 */
function placesBeside(stack: readonly SliceImage[], images: readonly SliceImage[], partOfStep: number): number[] {
  const normal = normalOf(stack[0]!);
  const slices = heightsAlong(normal, stack);
  const step = slices.slice(1).reduce((least, height, k) => Math.min(least, height - slices[k]!), Infinity);
  const reach = Math.max(samePlaceMm, Number.isFinite(step) ? partOfStep * step : 0);
  const beside: number[] = [];
  let next = 0;
  for (const height of heightsAlong(normal, images)) {
    while (next < slices.length - 1 && slices[next + 1]! <= height) next++;
    const nearest = Math.min(Math.abs(height - slices[next]!), Math.abs((slices[next + 1] ?? Infinity) - height));
    if (nearest > reach && height - (beside.at(-1) ?? -Infinity) > samePlaceMm) beside.push(height);
  }
  return beside;
}
