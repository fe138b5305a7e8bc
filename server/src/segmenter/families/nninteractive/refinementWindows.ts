import type { Vector3 } from '../../../values/affine.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import type { Block } from '../../clickable.js';
import { map, overlapOf, wholeOf } from './blocks.js';
import type { NninteractiveManifest } from './manifest.js';
import { roundHalfEven } from './roundHalfEven.js';
import { type RowCounts, rowCounts } from './rowCounts.js';

/** Cells left over are covered around the best of so many that are drawn; of more if no place on the grid fitted. */
const drawn = { afterCover: 10, withoutCover: 25 };

/**
 * Windows that cover all changed cells but for a margin, by the greedy search of `generate_bounding_boxes` of
 * nnInteractive: of places on a grid over the changes the one that covers most of what is left, again and again. Some
 * cells may be left over. Of these nnInteractive draws at random; here the numbers are the same in every run, because
 * the same clicks must give the same mask.
 *
 * @param changed 1 where something has changed
 * @param size of its array
 * @returns windows in the coordinates of the array, beyond which they may extend; none if nothing has changed
 */
export function refinementWindows(
  changed: Uint8Array,
  size: Vector3,
  window: Vector3,
  { margin, halvings }: NninteractiveManifest['refinement'],
): readonly Block[] {
  const left = rowCounts(changed, size);
  if (left.total === 0) return [];
  const { first, last } = extremes(changed, size);
  const windowAround = (centre: Vector3): Block => ({
    first: map((axis) => centre[axis] - Math.floor(window[axis] / 2)),
    size: window,
  });
  const search: Search = { left, windowAround, coveredBy: (centre) => covered(windowAround(centre), margin, size) };
  const steps = map((axis) => Math.max(1, roundHalfEven((last[axis] - first[axis]) / 4)));
  for (let halving = 0; halving <= halvings; halving++) {
    const step = map((axis) => Math.max(1, Math.floor(steps[axis] / 2 ** halving)));
    const places = placesOn(first, last, step).filter((place) => left.has(place));
    if (places.length > 0) return [...cover(search, places), ...coverDrawn(search, drawn.afterCover)];
  }
  return coverDrawn(search, drawn.withoutCover);
}

interface Search {
  readonly left: RowCounts;
  readonly windowAround: (centre: Vector3) => Block;
  /** What a window around a cell covers of the array; it covers the cell. */
  readonly coveredBy: (centre: Vector3) => Block;
}

function cover({ left, windowAround, coveredBy }: Search, all: readonly Vector3[]): Block[] {
  const windows: Block[] = [];
  for (let places = all; places.length > 0; places = places.filter((place) => left.has(place))) {
    const best = bestOf(places, (place) => left.countIn(coveredBy(place)));
    windows.push(windowAround(best));
    left.clear(coveredBy(best));
  }
  return windows;
}

function coverDrawn({ left, windowAround, coveredBy }: Search, count: number): Block[] {
  const windows: Block[] = [];
  const random = randomNumbers(1);
  while (left.total > 0) {
    const places = Array.from({ length: count }, () => left.cellAt(Math.floor(random() * left.total)));
    const best = bestOf(places, (place) => left.countIn(coveredBy(place)));
    windows.push(windowAround(best));
    left.clear(coveredBy(best));
  }
  return windows;
}

/** The first of the places that gains most. */
function bestOf(places: readonly Vector3[], gainOf: (place: Vector3) => number): Vector3 {
  let [best, most] = [places[0]!, -1];
  for (const place of places) {
    const gain = gainOf(place);
    if (gain > most) [best, most] = [place, gain];
  }
  return best;
}

/** The part of a window without its margin that is in the array. */
const covered = ({ first, size: window }: Block, margin: number, size: Vector3): Block =>
  overlapOf(
    { first: map((axis) => first[axis] + margin), size: map((axis) => window[axis] - 2 * margin) },
    wholeOf(size),
  )!;

/** Places from the first to the last at a distance of `step`, the slices slowest. */
function placesOn(first: Vector3, last: Vector3, step: Vector3): Vector3[] {
  const along = (axis: 0 | 1 | 2): number[] =>
    Array.from(
      { length: Math.floor((last[axis] - first[axis]) / step[axis]) + 1 },
      (_, n) => first[axis] + n * step[axis],
    );
  return along(2).flatMap((k) => along(1).flatMap((j) => along(0).map((i): Vector3 => [i, j, k])));
}

function extremes(cells: Uint8Array, [columns, rows, slices]: Vector3) {
  const first: [number, number, number] = [columns, rows, slices];
  const last: [number, number, number] = [0, 0, 0];
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        if (cells[n] === 0) continue;
        for (const [axis, at] of [i, j, k].entries()) {
          if (at < first[axis]!) first[axis] = at;
          if (at > last[axis]!) last[axis] = at;
        }
      }
  return { first, last };
}
