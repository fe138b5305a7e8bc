import { bitsInUse } from '../values/sixteenBits.js';

/** Stored pixel values, before rescaling. */
export type StoredPixels = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

interface PixelFormat {
  /** Bits Allocated: 8, 16 or 32. */
  readonly bitsAllocated: number;
  /** 0 unsigned, 1 two's complement. */
  readonly pixelRepresentation: 0 | 1;
}

const arrayTypes = {
  8: [Uint8Array, Int8Array],
  16: [Uint16Array, Int16Array],
  32: [Uint32Array, Int32Array],
} as const;

export type BitsAllocated = keyof typeof arrayTypes;

export function isSupportedBitsAllocated(bits: number): bits is BitsAllocated {
  return bits in arrayTypes;
}

function arrayType({ bitsAllocated, pixelRepresentation }: PixelFormat) {
  if (!isSupportedBitsAllocated(bitsAllocated)) throw new Error(`${bitsAllocated} bits allocated`);
  return arrayTypes[bitsAllocated][pixelRepresentation];
}

/** Little-endian bytes as numbers: a view if they are aligned, otherwise a copy. */
export function viewAsPixels(bytes: Uint8Array, format: PixelFormat): StoredPixels {
  const Pixels = arrayType(format);
  const aligned = bytes.byteOffset % Pixels.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Pixels(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / Pixels.BYTES_PER_ELEMENT);
}

/**
 * Converts numbers of a narrower type to that of the format. The upper bits are zero; see {@link keepStoredBits}.
 */
export function widenToPixels(values: Uint8Array | Uint16Array, format: PixelFormat): StoredPixels {
  const Pixels = arrayType(format);
  if (values.BYTES_PER_ELEMENT > Pixels.BYTES_PER_ELEMENT) throw new Error('more bits per sample than allocated');
  if (values.BYTES_PER_ELEMENT === Pixels.BYTES_PER_ELEMENT) return new Pixels(values.buffer as ArrayBuffer);
  return Pixels.from(values);
}

/**
 * Extracts the `bitsStored` bits whose highest is `highBit`, sign-extended if the type is signed. Other bits (overlays
 * in old images, PS3.5 section 8.1.1) are dropped. Returns the same array if no value changes.
 */
export function keepStoredBits(pixels: StoredPixels, bitsStored: number, highBit: number): StoredPixels {
  const signed = pixels instanceof Int8Array || pixels instanceof Int16Array || pixels instanceof Int32Array;
  if (bitsStored === 8 * pixels.BYTES_PER_ELEMENT) return pixels;
  if (highBit === bitsStored - 1 && fits(pixels, signed ? bitsStored - 1 : bitsStored)) return pixels;
  const left = 31 - highBit;
  const right = 32 - bitsStored;
  return signed ? pixels.map((value) => (value << left) >> right) : pixels.map((value) => (value << left) >>> right);
}

/**
 * Whether every value needs at most `bits` bits, besides its sign. One pass without a branch, because usually all fit.
 */
function fits(pixels: StoredPixels, bits: number): boolean {
  if (pixels instanceof Uint16Array || pixels instanceof Int16Array) return bitsInUse(pixels) >>> bits === 0;
  let used = 0;
  if (pixels instanceof Uint8Array || pixels instanceof Uint32Array) {
    for (let i = 0; i < pixels.length; i++) used |= pixels[i]!;
  } else {
    for (let i = 0; i < pixels.length; i++) used |= pixels[i]! ^ (pixels[i]! >> 31);
  }
  return used >>> bits === 0;
}
