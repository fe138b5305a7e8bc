import loadCharls from '@cornerstonejs/codec-charls/decodewasmjs';
import loadLibjpegTurbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import loadOpenjpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs';
import loadOpenjph from '@cornerstonejs/codec-openjph/wasmjs';

/**
 * The decoders in @cornerstonejs/dicom-codec, used without it. It runs their asm.js builds (lossless JPEG 2000, 512² of
 * 16 bits: 300 ms instead of 35 ms), returns memory of a decoder that it has deleted, which a second decode may
 * overwrite, leaks the decoder if decoding fails, and lets OpenJPEG print three lines per frame to standard output.
 */
const loaders = {
  jpeg: async () => (await loadLibjpegTurbo(options())).JPEGDecoder,
  'jpeg-ls': async () => (await loadCharls(options())).JpegLSDecoder,
  'jpeg-2000': async () => (await loadOpenjpeg(options())).J2KDecoder,
  htj2k: async () => (await loadOpenjph(options())).HTJ2KDecoder,
} satisfies Record<string, () => Promise<new () => WasmDecoder>>;

/** A new object for each codec, which uses it as its state. */
function options(): CodecOptions {
  return { print: () => {}, printErr: () => {} };
}

export type WasmCodec = keyof typeof loaders;

const loaded = new Map<WasmCodec, Promise<new () => WasmDecoder>>();

/**
 * A codec's memory never shrinks. A codec that has grown beyond this, eight times a frame of 4096² with 16 bits, is
 * discarded after the frame.
 */
const keptCodecBytes = 2 ** 28;

/**
 * Decodes one frame. Each codec is loaded when first needed, and aborts if its memory would exceed 2 GiB.
 * @returns a copy of the samples, one byte each up to 8 bits, otherwise two, little endian
 * @throws whatever the codec throws
 */
export async function decodeWithWasm(codec: WasmCodec, encoded: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const loading = loaded.get(codec) ?? loaders[codec]();
  loaded.set(codec, loading);
  try {
    const Decoder = await loading;
    const { bytes, codecBytes } = decodeNow(new Decoder(), encoded);
    if (codecBytes > keptCodecBytes) loaded.delete(codec);
    return bytes;
  } catch (error) {
    // A codec that aborted, for example because memory ran out, stays broken: the next frame gets a new one.
    loaded.delete(codec);
    throw error;
  }
}

/** Synchronous, so that concurrently decoded frames do not share the codec's memory. */
function decodeNow(
  decoder: WasmDecoder,
  encoded: Uint8Array,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly codecBytes: number } {
  decoder.getEncodedBuffer(encoded.length).set(encoded);
  decoder.decode();
  const view = decoder.getDecodedBuffer();
  const bytes = new Uint8Array(view);
  decoder.delete();
  return { bytes, codecBytes: view.buffer.byteLength };
}
