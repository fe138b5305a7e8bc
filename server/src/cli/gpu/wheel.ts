/** A Python package with shared libraries, of which nothing but these libraries is used. */
export interface Wheel {
  /** Name on PyPI, "nvidia-cudnn-cu12". */
  readonly distribution: string;
  readonly version: string;
  /** Name of its file. */
  readonly file: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of its libraries. */
  readonly unpackedBytes: number;
  /** Names of libraries, "libcudnn.so.9": it is needed where the system's loader does not find one of them. */
  readonly provides: readonly string[];
}
