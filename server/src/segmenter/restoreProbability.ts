import { type Grid, voxelCount } from '../values/grid.js';
import type { ProbabilityMap } from './probabilityMap.js';
import { resample } from './resample.js';

/** Bytes that {@link restoreProbability} needs while it runs, without its result. */
export const bytesToRestoreProbability = (model: Grid, source: Grid): number =>
  Float32Array.BYTES_PER_ELEMENT * (voxelCount(model) + voxelCount(source));

/**
 * Maps the probability of one target back to the source grid, interpolated like in `restoreToSourceGrid`.
 *
 * @param members the target's channels, whose probabilities are added
 * @returns 0–255 for 0–1, index i + columns·(j + rows·k) on `source`; 0 outside the model grid
 * @throws PromptsegError `cancelled`
 */
export async function restoreProbability(
  { grid, channels, values }: ProbabilityMap,
  members: readonly number[],
  source: Grid,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const sums = new Float32Array(voxelCount(grid));
  for (let n = 0; n < sums.length; n++) for (const member of members) sums[n]! += values[n * channels + member]!;
  const restored = await resample(sums, grid, source, signal);
  const bytes = new Uint8Array(restored.length);
  for (let n = 0; n < bytes.length; n++) {
    const probability = restored[n]!;
    if (probability > 0) bytes[n] = Math.round(255 * Math.min(1, probability)); // false for NaN, which is outside
  }
  return bytes;
}
