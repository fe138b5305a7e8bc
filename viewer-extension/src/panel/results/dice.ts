import type { SegmentFrame, SegmentPixels } from '../host.js';

/**
 * Sørensen–Dice coefficient of two segments: twice the number of common voxels, divided by the sum of both numbers of
 * voxels. Both are on the same images, so voxels can be compared without geometry.
 * @returns 0–1; undefined if both are empty
 */
export function diceOf(
  { frames: framesOfA }: Pick<SegmentPixels, 'frames'>,
  segmentOfA: number,
  { frames: framesOfB }: Pick<SegmentPixels, 'frames'>,
  segmentOfB: number,
): number | undefined {
  const a = framesByImage(framesOfA, segmentOfA);
  const b = framesByImage(framesOfB, segmentOfB);
  let both = 0;
  let each = 0;
  for (const [image, bits] of a) {
    const other = b.get(image);
    each += countBits(bits);
    if (other !== undefined) both += countBits(bits.map((byte, index) => byte & (other[index] ?? 0)));
  }
  for (const bits of b.values()) each += countBits(bits);
  return each === 0 ? undefined : (2 * both) / each;
}

function framesByImage(frames: readonly SegmentFrame[], segmentNumber: number): Map<string, Uint8Array> {
  return new Map(
    frames
      .filter((frame) => frame.segmentNumber === segmentNumber)
      .map(({ sopInstanceUID, frameNumber = 1, bits }) => [`${sopInstanceUID} ${frameNumber}`, bits]),
  );
}

const bitsOfByte = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) count += bitsOfByte[byte]!;
  return count;
}
