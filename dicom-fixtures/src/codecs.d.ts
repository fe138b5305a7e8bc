/** The encoders that the generators use; the packages have no types. */
interface WasmEncoder {
  getDecodedBuffer(info: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
    isUsingColorTransform: boolean;
  }): Uint8Array;
  /** JPEG-LS only: maximum error of a sample. */
  setNearLossless?(near: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

interface WasmOptions {
  print(): void;
  printErr(): void;
}

declare module '@cornerstonejs/codec-charls/wasmjs' {
  export default function load(options: WasmOptions): Promise<{ JpegLSEncoder: new () => WasmEncoder }>;
}

declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  export default function load(options: WasmOptions): Promise<{ J2KEncoder: new () => WasmEncoder }>;
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs' {
  interface JpegEncoder extends WasmEncoder {
    setQuality(quality: number): void;
    setSubSampling(sampling: number): void;
  }
  export default function load(options: WasmOptions): Promise<{ JPEGEncoder: new () => JpegEncoder }>;
}
