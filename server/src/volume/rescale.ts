import type { StoredPixels } from '../dicom/decodeFrame.js';

/** How stored values of one image become values in the modality's unit (PS3.3 C.11.1.1.2). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /** Smallest and largest value that the stored bits can express. */
  readonly storedRange: readonly [number, number];
  /** Stored values from `first` to `last` are no measurement and become `becomes`; only where rescaling alone would not do so. */
  readonly padding?: { readonly first: number; readonly last: number; readonly becomes: number } | undefined;
}

const lowestInt16 = -32768;
const highestInt16 = 32767;

/**
 * What padding becomes (Pixel Padding Value, PS3.3 C.7.5.1.1.2: pixels that were added to fill the rectangle).
 *
 * In CT it must look like no tissue: a padding value below air keeps its value, which tells it from measured air; any other one
 * becomes -1024 HU. In MR and PET it becomes 0, no signal.
 * @returns undefined where rescaling alone gives these values
 */
export function paddingRule(
  modality: string,
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
  stored: { readonly value: number; readonly limit: number },
): Rescale['padding'] {
  const [first, last] = [Math.min(stored.value, stored.limit), Math.max(stored.value, stored.limit)];
  const [a, b] = [first * slope + intercept, last * slope + intercept];
  if (modality === 'CT') {
    if (Math.max(a, b) <= -1024 && Math.min(a, b) >= lowestInt16) return undefined;
    return { first, last, becomes: -1024 };
  }
  return a === 0 && b === 0 ? undefined : { first, last, becomes: 0 };
}

export interface RescaledSlice {
  /** Values in the modality's unit: Int16 where every one is an integer that fits, else Float32. */
  readonly values: Int16Array | Float32Array;
  /** How many voxels the padding rule changed. */
  readonly paddingVoxels: number;
}

/** Rescales one slice. `values` is `stored` itself where nothing changes. */
export function rescaleSlice(stored: StoredPixels, rescale: Rescale): RescaledSlice {
  const { slope, intercept, padding } = rescale;
  const asInt16 = fitsInt16(stored, rescale);
  if (asInt16 && slope === 1 && intercept === 0 && padding === undefined && stored instanceof Int16Array) {
    return { values: stored, paddingVoxels: 0 };
  }

  const values = asInt16 ? new Int16Array(stored.length) : new Float32Array(stored.length);
  if (slope === 1) for (let n = 0; n < stored.length; n++) values[n] = stored[n]! + intercept;
  else for (let n = 0; n < stored.length; n++) values[n] = stored[n]! * slope + intercept;
  let paddingVoxels = 0;
  if (padding !== undefined) {
    for (let n = 0; n < stored.length; n++) {
      if (!isPadding(stored[n]!, padding)) continue;
      values[n] = padding.becomes;
      paddingVoxels++;
    }
  }
  return { values, paddingVoxels };
}

const isPadding = (value: number, { first, last }: NonNullable<Rescale['padding']>): boolean =>
  value >= first && value <= last;

/** Decided from slope, intercept and bits where these suffice, else from the values themselves. */
function fitsInt16(stored: StoredPixels, { slope, intercept, storedRange, padding }: Rescale): boolean {
  if (!Number.isInteger(slope) || !Number.isInteger(intercept)) return false;
  const fits = (low: number, high: number): boolean => {
    const [a, b] = [low * slope + intercept, high * slope + intercept];
    return Math.min(a, b) >= lowestInt16 && Math.max(a, b) <= highestInt16;
  };
  if (fits(...storedRange)) return true;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let n = 0; n < stored.length; n++) {
    const value = stored[n]!;
    if (padding !== undefined && isPadding(value, padding)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high || fits(low, high);
}
