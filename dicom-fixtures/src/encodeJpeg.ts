import loadLibjpegTurbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs';

/**
 * A frame of baseline JPEG, nearly lossless; colours as YCbCr with horizontal subsampling by two.
 * @param samples grey values, or interleaved red, green and blue
 * @throws RangeError for fewer than 2048 samples: the codec allocates as many bytes for a frame as it has samples, and
 * its headers alone need 520 bytes
 */
export async function encodeJpeg(
  samples: Uint8Array,
  columns: number,
  rows: number,
  components: 1 | 3,
): Promise<Uint8Array> {
  if (samples.length < 2048) throw new RangeError('The frame is too small for the encoder.');
  const { JPEGEncoder } = await loadLibjpegTurbo({ print: () => {}, printErr: () => {} });
  const encoder = new JPEGEncoder();
  const frame = { width: columns, height: rows, bitsPerSample: 8, componentCount: components, isSigned: false };
  encoder.getDecodedBuffer({ ...frame, isUsingColorTransform: components === 3 }).set(samples);
  encoder.setQuality(98);
  encoder.setSubSampling(components === 3 ? halvedColours : 3);
  encoder.encode();
  const encoded = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return encoded.length % 2 === 0 ? encoded : Uint8Array.from([...encoded, 0]);
}

/** TJSAMP_422 of libjpeg-turbo; 3 is grey. */
const halvedColours = 1;
