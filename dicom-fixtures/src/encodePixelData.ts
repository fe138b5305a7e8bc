import loadCharls from '@cornerstonejs/codec-charls/wasmjs';
import loadOpenjpeg from '@cornerstonejs/codec-openjpeg/wasmjs';
import { encodeRle } from './encodeRle.js';

/** Encodings of a series' pixels, all lossless except JPEG-LS with `near`. */
export type Compression = 'none' | 'rle' | 'jpeg-ls' | 'jpeg-2000';

export const transferSyntaxUIDs: Record<Compression | 'jpeg-baseline', string> = {
  none: '1.2.840.10008.1.2.1',
  rle: '1.2.840.10008.1.2.5',
  'jpeg-ls': '1.2.840.10008.1.2.4.80',
  'jpeg-2000': '1.2.840.10008.1.2.4.90',
  'jpeg-baseline': '1.2.840.10008.1.2.4.50',
};

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Stored values, row by row; the array type states the sign. */
  readonly samples: Int16Array | Uint16Array | Uint8Array;
  readonly bitsStored: number;
}

/**
 * The bytes of Pixel Data for one frame: raw, or one encapsulated fragment.
 * @param near JPEG-LS only: maximum error of a sample
 */
export async function encodePixelData(frame: Frame, compression: Compression, near = 0): Promise<Uint8Array> {
  const { columns, rows, samples, bitsStored } = frame;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  if (compression === 'none') return bytes;
  if (compression === 'rle') return encodeRle(bytes, columns);
  const Encoder = await loadEncoder(compression);
  const encoder = new Encoder();
  const info = {
    width: columns,
    height: rows,
    bitsPerSample: bitsStored,
    componentCount: 1,
    isSigned: samples instanceof Int16Array,
    isUsingColorTransform: false,
  };
  // Both encoders are lossless by default. Copied before `delete` frees the codec's memory.
  encoder.getDecodedBuffer(info).set(bytes);
  if (near > 0) encoder.setNearLossless?.(near);
  encoder.encode();
  const encoded = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return encoded;
}

/** A new object for each codec: it becomes the codec's module, and two codecs would collide. */
const silent = () => ({ print: () => {}, printErr: () => {} });
const loaders = {
  'jpeg-ls': async () => (await loadCharls(silent())).JpegLSEncoder,
  'jpeg-2000': async () => (await loadOpenjpeg(silent())).J2KEncoder,
};
const loaded = new Map<keyof typeof loaders, Promise<new () => WasmEncoder>>();

/** The encoder's class; its WebAssembly is loaded once. */
function loadEncoder(codec: keyof typeof loaders): Promise<new () => WasmEncoder> {
  const loading = loaded.get(codec) ?? loaders[codec]();
  loaded.set(codec, loading);
  return loading;
}
