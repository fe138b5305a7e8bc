const { floor, fround, max, min } = Math;

/** A part of an image. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Interpolates logits of count × count to an image of `columns` × `rows` pixels like PyTorch's
 * `interpolate(mode="bilinear")`. Computes only a part of the image.
 *
 * @param shown size of the upper left part of the logits that shows the image; default: all
 * @returns float32, part.rows·part.columns
 */
export function interpolateLogits(
  logits: Float32Array,
  count: number,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  part: Part = { left: 0, top: 0, columns, rows },
  shown: { readonly columns: number; readonly rows: number } = { columns: count, rows: count },
): Float32Array {
  const across = linearTaps(shown.columns, columns, part.left, part.columns);
  const down = linearTaps(shown.rows, rows, part.top, part.rows);
  const interpolated = new Float32Array(part.columns * part.rows);
  for (let row = 0, pixel = 0; row < part.rows; row++) {
    const [upper, lower] = [down.first[row]! * count, down.second[row]! * count];
    const [lowerWeight, upperWeight] = [down.weight[row]!, 1 - down.weight[row]!];
    for (let column = 0; column < part.columns; column++, pixel++) {
      const [left, right] = [across.first[column]!, across.second[column]!];
      const rightWeight = across.weight[column]!;
      const leftWeight = 1 - rightWeight;
      interpolated[pixel] =
        upperWeight * (leftWeight * logits[upper + left]! + rightWeight * logits[upper + right]!) +
        lowerWeight * (leftWeight * logits[lower + left]! + rightWeight * logits[lower + right]!);
    }
  }
  return interpolated;
}

/**
 * For pixels from `start` on of a line enlarged from `count` to `size`: the two source pixels around each, and the
 * weight of the second.
 */
function linearTaps(
  count: number,
  size: number,
  start: number,
  length: number,
): { first: Int32Array; second: Int32Array; weight: Float32Array } {
  const first = new Int32Array(length);
  const second = new Int32Array(length);
  const weight = new Float32Array(length);
  const ratio = fround(count / size);
  for (let n = 0; n < length; n++) {
    const place = max(0, fround(fround(ratio * (start + n + 0.5)) - 0.5));
    first[n] = floor(place);
    second[n] = min(floor(place) + 1, count - 1);
    weight[n] = place - floor(place);
  }
  return { first, second, weight };
}
