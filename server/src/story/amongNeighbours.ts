import type { Neighbours } from '#contract/imagePrompts.js';
import type { Mask } from '../values/mask.js';

/** Another segment of the result. */
export interface Neighbour {
  /** Segment Number. */
  readonly number: number;
  /** On the grid of the corrected segment. */
  readonly mask: Mask;
}

/** Whether a segment may not grow into this one. */
export const isClosed = ({ policy, locked = [] }: Neighbours, number: number): boolean =>
  policy === 'onlyEmpty' || locked.includes(number);

/** The voxels that a segment may not grow into; undefined if there are none. */
export function closedTo(neighbours: Neighbours, others: Iterable<Neighbour>): Uint8Array | undefined {
  let closed: Uint8Array | undefined;
  for (const { number, mask } of others) {
    if (!isClosed(neighbours, number)) continue;
    closed ??= new Uint8Array(mask.bits.length);
    for (let n = 0; n < closed.length; n++) closed[n]! |= mask.bits[n]!;
  }
  return closed;
}

/** A changed mask without what it gained of closed voxels; what it had before, it keeps. */
export function keptOut({ bits: before }: Mask, { grid, bits }: Mask, closed: Uint8Array | undefined): Mask {
  if (closed === undefined) return { grid, bits };
  return { grid, bits: bits.map((byte, n) => byte & (before[n]! | ~closed[n]!)) };
}

/**
 * What a corrected segment and its neighbours become.
 *
 * @param before the segment as it is stored
 * @param changed the segment as the prompts changed it
 * @returns `mask` of the segment, and of the other segments those that lost voxels, by Segment Number
 */
export function amongNeighbours(
  before: Mask,
  changed: Mask,
  others: readonly Neighbour[],
  neighbours: Neighbours,
): { readonly mask: Mask; readonly losing: ReadonlyMap<number, Mask> } {
  const mask = keptOut(before, changed, closedTo(neighbours, others));
  const losing = new Map<number, Mask>();
  if (neighbours.policy !== 'exclusive') return { mask, losing };
  const gained = mask.bits.map((byte, n) => byte & ~before.bits[n]!);
  for (const { number, mask: other } of others) {
    if (!other.bits.some((byte, n) => (byte & gained[n]!) !== 0)) continue;
    losing.set(number, { grid: other.grid, bits: other.bits.map((byte, n) => byte & ~gained[n]!) });
  }
  return { mask, losing };
}
