import type { SegmentFrame, SegmentPixels } from '../host.js';
import type { JobResult } from './results.js';

type Finding = JobResult['findings'][number];

/** What editing changed of one segment. */
export interface SegmentChange {
  readonly segmentNumber: number;
  readonly name: string;
  /** Absent for a segment that somebody added. */
  readonly finding?: Finding;
  /** Numbers of voxels. */
  readonly before: number;
  readonly after: number;
  /** How many voxels came to it and went; absent where it is not known which there were before. */
  readonly moved?: {
    readonly added: number;
    readonly removed: number;
    /** How many of those added are in another segment too. */
    readonly shared: number;
  };
}

/**
 * The segments of which a voxel came or went, in their order.
 * @param before the segmentation as it is stored; undefined where editing began without the panel: then counts alone
 * are compared
 */
export function editDifference(
  findings: readonly Finding[],
  before: SegmentPixels | undefined,
  now: SegmentPixels,
): readonly SegmentChange[] {
  const labels = new Map(now.segments.map(({ number, label }) => [number, label]));
  const numbers = new Set([...findings.map(({ segmentNumber }) => segmentNumber), ...labels.keys()]);
  return [...numbers].flatMap((segmentNumber): SegmentChange[] => {
    const finding = findings.find((each) => each.segmentNumber === segmentNumber);
    const after = count(segmentNumber, now);
    const segment = {
      segmentNumber,
      name: finding?.target.name ?? labels.get(segmentNumber) ?? String(segmentNumber),
      ...(finding && { finding }),
    };
    if (before === undefined) {
      const voxels = finding?.voxelCount ?? 0;
      return voxels === after ? [] : [{ ...segment, before: voxels, after }];
    }
    const moved = movedBetween(segmentNumber, before, now);
    if (moved.added === 0 && moved.removed === 0) return [];
    return [{ ...segment, before: after - moved.added + moved.removed, after, moved }];
  });
}

/** A volume, or an area on a single image, after as many voxels more or less; undefined where it was not measured. */
export function sizeAfter({ finding, before, after }: SegmentChange): Pick<Finding, 'volumeMl' | 'areaMm2'> {
  const { volumeMl, areaMm2 } = finding ?? {};
  const factor = before === 0 ? 0 : after / before;
  return {
    ...(volumeMl !== undefined && { volumeMl: volumeMl * factor }),
    ...(areaMm2 !== undefined && { areaMm2: areaMm2 * factor }),
  };
}

/**
 * Radius of a brush for a structure, in mm, in steps of half a millimetre: a sixth of that of a ball, or on a single
 * image of a disc, as large as it is. 1.5 mm for a hippocampus, 13.5 mm for a lung.
 * @param pixelMm distance between pixels: a brush paints one at least
 */
export function brushRadius(
  { volumeMl, areaMm2, voxelCount }: Pick<Finding, 'volumeMl' | 'areaMm2' | 'voxelCount'>,
  pixelMm = 0,
): number {
  const radius = volumeMl === undefined ? Math.sqrt((areaMm2 ?? voxelCount) / Math.PI) : Math.cbrt(238.7 * volumeMl);
  return Math.ceil(2 * Math.min(30, Math.max(0.5, Math.round(radius / 3) / 2, 0.75 * pixelMm))) / 2;
}

const keyOf = ({ sopInstanceUID, frameNumber }: SegmentFrame): string => `${sopInstanceUID} ${frameNumber ?? ''}`;

const framesOf = (segmentNumber: number, { frames }: SegmentPixels): readonly SegmentFrame[] =>
  frames.filter((frame) => frame.segmentNumber === segmentNumber);

const count = (segmentNumber: number, pixels: SegmentPixels): number =>
  framesOf(segmentNumber, pixels).reduce((sum, { bits }) => sum + onesIn(bits), 0);

function movedBetween(segmentNumber: number, before: SegmentPixels, now: SegmentPixels) {
  const earlier = new Map(framesOf(segmentNumber, before).map((frame) => [keyOf(frame), frame.bits]));
  const moved = { added: 0, removed: 0, shared: 0 };
  for (const frame of framesOf(segmentNumber, now)) {
    const known = earlier.get(keyOf(frame)) ?? new Uint8Array(frame.bits.length);
    earlier.delete(keyOf(frame));
    const added = without(frame.bits, known);
    moved.added += onesIn(added);
    moved.removed += onesIn(without(known, frame.bits));
    if (onesIn(added) > 0) moved.shared += onesIn(within(added, othersOn(frame, now)));
  }
  for (const bits of earlier.values()) moved.removed += onesIn(bits);
  return moved;
}

/** The voxels of all other segments on the same image. */
const othersOn = (frame: SegmentFrame, { frames }: SegmentPixels): readonly Uint8Array[] =>
  frames
    .filter((other) => other.segmentNumber !== frame.segmentNumber && keyOf(other) === keyOf(frame))
    .map(({ bits }) => bits);

const without = (bits: Uint8Array, others: Uint8Array): Uint8Array => bits.map((byte, index) => byte & ~others[index]!);

/** Those that are in one of the others too. */
const within = (bits: Uint8Array, others: readonly Uint8Array[]): Uint8Array =>
  bits.map((byte, index) => byte & others.reduce((all, other) => all | other[index]!, 0));

const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function onesIn(bits: Uint8Array): number {
  let sum = 0;
  for (const byte of bits) sum += ones[byte]!;
  return sum;
}
