import type { Place, SliceLink } from '../panel/host.js';
import { dot } from '../panel/vectors.js';

/** Where a slice is in the patient, in LPS mm. */
export interface Slice {
  readonly centre: Place;
  /** Of length 1. */
  readonly normal: Place;
}

/** The two series that stand beside each other. */
export type Side = 'now' | 'before';

export const otherSide = (side: Side): Side => (side === 'now' ? 'before' : 'now');

/** Index of the slice whose plane is nearest to a place; of equally near ones the first. */
export function nearestSlice(slices: readonly Slice[], place: Place): number {
  const away = slices.map(({ centre, normal }) => Math.abs(dot(normal, place) - dot(normal, centre)));
  return away.indexOf(Math.min(...away));
}

/** Whether slices are less than 60° apart, so that scrolling through one of two series goes through the other. */
export const areParallel = (a: Slice, b: Slice): boolean => Math.abs(dot(a.normal, b.normal)) > 0.5;

/**
 * The slice of the other series that belongs to one.
 * @param sides the slices of both series, each at least one
 */
export function partnerOf(
  side: Side,
  index: number,
  sides: Readonly<Record<Side, readonly Slice[]>>,
  link: SliceLink,
): number {
  const [own, others] = [sides[side], sides[otherSide(side)]];
  if (link.by === 'place') {
    const { centre } = own[index]!;
    const { nowToBefore } = link;
    if (nowToBefore === undefined) return nearestSlice(others, centre);
    return nearestSlice(others, moved(side === 'now' ? nowToBefore : inverted(nowToBefore), centre));
  }
  const isOpposed = dot(own[0]!.normal, others[0]!.normal) < 0;
  const share = sharesOf(own)[index]!;
  const away = sharesOf(others).map((each) => Math.abs((isOpposed ? 1 - each : each) - share));
  return away.indexOf(Math.min(...away));
}

/** How far each slice is from the first to the last one along the normal, 0 to 1. */
function sharesOf(slices: readonly Slice[]): readonly number[] {
  const { normal } = slices[0]!;
  const heights = slices.map(({ centre }) => dot(normal, centre));
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  return heights.map((height) => (most === least ? 0 : (height - least) / (most - least)));
}

/**
 * Keeps two stacks on slices that belong together, whenever one is scrolled. A viewport reports the slices that
 * it was turned to like those that a reader scrolled to, and later: those are not followed, or a stack of thick slices
 * would pull one of thin slices away from where the reader stopped.
 */
export class LinkedScrolling {
  /** What was asked of each side since it was scrolled itself and was not reported yet; the last one stays. */
  readonly #asked: Readonly<Record<Side, Set<number>>> = { now: new Set(), before: new Set() };

  /** @param turn turns the viewport of a side to a slice */
  constructor(
    private readonly partner: (side: Side, index: number) => number,
    private readonly turn: (side: Side, index: number) => void,
  ) {}

  /** A viewport shows another slice. */
  shown(side: Side, index: number): void {
    const asked = this.#asked[side];
    if (asked.has(index)) {
      if ([...asked].at(-1) === index) for (const each of [...asked]) if (each !== index) asked.delete(each);
      return;
    }
    asked.clear();
    this.lead(side, index);
  }

  /** Turns the other side to what belongs to this slice. */
  lead(side: Side, index: number): void {
    const other = otherSide(side);
    const to = this.partner(side, index);
    // At the end of the set, wherever it was.
    this.#asked[other].delete(to);
    this.#asked[other].add(to);
    this.turn(other, to);
  }
}

/** @param matrix 4 × 4, row by row */
const moved = (matrix: readonly number[], [x, y, z]: Place): Place => {
  const row = (r: number): number =>
    matrix[4 * r]! * x + matrix[4 * r + 1]! * y + matrix[4 * r + 2]! * z + matrix[4 * r + 3]!;
  return [row(0), row(1), row(2)];
};

/** Of a rigid one: the rotation's transpose, and the shift turned back. */
function inverted(m: readonly number[]): readonly number[] {
  const row = (r: number): readonly number[] => {
    const [a, b, c] = [m[r]!, m[4 + r]!, m[8 + r]!];
    return [a, b, c, -(a * m[3]! + b * m[7]! + c * m[11]!)];
  };
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
}
