/**
 * One frame of 16-bit little-endian samples in RLE Lossless (PS3.5 annex G): a 64-byte header, then the high bytes and the
 * low bytes as one PackBits segment each; a run does not cross the end of a row (G.3.1).
 */
export function encodeRle(frame: Uint8Array, columns: number): Uint8Array {
  const high = encodeSegment(frame, 1, columns);
  const low = encodeSegment(frame, 0, columns);
  const out = new Uint8Array(64 + high.length + low.length);
  const header = new DataView(out.buffer);
  header.setUint32(0, 2, true);
  header.setUint32(4, 64, true);
  header.setUint32(8, 64 + high.length, true);
  out.set(high, 64);
  out.set(low, 64 + high.length);
  return out;
}

/** Every second byte of the frame, from `offset`, in PackBits, padded to an even length. */
function encodeSegment(frame: Uint8Array, offset: number, columns: number): Uint8Array {
  const samples = frame.length / 2;
  const out: number[] = [];
  for (let row = 0; row < samples; row += columns) {
    const bytes = Array.from({ length: columns }, (_, column) => frame[2 * (row + column) + offset]!);
    let start = 0;
    while (start < columns) {
      const run = runLength(bytes, start);
      if (run > 1) {
        out.push(257 - run, bytes[start]!);
        start += run;
      } else {
        let end = start + 1;
        while (end < columns && end - start < 128 && runLength(bytes, end) < 3) end++;
        out.push(end - start - 1, ...bytes.slice(start, end));
        start = end;
      }
    }
  }
  if (out.length % 2 === 1) out.push(0);
  return Uint8Array.from(out);
}

/** How many bytes from `start` on are the same, at most 128. */
function runLength(bytes: readonly number[], start: number): number {
  let end = start + 1;
  while (end < bytes.length && end - start < 128 && bytes[end] === bytes[start]) end++;
  return end - start;
}
