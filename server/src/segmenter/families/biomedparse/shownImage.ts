import { splineResize } from './splineResize.js';

/** An image as displayed, 0–255, not rounded. Index in a channel: column + columns·row. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** Grey, or red, green and blue. */
  readonly channels: readonly [Float64Array] | readonly [Float64Array, Float64Array, Float64Array];
}

/**
 * Columns and rows of 0 that BiomedParse v1 adds on each side; after an odd difference one pixel is missing to a
 * square.
 */
export const paddingOf = ({ columns, rows }: { readonly columns: number; readonly rows: number }) => {
  const side = Math.max(columns, rows);
  return { left: (side - columns) >> 1, top: (side - rows) >> 1 };
};

/**
 * BiomedParse v1's input, prepared like upstream's readers do (inference_utils/processing_utils.py).
 *
 * @returns the channels, size·size each
 */
export function shownImage({ columns, rows, channels }: Picture, size: number): readonly Uint8Array[] {
  const { left, top } = paddingOf({ columns, rows });
  const padded = { columns: columns + 2 * left, rows: rows + 2 * top };
  return channels.map((channel) => {
    const values = new Float64Array(padded.columns * padded.rows);
    for (let row = 0; row < rows; row++)
      values.set(channel.subarray(row * columns, (row + 1) * columns), (top + row) * padded.columns + left);
    return splineResize({ values, ...padded }, size);
  });
}

/** The image graph's input tensor: grey three times. */
export function tensorOf(shown: readonly Uint8Array[]): Float32Array {
  const pixels = shown[0]!.length;
  const tensor = new Float32Array(3 * pixels);
  for (const channel of [0, 1, 2]) tensor.set(shown[channel] ?? shown[0]!, channel * pixels);
  return tensor;
}
