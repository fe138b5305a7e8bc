/** WebAssembly decoders of the Cornerstone project, whose packages have no types. */

interface WasmDecoder {
  /** A view of the codec's memory to write the compressed frame into. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  /** A view of the codec's memory, valid until the next call. */
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

interface CodecOptions {
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{ readonly JpegLSDecoder: new () => WasmDecoder }>;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{ readonly J2KDecoder: new () => WasmDecoder }>;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  /** Used by tests only. */
  interface WasmEncoder {
    getDecodedBuffer(image: {
      width: number;
      height: number;
      bitsPerSample: number;
      componentCount: number;
      isSigned: boolean;
      isUsingColorTransform: boolean;
    }): Uint8Array;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
  }
  export default function load(
    options: CodecOptions,
  ): Promise<{ readonly HTJ2KDecoder: new () => WasmDecoder; readonly HTJ2KEncoder: new () => WasmEncoder }>;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export default function load(options: CodecOptions): Promise<{ readonly JPEGDecoder: new () => WasmDecoder }>;
}

/** ES modules cannot find the package's own types: its package.json does not export the files next to them. */
declare module 'jpeg-lossless-decoder-js' {
  const jpegLossless: {
    readonly Decoder: new () => {
      /** The next row to decode. */
      readonly yLoc: number;
      decode(
        buffer: ArrayBufferLike,
        offset: number,
        length: number,
        bytesPerSample: 1 | 2,
      ): Uint8Array | Uint16Array | null;
    };
  };
  export default jpegLossless;
}
