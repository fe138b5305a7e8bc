import { keys } from './squareImage.js';

/**
 * Enlarges a map of logits like PyTorch's `interpolate(mode="bicubic", antialias=True)`: Keys' kernel with a = −0.5
 * over the four nearest values, or as many as there are, with weights that sum to 1.
 *
 * @param logits count·count
 * @returns float32, size·size
 */
export function enlargeLogits(logits: Float32Array, count: number, size: number): Float32Array {
  const { places, weights } = enlargingTaps(count, size);
  const wide = new Float32Array(count * size);
  for (let row = 0; row < count; row++)
    for (let n = 0; n < size; n++) {
      let sum = 0;
      for (let tap = 4 * n; tap < 4 * n + 4; tap++) sum += weights[tap]! * logits[row * count + places[tap]!]!;
      wide[row * size + n] = sum;
    }
  const enlarged = new Float32Array(size * size);
  for (let n = 0; n < size; n++)
    for (let tap = 4 * n; tap < 4 * n + 4; tap++) {
      const weight = weights[tap]!;
      if (weight === 0) continue;
      const from = places[tap]! * size;
      for (let column = 0; column < size; column++) enlarged[n * size + column]! += weight * wide[from + column]!;
    }
  return enlarged;
}

function enlargingTaps(count: number, size: number): { places: Int32Array; weights: Float64Array } {
  const places = new Int32Array(4 * size);
  const weights = new Float64Array(4 * size);
  for (let n = 0; n < size; n++) {
    const centre = ((n + 0.5) * count) / size;
    const first = Math.floor(centre - 1.5);
    let sum = 0;
    for (let tap = 0; tap < 4; tap++) {
      const place = first + tap;
      if (place < 0 || place >= count) continue;
      const weight = keys(Math.abs(place - centre + 0.5), -0.5);
      places[4 * n + tap] = place;
      weights[4 * n + tap] = weight;
      sum += weight;
    }
    for (let tap = 4 * n; tap < 4 * n + 4; tap++) weights[tap]! /= sum;
  }
  return { places, weights };
}
