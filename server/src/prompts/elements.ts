import type { Name } from './findNames.js';
import type { Link, Word } from './readWords.js';

/** Consecutive words for sides: "left", "left and right", "on the left side". */
export interface Sides {
  readonly kind: 'sides';
  readonly words: readonly [Word, ...Word[]];
  readonly start: number;
  readonly end: number;
}

/** The parts into which a sentence is read. */
export type Element = Name | Word | Link | Sides;
/** The words between two links. */
export type Content = Exclude<Element, Link>;
