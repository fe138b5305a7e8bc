import { encodeRleSegments } from '../../server/dist/dicom/encodeRle.js';

/** Order of a pixel's bytes in the segments (PS3.5 annex G.2): most significant first, red first. */
export const rleSegments = { gray8: [0], gray16: [1, 0], colour: [0, 1, 2] } as const;

/**
 * One frame of little-endian samples, colours interleaved, in RLE Lossless (PS3.5 annex G), by the server's encoder:
 * test/dicom/pydicom.test.ts compares its frames with pydicom's.
 */
export function encodeRle(
  frame: Uint8Array,
  columns: number,
  order: readonly number[] = rleSegments.gray16,
): Uint8Array {
  const pixels = frame.length / order.length;
  const bytesAt = (offset: number) => Uint8Array.from({ length: pixels }, (_, n) => frame[order.length * n + offset]!);
  return encodeRleSegments(order.map(bytesAt), columns);
}
