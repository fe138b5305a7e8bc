import type { Neighbours } from '#contract/imagePrompts.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { compareSegments } from '../results/compareSegments.js';
import type { SegmentationAlgorithm } from '../results/describeSegment.js';
import type { EncodedResults } from '../results/encodeResults.js';
import { derivedUID } from '../results/resultModules.js';
import { verifyStored } from '../results/verifyStored.js';
import type { SliceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { countBits, getBit } from '../values/maskBits.js';
import type { Operator } from '../values/operator.js';
import type { Volume } from '../values/volume.js';
import { amongNeighbours } from './amongNeighbours.js';
import { describeVersionOf, measureVersion, type Predecessor, type VersionFinding } from './describeVersion.js';
import { encodeVersion } from './encodeVersion.js';
import type { MarkedBox } from './markBoxes.js';
import { readStoredSegmentation } from './readResult.js';

/** A stored segment to be corrected by prompts on the images. */
export interface Correction {
  readonly predecessor: Predecessor;
  readonly segmentNumber: number;
  /** Absent: the segment may overlap others. */
  readonly neighbours?: Neighbours | undefined;
}

interface VersionRequest {
  /** UIDs of the later version. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

/** What a correction does to a segment's mask. */
export interface MaskChange {
  readonly promptedBy: 'boxes' | 'clicks' | 'strokes';
  /** @returns a new mask on the same grid */
  readonly change: (mask: Mask) => Mask | Promise<Mask>;
}

/**
 * A later version of a stored result: one segment gets the changed mask; an exclusive one takes voxels of others.
 * Everything else stays, voxel for voxel.
 *
 * @throws PromptsegError `segment-not-found`, `edit-without-change`, `edit-empty`, and those of
 * `readStoredSegmentation`
 */
export async function correctSegment(
  { result, createdAt, operator }: VersionRequest,
  { predecessor, segmentNumber, neighbours = { policy: 'overlapping' } }: Correction,
  { promptedBy, change }: MaskChange,
  volume: Volume,
  { algorithm, archive, signal }: { algorithm: SegmentationAlgorithm; archive: Archive; signal: AbortSignal },
): Promise<{ readonly findings: readonly VersionFinding[]; readonly results: EncodedResults }> {
  const before = await readStoredSegmentation(archive, predecessor, signal);
  // Comparing it with itself lists its segments with their masks.
  const { segments } = compareSegments(before, before, volume.grid);
  const corrected = segments.find(({ segment }) => segment.number === segmentNumber);
  if (corrected === undefined)
    throw new PromptsegError('segment-not-found', `The result has no segment ${segmentNumber}.`);
  const others = segments
    .filter((each) => each !== corrected)
    .map(({ segment: { number }, mask }) => ({ number, mask }));
  const { mask, losing } = amongNeighbours(corrected.mask, await change(corrected.mask), others, neighbours);
  if (countBits(mask.bits) === 0)
    throw new PromptsegError('edit-empty', `The ${promptedBy} leave nothing of the segment.`);
  for (const [number, { bits }] of losing)
    if (countBits(bits) === 0)
      throw new PromptsegError('edit-empty', `The ${promptedBy} leave nothing of segment ${number}.`);
  if (Buffer.compare(mask.bits, corrected.mask.bits) === 0)
    throw new PromptsegError('edit-without-change', `The ${promptedBy} leave the segment as it is.`);
  const compared = segments.map((each) => {
    const changed = each === corrected ? mask : losing.get(each.segment.number);
    return changed === undefined ? each : { ...each, mask: changed, change: 'edited' as const };
  });

  const { sopInstanceUID } = result;
  const described = compared.map((each, index) =>
    describeVersionOf(each, predecessor.findings, derivedUID(sopInstanceUID, `segment ${index + 1}`)),
  );
  const { encoded, seriesDescription, notes } = await encodeVersion(
    {
      before,
      predecessor,
      volume,
      segments: described.map((each) => ({ ...each, ...(each.change === 'edited' && { algorithm }) })),
      identifiers: result,
      createdAt,
      operator,
      promptedBy,
    },
    archive,
    signal,
  );
  return {
    findings: measureVersion(described, volume),
    results: [{ kind: 'segmentation', ...encoded, seriesDescription, notes, verify: verifyStored }],
  };
}

/** The mask, replaced by the boxes' mask on the planes that they mark. */
export function correctMask({ grid, bits }: Mask, marked: readonly MarkedBox[]): Mask {
  const corrected = bits.slice();
  for (const { mask, across } of marked) {
    const planeOf = planesOf(grid, across);
    const planes = new Set<number>();
    forEachSetBit(mask.bits, (voxel) => planes.add(planeOf(voxel)));
    forEachSetBit(bits, (voxel) => {
      if (planes.has(planeOf(voxel))) clearBit(corrected, voxel);
    });
  }
  for (const { mask } of marked) for (let n = 0; n < corrected.length; n++) corrected[n]! |= mask.bits[n]!;
  return { grid, bits: corrected };
}

/** The index of a voxel along an axis. */
function planesOf({ size }: SliceGrid, axis: 0 | 1 | 2): (voxel: number) => number {
  const step = [1, size[0], size[0] * size[1]][axis]!;
  return (voxel) => Math.floor(voxel / step) % size[axis];
}

function forEachSetBit(bits: Uint8Array, visit: (voxel: number) => void): void {
  for (let byte = 0; byte < bits.length; byte++) {
    if (bits[byte] === 0) continue;
    for (let voxel = 8 * byte; voxel < 8 * byte + 8; voxel++) if (getBit(bits, voxel)) visit(voxel);
  }
}

function clearBit(bits: Uint8Array, n: number): void {
  bits[n >>> 3]! &= ~(1 << (n & 7));
}
