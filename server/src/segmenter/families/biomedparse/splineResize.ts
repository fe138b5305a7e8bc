const { max, min } = Math;

/** A channel of an image, index column + columns·row. */
export interface Plane {
  readonly values: Float64Array;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Resizes an image to size × size like scikit-image's `resize(order=3, mode="constant", anti_aliasing=True,
 * preserve_range=True)`, and truncates fractions: cubic B-splines through the pixels, surrounded by zeros, after a
 * Gaussian along axes that become shorter.
 *
 * Sums are in SciPy's order: in another order, a flat area of 255 may become 254.99…, which is truncated to 254.
 *
 * @param plane values 0–255
 * @returns size·size
 */
export function splineResize(plane: Plane, size: number): Uint8Array {
  const { values, columns, rows } = plane;
  if (columns === size && rows === size) return Uint8Array.from(values);
  const splines = splineCoefficients(inZeros(smoothed(plane, size)));
  const across = splineTaps(columns, size);
  const down = splineTaps(rows, size);
  const resized = new Float64Array(size * size);
  for (let row = 0, pixel = 0; row < size; row++)
    for (let column = 0; column < size; column++, pixel++) {
      let sum = 0;
      for (let v = 4 * row; v < 4 * row + 4; v++) {
        const line = down.places[v]! * splines.columns;
        const weight = down.weights[v]!;
        for (let h = 4 * column; h < 4 * column + 4; h++)
          sum += splines.values[line + across.places[h]!]! * weight * across.weights[h]!;
      }
      resized[pixel] = sum;
    }
  return clippedToBytes(resized, values);
}

/**
 * Splines overshoot: values are clipped to the image's own range, and to 0 if the image's values are all above it.
 */
function clippedToBytes(resized: Float64Array, values: Float64Array): Uint8Array {
  const [leastHere, most] = rangeOf(values);
  const least = leastHere > 0 && rangeOf(resized)[0] <= 0 ? 0 : leastHere;
  const bytes = new Uint8Array(resized.length);
  for (let n = 0; n < bytes.length; n++) bytes[n] = min(max(resized[n]!, least), most);
  return bytes;
}

function rangeOf(values: Float64Array): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity];
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** Gaussian against aliasing: standard deviation (factor − 1) / 2 per axis, cut off at four of them, 0 outside. */
function smoothed(plane: Plane, size: number): Plane {
  const { columns, rows } = plane;
  const values = plane.values.slice();
  const down = gaussian((rows / size - 1) / 2);
  if (down !== undefined)
    for (let column = 0; column < columns; column++) smoothLine(values, column, columns, rows, down);
  const across = gaussian((columns / size - 1) / 2);
  if (across !== undefined) for (let row = 0; row < rows; row++) smoothLine(values, row * columns, 1, columns, across);
  return { values, columns, rows };
}

/** Weights of distances 0, 1, 2, …; undefined if there is nothing to smooth. */
function gaussian(deviation: number): Float64Array | undefined {
  if (deviation <= 0) return undefined;
  const reach = Math.trunc(4 * deviation + 0.5);
  const weights = Float64Array.from({ length: reach + 1 }, (_, n) =>
    Math.exp((-0.5 / (deviation * deviation)) * n * n),
  );
  const sum = weights.reduce((total, weight, n) => total + (n === 0 ? weight : 2 * weight), 0);
  return weights.map((weight) => weight / sum);
}

function smoothLine(values: Float64Array, start: number, step: number, length: number, weights: Float64Array): void {
  const reach = weights.length - 1;
  const line = new Float64Array(length + 2 * reach);
  for (let n = 0; n < length; n++) line[reach + n] = values[start + n * step]!;
  for (let n = 0; n < length; n++) {
    const centre = reach + n;
    let sum = line[centre]! * weights[0]!;
    for (let far = reach; far > 0; far--) sum += (line[centre - far]! + line[centre + far]!) * weights[far]!;
    values[start + n * step] = sum;
  }
}

/** Zeros around the image, enough that the start of the recursive filter has no effect. */
const margin = 12;

function inZeros({ values, columns, rows }: Plane): Plane {
  const wide = { columns: columns + 2 * margin, rows: rows + 2 * margin };
  const padded = new Float64Array(wide.columns * wide.rows);
  for (let row = 0; row < rows; row++)
    padded.set(values.subarray(row * columns, (row + 1) * columns), (row + margin) * wide.columns + margin);
  return { values: padded, ...wide };
}

/** Pole of the recursive filter for cubic splines (Unser, IEEE Signal Processing Magazine 16(6), 1999). */
const pole = Math.sqrt(3) - 2;
const gain = (1 - pole) * (1 - 1 / pole);

/** Coefficients of the cubic B-splines at the pixels with which their sum interpolates the values. */
function splineCoefficients({ values, columns, rows }: Plane): Plane {
  const coefficients = values.slice();
  for (let column = 0; column < columns; column++) filterLine(coefficients, column, columns, rows);
  for (let row = 0; row < rows; row++) filterLine(coefficients, row * columns, 1, columns);
  return { values: coefficients, columns, rows };
}

function filterLine(values: Float64Array, start: number, step: number, length: number): void {
  const line = new Float64Array(length);
  for (let n = 0; n < length; n++) line[n] = values[start + n * step]! * gain;
  const last = length - 1;
  const furthest = pole ** last;
  let first = line[0]! + furthest * line[last]!;
  for (let n = 1, power = pole; n < last; n++, power *= pole) first += power * (line[n]! + furthest * line[last - n]!);
  line[0] = first / (1 - furthest * furthest);
  for (let n = 1; n < length; n++) line[n]! += pole * line[n - 1]!;
  line[last] = ((pole * line[last - 1]! + line[last]!) * pole) / (pole * pole - 1);
  for (let n = last - 1; n >= 0; n--) line[n] = pole * (line[n + 1]! - line[n]!);
  for (let n = 0; n < length; n++) values[start + n * step] = line[n]!;
}

/** For each pixel of a resized line, the four splines that reach it: positions, including the margin, and weights. */
function splineTaps(length: number, size: number): { places: Int32Array; weights: Float64Array } {
  const places = new Int32Array(4 * size);
  const weights = new Float64Array(4 * size);
  for (let n = 0; n < size; n++) {
    const centre = (n + 0.5) * (length / size) - 0.5 + margin;
    const before = Math.floor(centre);
    const y = centre - before;
    const z = 1 - y;
    const ofThree = [(z * z * z) / 6, (y * y * (y - 2) * 3 + 4) / 6, (z * z * (z - 2) * 3 + 4) / 6] as const;
    weights.set([...ofThree, 1 - ofThree[0] - ofThree[1] - ofThree[2]], 4 * n);
    places.set([before - 1, before, before + 1, before + 2], 4 * n);
  }
  return { places, weights };
}
