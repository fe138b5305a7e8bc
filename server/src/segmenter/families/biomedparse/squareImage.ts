/** For each pixel of a resized line, four source pixels with integer weights. */
interface CubicTaps {
  /** 4 per pixel. */
  readonly places: Int32Array;
  readonly weights: Int32Array;
  /** Number of fractional bits of the weights. */
  readonly point: number;
}

/**
 * Pads an image with 0 on both sides to a square (an odd pixel goes to the end) and resizes it, bit for bit like
 * PyTorch's `interpolate(mode="bicubic", align_corners=False)` on uint8 images: Keys' kernel with a = −0.75 over the
 * four nearest pixels, edges repeated, 16-bit weights; first along the rows, rounded to a byte, then along the columns.
 *
 * @param image rows·columns
 * @returns size·size
 */
export function squareImage(image: Uint8Array, columns: number, rows: number, size: number): Uint8Array {
  const side = Math.max(columns, rows);
  const [left, top] = [(side - columns) >> 1, (side - rows) >> 1];
  const square = new Uint8Array(side * side);
  for (let row = 0; row < rows; row++)
    square.set(image.subarray(row * columns, (row + 1) * columns), (top + row) * side + left);
  if (side === size) return square;
  const taps = cubicTaps(side, size);
  const narrowed = resizeLines(square, side, taps, size);
  return transposed(resizeLines(transposed(narrowed, size, side), size, taps, size), size, size);
}

/** Resizes each line of `image` to `size` pixels. */
function resizeLines(
  image: Uint8Array,
  lines: number,
  { places, weights, point }: CubicTaps,
  size: number,
): Uint8Array {
  const length = image.length / lines;
  const half = 1 << (point - 1);
  const resized = new Uint8ClampedArray(lines * size);
  for (let line = 0; line < lines; line++) {
    const start = line * length;
    for (let n = 0; n < size; n++) {
      let sum = half;
      for (let tap = 4 * n; tap < 4 * n + 4; tap++) sum += weights[tap]! * image[start + places[tap]!]!;
      resized[line * size + n] = sum >> point;
    }
  }
  return new Uint8Array(resized.buffer);
}

function transposed(image: Uint8Array, columns: number, rows: number): Uint8Array {
  const turned = new Uint8Array(image.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = image[row * columns + column]!;
  return turned;
}

function cubicTaps(length: number, size: number): CubicTaps {
  const places = new Int32Array(4 * size);
  const exact = new Float64Array(4 * size);
  let greatest = 0;
  for (let n = 0; n < size; n++) {
    const centre = ((n + 0.5) * length) / size - 0.5;
    const first = Math.floor(centre) - 1;
    for (let tap = 0; tap < 4; tap++) {
      places[4 * n + tap] = Math.min(Math.max(first + tap, 0), length - 1);
      exact[4 * n + tap] = keys(Math.abs(centre - first - tap), -0.75);
      greatest = Math.max(greatest, exact[4 * n + tap]!);
    }
  }
  // As many fractional bits as possible while the greatest weight fits into 15 bits.
  let point = 0;
  while (Math.trunc(0.5 + greatest * 2 ** (point + 1)) < 32_768) point++;
  const weights = Int32Array.from(exact, (weight) => Math.trunc(weight * 2 ** point + (weight < 0 ? -0.5 : 0.5)));
  return { places, weights, point };
}

/** Keys' cubic convolution kernel (IEEE Trans. ASSP 29(6), 1981). */
export function keys(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
}
