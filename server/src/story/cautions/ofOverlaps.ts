import type { Caution } from '#contract/caution.js';
import type { FoundFinding, TargetView } from '#contract/finding.js';
import type { Vector3 } from '../../values/affine.js';
import type { Mask } from '../../values/mask.js';
import { countCommonBits } from '../../values/maskBits.js';
import type { Volume } from '../../values/volume.js';
import { otherStructure, percent, placeOf } from './place.js';
import { apart, wholesOf } from './structureFacts.js';

export interface FoundMask {
  readonly finding: FoundFinding;
  readonly mask: Mask;
}

/** Fraction of the smaller of two structures; at a common boundary, both may have the same voxels. */
const mostShared = 0.05;
/** Fraction of a part that is outside its whole. */
const mostOutside = 0.2;
/** Fraction of the whole's volume, because masks may end within a voxel of each other. */
const mostOfWhole = 1.02;

/** Maximum number of overlaps reported for one mask, largest first: it may have grown over everything. */
const mostNamed = 3;

/**
 * Cautions of a finding that contradicts others of the same result: voxels shared with a structure that cannot be in
 * the same place, or a part that is not in its whole.
 */
export function cautionsOfOverlaps(found: FoundMask, all: readonly FoundMask[], volume: Volume): Caution[] {
  const { target, voxelCount } = found.finding;
  const overlapped = all
    .filter((other) => other !== found && areApart(target, other.finding.target))
    .map((other) => {
      const share = commonVoxels(found, other) / Math.min(voxelCount, other.finding.voxelCount);
      return { other, share };
    })
    .filter(({ share }) => share > mostShared)
    .sort((a, b) => b.share - a.share);
  const wholes = all.filter((other) => other !== found && isPartOf(target, other.finding.target));
  return [
    ...overlapped.slice(0, mostNamed).map(({ other, share }) => overlapping(found, other, share, volume)),
    ...wholes.flatMap((whole) => outsideOf(found, whole, volume)),
  ];
}

function areApart(one: TargetView, other: TargetView): boolean {
  if (one.code.value !== other.code.value) return apart.has(one.code.value) && apart.has(other.code.value);
  return [one, other].every(({ laterality }) => laterality === 'left' || laterality === 'right')
    ? one.laterality !== other.laterality
    : false;
}

function isPartOf(part: TargetView, whole: TargetView): boolean {
  if (!wholesOf.get(part.code.value)?.includes(whole.code.value)) return false;
  return whole.laterality === undefined || whole.laterality === 'both' || whole.laterality === part.laterality;
}

function overlapping(found: FoundMask, other: FoundMask, share: number, volume: Volume): Caution {
  const { target } = other.finding;
  const text = `It shares voxels with ${target.name}: ${percent(share)} of the smaller of the two.`;
  const places = [
    placeOf(
      volume,
      middleOf(found, (byte) => other.mask.bits[byte]!),
    ),
  ];
  return { code: 'overlap', text, other: otherStructure(target), share, places };
}

function outsideOf(part: FoundMask, whole: FoundMask, volume: Volume): Caution[] {
  const { target } = whole.finding;
  const other = otherStructure(target);
  if (part.finding.voxelCount > mostOfWhole * whole.finding.voxelCount)
    return [{ code: 'larger-than-whole', text: `It is larger than ${target.name}, of which it is a part.`, other }];
  const share = 1 - commonVoxels(part, whole) / part.finding.voxelCount;
  if (share <= mostOutside) return [];
  const text = `${percent(share)} of it is outside of ${target.name}, of which it is a part.`;
  const places = [
    placeOf(
      volume,
      middleOf(part, (byte) => ~whole.mask.bits[byte]!),
    ),
  ];
  return [{ code: 'outside-whole', text, other, share, places }];
}

/** Number of voxels in both; only the common part of their bounding boxes is examined. */
function commonVoxels({ finding: one, mask: { grid, bits } }: FoundMask, { finding: two, mask }: FoundMask): number {
  const [columns, rows] = grid.size;
  const [first, last] = ([one.boundingBox, two.boundingBox] as const).reduce<[number[], number[]]>(
    ([from, to], box) => [
      from.map((at, axis) => Math.max(at, box.first[axis]!)),
      to.map((at, axis) => Math.min(at, box.last[axis]!)),
    ],
    [
      [0, 0, 0],
      [Infinity, Infinity, Infinity],
    ],
  );
  if (first.some((at, axis) => at > last[axis]!)) return 0;
  let [common, next] = [0, 0];
  for (let k = first[2]!; k <= last[2]!; k++) {
    // Whole bytes: bits beyond the rows are in both masks too, and count once.
    const from = Math.max(next, (columns * (first[1]! + rows * k)) >>> 3);
    next = ((columns * (last[1]! + 1 + rows * k) - 1) >>> 3) + 1;
    common += countCommonBits(bits.subarray(from, next), mask.bits.subarray(from, next));
  }
  return common;
}

/** The middle one, in the order of voxels, of those that are set in the mask and in `others`. */
function middleOf({ finding: { boundingBox }, mask }: FoundMask, others: (byte: number) => number): Vector3 {
  const { size } = mask.grid;
  const frame = size[0] * size[1];
  const [from, to] = [(frame * boundingBox.first[2]) >>> 3, (frame * (boundingBox.last[2] + 1) - 1) >>> 3];
  const isHit = (byte: number): boolean => (mask.bits[byte]! & others(byte)) !== 0;
  let hits = 0;
  for (let byte = from; byte <= to; byte++) if (isHit(byte)) hits++;
  let byte = from - 1;
  for (let seen = 0; seen <= Math.floor(hits / 2) && byte < to; ) if (isHit(++byte)) seen++;
  const n = 8 * byte + 31 - Math.clz32(mask.bits[byte]! & others(byte) & 0xff);
  const line = Math.floor(n / size[0]);
  return [n % size[0], line % size[1], Math.floor(line / size[1])];
}
