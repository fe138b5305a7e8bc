/**
 * Encodes one frame of unsigned samples in RLE Lossless. {@link decodeRle} is its reverse.
 *
 * @param frame row by row
 * @param columns samples per row
 */
export function encodeRle(frame: Uint8Array | Uint16Array, columns: number): Uint8Array {
  return encodeRleSegments(frame instanceof Uint8Array ? [frame] : [bytesOf(frame, 8), bytesOf(frame, 0)], columns);
}

/**
 * Encodes one frame in RLE Lossless (PS3.5 annex G): segments of even length, each row PackBits coded separately.
 *
 * Own code, because the encoder of dcmjs writes only one byte per sample, and those of the codec packages are for JPEG.
 *
 * @param segments one byte of every sample each, row by row: the most significant byte first, red first
 * @param columns samples per row
 */
export function encodeRleSegments(segments: readonly Uint8Array[], columns: number): Uint8Array {
  const rows = (segments[0]?.length ?? 0) / columns;
  const longestRow = columns + Math.ceil(columns / maximumCount);
  const encoded = new Uint8Array(headerLength + segments.length * (rows * longestRow + 1));
  const header = new DataView(encoded.buffer);
  header.setUint32(0, segments.length, true);
  let end = headerLength;
  segments.forEach((bytes, segment) => {
    header.setUint32(4 + 4 * segment, end, true);
    const words = wordsOf(bytes);
    for (let row = 0; row < bytes.length; row += columns)
      end = packBits(bytes, words, row, row + columns, encoded, end);
    end += end % 2;
  });
  return encoded.slice(0, end);
}

/** Number of segments and 15 offsets of 4 bytes each. */
const headerLength = 64;

/** Maximum number of bytes per control byte. */
const maximumCount = 128;

/** The byte of each sample that starts at bit `shift`. */
const bytesOf = (samples: Uint16Array, shift: 0 | 8): Uint8Array =>
  Uint8Array.from(samples, (sample) => (sample >>> shift) & 0xff);

/** The bytes four at a time, for {@link endOfRun}; none if they are not aligned. */
const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array =>
  byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, Math.floor(length / 4)) : new Uint32Array();

/** Where the run of equal bytes that begins at `from` ends, at `end` at the latest. Long runs are common in masks. */
function endOfRun(bytes: Uint8Array, words: Uint32Array, from: number, end: number): number {
  const value = bytes[from]!;
  let to = from + 1;
  while (to < end && to % 4 !== 0 && bytes[to] === value) to++;
  if (to % 4 === 0) {
    const fourTimes = (value * 0x01010101) >>> 0;
    while (to + 4 <= end && words[to >>> 2] === fourTimes) to += 4;
  }
  while (to < end && bytes[to] === value) to++;
  return to;
}

/**
 * Writes the bytes from `first` up to `end`, which is excluded, as PackBits from `to` on. A run of two after literal
 * bytes stays literal, because a run would not be shorter there.
 * @returns offset of the next byte to write
 */
function packBits(
  bytes: Uint8Array,
  words: Uint32Array,
  first: number,
  end: number,
  out: Uint8Array,
  to: number,
): number {
  let literals = first;
  let from = first;
  while (from < end) {
    const runEnd = endOfRun(bytes, words, from, end);
    const worthwhile = runEnd - from > (from === literals ? 1 : 2);
    if (!worthwhile) {
      from = runEnd;
      continue;
    }
    to = writeLiterals(bytes, literals, from, out, to);
    for (let left = runEnd - from; left > 0; left -= maximumCount) {
      const count = Math.min(left, maximumCount);
      out[to++] = count === 1 ? 0 : 257 - count;
      out[to++] = bytes[from]!;
    }
    from = runEnd;
    literals = runEnd;
  }
  return writeLiterals(bytes, literals, end, out, to);
}

function writeLiterals(bytes: Uint8Array, first: number, end: number, out: Uint8Array, to: number): number {
  for (let from = first; from < end; from += maximumCount) {
    const count = Math.min(end - from, maximumCount);
    out[to++] = count - 1;
    for (let index = from; index < from + count; index++) out[to++] = bytes[index]!;
  }
  return to;
}
