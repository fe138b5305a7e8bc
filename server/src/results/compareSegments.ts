import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { bitsOfSegment } from './bitsOfSegment.js';
import { isEmpty } from './packFrames.js';
import type { ReadCode, ReadSegment, ReadSegmentation } from './readSegmentation.js';

/** A segment of an edited segmentation, matched with a segment of the predecessor. */
export interface ComparedSegment {
  readonly segment: ReadSegment;
  /** Holds at least one voxel. */
  readonly mask: Mask;
  readonly change: 'unchanged' | 'edited' | 'added';
  /** Absent if the segment was added. */
  readonly predecessor?: ReadSegment;
}

export interface ComparedSegments {
  /** In the order of the predecessor, then the added ones in the order of the edited object. */
  readonly segments: readonly ComparedSegment[];
  /** Segments of the predecessor that the edit no longer has, or that have no voxel in it. */
  readonly removed: readonly ReadSegment[];
}

/**
 * Matches the segments of an edited segmentation with those of its predecessor, and determines what changed.
 *
 * Viewers keep different things when they write a segmentation. So segments are matched, in this order, by Tracking
 * UID; by label; by code, if no other segment has it; by number, if they share a voxel, since a number is reused once
 * its segment was deleted.
 * @throws PromptsegError `segmentation-unreadable` if the frames are not on the grid
 */
export function compareSegments(
  edited: ReadSegmentation,
  predecessor: ReadSegmentation,
  grid: SliceGrid,
): ComparedSegments {
  const masks = new Map(segmentsOf(edited).map((segment) => [segment, maskOf(edited, segment, grid)]));
  const drawn = [...masks].flatMap(([segment, mask]) => (mask === undefined ? [] : [{ segment, mask }]));
  const before = segmentsOf(predecessor);
  const maskBefore = (segment: ReadSegment): Mask | undefined => maskOf(predecessor, segment, grid);

  const matched = new Map<ReadSegment, ReadSegment>();
  const rules: readonly ((a: ReadSegment, b: ReadSegment) => boolean)[] = [
    (a, b) => a.trackingUID !== undefined && a.trackingUID === b.trackingUID,
    (a, b) => a.label !== '' && nameOf(a) === nameOf(b) && isOnly(before, nameOf, b),
    (a, b) => codeOf(a) !== undefined && codeOf(a) === codeOf(b) && isOnly(before, codeOf, b),
    (a, b) => a.number === b.number && shareVoxel(masks.get(a), maskBefore(b)),
  ];
  for (const isSame of rules)
    for (const { segment } of drawn) {
      if (matched.has(segment)) continue;
      const taken = new Set(matched.values());
      const found = before.find((candidate) => !taken.has(candidate) && isSame(segment, candidate));
      if (found !== undefined) matched.set(segment, found);
    }

  const compared = drawn.map(({ segment, mask }): ComparedSegment => {
    const was = matched.get(segment);
    if (was === undefined) return { segment, mask, change: 'added' };
    const isSame = Buffer.compare(mask.bits, maskBefore(was)?.bits ?? new Uint8Array()) === 0;
    return { segment, mask, change: isSame ? 'unchanged' : 'edited', predecessor: was };
  });
  const place = ({ predecessor: was }: ComparedSegment): number => (was ? before.indexOf(was) : before.length);
  const kept = new Set(matched.values());
  return {
    segments: compared.toSorted((a, b) => place(a) - place(b)),
    removed: before.filter((segment) => !kept.has(segment)),
  };
}

/** All segments except the background of a label map. */
function segmentsOf({ segments, pixels }: ReadSegmentation): readonly ReadSegment[] {
  if (pixels.type !== 'LABELMAP') return segments;
  return segments.filter(({ number }) => number !== (pixels.background ?? 0));
}

/** Undefined if the segment has no voxel. */
function maskOf(segmentation: ReadSegmentation, { number }: ReadSegment, grid: SliceGrid): Mask | undefined {
  const { pixels, frames } = segmentation;
  const hasFrames = pixels.type === 'LABELMAP' || frames.some(({ segmentNumber }) => segmentNumber === number);
  if (!hasFrames) return undefined;
  const mask = bitsOfSegment(segmentation, number, grid);
  return isEmpty(mask) ? undefined : mask;
}

const nameOf = ({ label }: ReadSegment): string => label.toLowerCase();

const text = (code: ReadCode | undefined): string => (code ? `${code.scheme} ${code.value}` : '');

/** Undefined if there is none, or only one that viewers give to anything. */
function codeOf({ type, typeModifiers, anatomicRegion }: ReadSegment): string | undefined {
  if (type === undefined || type.value === '' || type.meaning.toLowerCase() === 'tissue') return undefined;
  return [type, ...typeModifiers, anatomicRegion].map(text).join(' ');
}

const isOnly = <Key>(all: readonly ReadSegment[], keyOf: (segment: ReadSegment) => Key, one: ReadSegment): boolean =>
  all.filter((each) => keyOf(each) === keyOf(one)).length === 1;

function shareVoxel(a: Mask | undefined, b: Mask | undefined): boolean {
  return a !== undefined && b !== undefined && a.bits.some((byte, index) => (byte & b.bits[index]!) !== 0);
}
