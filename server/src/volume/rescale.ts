import type { StoredPixels } from '../dicom/decodeFrame.js';
import { type LookUpTable, lookUp } from '../dicom/lookUpTable.js';
import { bitsInUse, writeSums } from '../values/sixteenBits.js';

/** How stored values of one image become values in the modality's unit (PS3.3 C.11.1.1.2). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /**
   * Replaces stored values before slope and intercept, which then are 1 and 0 or convert the table's values to another
   * unit.
   */
  readonly lut?: LookUpTable | undefined;
  /** Smallest and largest value that the stored bits can express. */
  readonly storedRange: readonly [number, number];
  /**
   * Stored values from `first` to `last` are no measurement and become `becomes`; only where rescaling alone would not
   * do so.
   */
  readonly padding?: { readonly first: number; readonly last: number; readonly becomes: number } | undefined;
}

const lowestInt16 = -32768;
const highestInt16 = 32767;

/**
 * What padding becomes (Pixel Padding Value, PS3.3 C.7.5.1.1.2: pixels that were added to fill the rectangle).
 *
 * In CT it must look like no tissue: a padding value below air keeps its value, which distinguishes it from measured
 * air; any other one becomes -1024 HU. In MR and PET it becomes 0, no signal.
 * @returns undefined if rescaling alone gives these values
 */
export function paddingRule(
  modality: string,
  { slope, intercept, lut }: Pick<Rescale, 'slope' | 'intercept' | 'lut'>,
  stored: { readonly value: number; readonly limit: number },
): Rescale['padding'] {
  const [first, last] = [Math.min(stored.value, stored.limit), Math.max(stored.value, stored.limit)];
  const becomes = modality === 'CT' ? -1024 : 0;
  if (lut !== undefined) return { first, last, becomes };
  const [a, b] = [first * slope + intercept, last * slope + intercept];
  const isFine = modality === 'CT' ? Math.max(a, b) <= -1024 && Math.min(a, b) >= lowestInt16 : a === 0 && b === 0;
  return isFine ? undefined : { first, last, becomes };
}

/**
 * Writes one slice, rescaled, to its place in the volume: one pass, so that every voxel is written once.
 *
 * @param voxels Int16Array only where {@link fitsInt16} says so of every slice
 * @param offset index of the slice's first voxel
 * @returns how many voxels the padding rule changed
 */
export function writeRescaled(
  stored: StoredPixels,
  { slope, intercept, lut, padding }: Rescale,
  voxels: Int16Array | Float32Array,
  offset: number,
): number {
  if (lut !== undefined) {
    for (let n = 0; n < stored.length; n++) voxels[offset + n] = lookUp(lut, stored[n]!) * slope + intercept;
  } else if (slope === 1 && intercept === 0) voxels.set(stored, offset);
  else if (slope === 1 && voxels instanceof Int16Array && is16Bit(stored))
    writeSums(stored, intercept, voxels, offset); // most CT
  else for (let n = 0; n < stored.length; n++) voxels[offset + n] = stored[n]! * slope + intercept;

  if (padding === undefined) return 0;
  let paddingVoxels = 0;
  for (let n = 0; n < stored.length; n++) {
    if (!isPadding(stored[n]!, padding)) continue;
    voxels[offset + n] = padding.becomes;
    paddingVoxels++;
  }
  return paddingVoxels;
}

/** From the bits that the values use, so at least as wide as they need: eight times as quick as to look at each. */
function rangeInUse(stored: Uint16Array | Int16Array): [number, number] {
  const highest = 2 ** (32 - Math.clz32(bitsInUse(stored))) - 1;
  return [stored instanceof Int16Array ? -highest - 1 : 0, highest];
}

const is16Bit = (stored: StoredPixels): stored is Uint16Array | Int16Array =>
  stored instanceof Uint16Array || stored instanceof Int16Array;

const isPadding = (value: number, { first, last }: NonNullable<Rescale['padding']>): boolean =>
  value >= first && value <= last;

/**
 * Whether every rescaled value of a slice is an integer that fits an Int16: decided from slope, intercept and bits
 * where these are enough, else from the values themselves.
 */
export function fitsInt16(stored: StoredPixels, { slope, intercept, lut, storedRange, padding }: Rescale): boolean {
  if (!Number.isInteger(slope) || !Number.isInteger(intercept)) return false;
  const fits = (low: number, high: number): boolean => {
    const [a, b] = [low * slope + intercept, high * slope + intercept];
    return Math.min(a, b) >= lowestInt16 && Math.max(a, b) <= highestInt16;
  };
  if (lut !== undefined)
    return fits(
      0,
      lut.values.reduce((a, b) => Math.max(a, b), 0),
    );
  if (fits(...storedRange)) return true;
  if (is16Bit(stored) && fits(...rangeInUse(stored))) return true;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let n = 0; n < stored.length; n++) {
    const value = stored[n]!;
    if (padding !== undefined && isPadding(value, padding)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high || fits(low, high);
}
