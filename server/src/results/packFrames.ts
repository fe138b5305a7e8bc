import { type SourceGrid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';

/** One stored frame: the slice of the source grid that it is on, and the index of its mask. */
export interface FrameOfMask {
  readonly mask: number;
  readonly slice: number;
}

/**
 * The slices that are not empty, mask by mask, slices ascending.
 * @param masks all on the same grid
 */
export function framesWithContent(masks: readonly Mask<SourceGrid>[]): readonly FrameOfMask[] {
  return masks.flatMap((mask, index) =>
    slicesOf(mask)
      .filter((slice) => hasContent(mask, slice))
      .map((slice) => ({ mask: index, slice })),
  );
}

/** Whether no voxel is in the mask. Bits beyond the last voxel do not count. */
export const isEmpty = (mask: Mask<SourceGrid>): boolean => !slicesOf(mask).some((slice) => hasContent(mask, slice));

const slicesOf = ({ grid: { size } }: Mask<SourceGrid>): number[] =>
  Array.from({ length: size[2] }, (_, slice) => slice);

const hasContent = ({ grid: { size }, bits }: Mask<SourceGrid>, slice: number): boolean =>
  hasSetBit(bits, slice * size[0] * size[1], size[0] * size[1]);

/**
 * Pixel Data of a BINARY segmentation (PS3.5 section 8.1.1): one bit per pixel, frames one after another. A frame may
 * begin within a byte: rows × columns need not be a multiple of 8, and only the end of the last frame is padded, to
 * even length.
 */
export function packPixels(masks: readonly Mask<SourceGrid>[], frames: readonly FrameOfMask[]): Uint8Array {
  const [columns, rows] = masks[0]?.grid.size ?? [0, 0];
  const frameBits = columns * rows;
  const pixelData = new Uint8Array(2 * Math.ceil((frames.length * frameBits) / 16));
  frames.forEach(({ mask, slice }, index) => {
    copyBits(masks[mask]!.bits, slice * frameBits, pixelData, index * frameBits, frameBits);
  });
  return pixelData;
}

/** Whether any of `count` bits from bit `first` on is set. */
export function hasSetBit(bits: Uint8Array, first: number, count: number): boolean {
  let bit = first;
  const end = first + count;
  for (; bit < end && bit % 8 !== 0; bit++) if (isSet(bits, bit)) return true;
  // Buffer.equals is memcmp: it takes about 1 µs for a 512² slice, a loop over its bytes 30 µs.
  const wholeBytes = Math.floor((end - bit) / 8);
  const middle = Buffer.from(bits.buffer, bits.byteOffset + bit / 8, wholeBytes);
  if (!middle.equals(zeros(wholeBytes))) return true;
  for (bit += 8 * wholeBytes; bit < end; bit++) if (isSet(bits, bit)) return true;
  return false;
}

/**
 * Copies `count` bits from bit `sourceBit` of `source` to bit `targetBit` of `target`, least significant bit of a byte
 * first. The bits in the target must be 0.
 */
export function copyBits(
  source: Uint8Array,
  sourceBit: number,
  target: Uint8Array,
  targetBit: number,
  count: number,
): void {
  const head = Math.min(count, (8 - (targetBit % 8)) % 8);
  if (head > 0) target[Math.floor(targetBit / 8)]! |= readBits(source, sourceBit, head) << (targetBit % 8);

  const wholeBytes = Math.floor((count - head) / 8);
  const from = sourceBit + head;
  const firstTarget = Math.floor((targetBit + head) / 8);
  const firstSource = Math.floor(from / 8);
  const shift = from % 8;
  if (shift === 0) target.set(source.subarray(firstSource, firstSource + wholeBytes), firstTarget);
  else {
    for (let byte = 0; byte < wholeBytes; byte++) {
      const position = firstSource + byte;
      target[firstTarget + byte] = (source[position]! >>> shift) | (source[position + 1]! << (8 - shift));
    }
  }

  const tail = count - head - 8 * wholeBytes;
  if (tail > 0) target[firstTarget + wholeBytes]! |= readBits(source, from + 8 * wholeBytes, tail);
}

/** Whether a voxel is in two of the masks. Bits beyond the last voxel do not count. */
export function masksOverlap(masks: readonly Mask<SourceGrid>[]): boolean {
  const [first, ...others] = masks;
  if (first === undefined) return false;
  const union = words(first);
  for (const other of others) {
    const added = words(other);
    for (let index = 0; index < union.length; index++) {
      if ((union[index]! & added[index]!) !== 0) return true;
      union[index]! |= added[index]!;
    }
  }
  return false;
}

/** A copy of the mask's bits in words of 32, which makes comparing four times faster. */
function words({ grid, bits }: Mask<SourceGrid>): Uint32Array {
  const count = voxelCount(grid);
  const padded = new Uint8Array(4 * Math.ceil(count / 32));
  padded.set(bits.subarray(0, Math.ceil(count / 8)));
  if (count % 8 !== 0) padded[Math.floor(count / 8)]! &= (1 << (count % 8)) - 1;
  return new Uint32Array(padded.buffer);
}

const isSet = (bits: Uint8Array, bit: number): boolean => ((bits[Math.floor(bit / 8)]! >>> (bit % 8)) & 1) === 1;

/** At most 8 bits as a number. */
function readBits(bits: Uint8Array, first: number, count: number): number {
  const byte = Math.floor(first / 8);
  const pair = bits[byte]! | ((bits[byte + 1] ?? 0) << 8);
  return (pair >>> (first % 8)) & ((1 << count) - 1);
}

let zeroBytes = Buffer.alloc(0);
function zeros(count: number): Buffer {
  if (zeroBytes.length < count) zeroBytes = Buffer.alloc(count);
  return zeroBytes.subarray(0, count);
}
