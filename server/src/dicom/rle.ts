/**
 * Decodes one frame of RLE Lossless (PS3.5 annex G): one PackBits segment per byte of a sample, the most significant
 * first.
 *
 * Own code, because @cornerstonejs/dicom-codec fills truncated frames with zeros and does not support 32 bits.
 *
 * @param sampleCount number of samples in the frame
 * @param bytesPerSample 1, 2 or 4
 * @returns the samples, little endian
 * @throws Error if the frame does not have exactly the expected content
 */
export function decodeRle(encoded: Uint8Array, sampleCount: number, bytesPerSample: number): Uint8Array<ArrayBuffer> {
  const header = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const segmentCount = header.getUint32(0, true);
  if (segmentCount !== bytesPerSample)
    throw new Error(`RLE frame of ${segmentCount} segments instead of ${bytesPerSample}`);
  const decoded = new Uint8Array(sampleCount * bytesPerSample);
  for (let segment = 0; segment < segmentCount; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segmentCount ? header.getUint32(8 + 4 * segment, true) : encoded.length;
    decodeSegment(encoded.subarray(start, end), decoded, bytesPerSample - 1 - segment, bytesPerSample);
  }
  return decoded;
}

/** Writes the bytes of one PackBits segment to every `step`th byte from `start`. */
function decodeSegment(segment: Uint8Array, decoded: Uint8Array, start: number, step: number): void {
  let from = 0;
  let to = start;
  while (to < decoded.length) {
    if (from + 1 >= segment.length) throw new Error('RLE segment ends early');
    const control = segment[from++]!;
    if (control === 128) continue;
    const isRun = control > 128;
    const count = isRun ? 257 - control : control + 1;
    if (to + (count - 1) * step >= decoded.length || (!isRun && from + count > segment.length)) {
      throw new Error('RLE segment does not fit the frame');
    }
    for (let i = 0; i < count; i++, to += step) decoded[to] = segment[isRun ? from : from + i]!;
    from += isRun ? 1 : count;
  }
}
