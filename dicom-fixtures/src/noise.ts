// Looked up once: Jest's VM contexts make each look-up of the global Math slow (14 s instead of 3 s for the demo
// phantom).
const { imul, sqrt } = Math;

/**
 * Repeatable noise, nearly Gaussian, with mean 0 and standard deviation 1.
 *
 * Each number is the sum of the four bytes of one 32-bit draw (mulberry32), centred and scaled: only integer
 * arithmetic, so every machine draws the same numbers, which Math.log and Math.cos of a Box-Muller transform do not
 * guarantee. The numbers are within ±3.45.
 */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  // A uniformly drawn byte has the variance (256² - 1) / 12; the sum of four has four times that.
  const standardDeviation = sqrt((256 * 256 - 1) / 3);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + imul(bits ^ (bits >>> 7), bits | 61);
    bits = (bits ^ (bits >>> 14)) >>> 0;
    const sum = (bits & 0xff) + ((bits >>> 8) & 0xff) + ((bits >>> 16) & 0xff) + (bits >>> 24);
    return (sum - 510) / standardDeviation;
  };
}
