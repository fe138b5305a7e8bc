/** The position of a window along one axis, and its weights. */
export interface AxisWindow {
  /** First voxel of the window; negative if a volume smaller than the window is padded on both sides. */
  readonly start: number;
  /**
   * One per voxel of the window, 0 outside the volume. At every voxel they add up to 1 over all windows of the axis.
   */
  readonly weights: Float32Array;
}

/**
 * Windows that cover an axis: every `step` voxels from 0, the last one shifted back to end with the axis. An axis
 * shorter than the window has one window, which extends beyond its end or beyond both ends. With `lead`, windows start
 * every `step` voxels from that many before the axis, and the last extends beyond its end.
 *
 * The blend weight of a 3-D window is the product of its axes' weights. Gaussian weights and Cartesian windows
 * separate, so normalising each axis to a sum of 1 normalises the volume, and no volume of summed weights is kept.
 *
 * @param length voxels of the volume along the axis
 * @param size voxels of the window along the axis
 * @param profile unnormalised weight per voxel of a window, all greater than 0
 * @param lead number of voxels before the axis at which windows start, less than the window's size
 * @param wanted whether a window from `start` on is needed; the others are left out
 */
export function axisWindows(
  length: number,
  size: number,
  step: number,
  where: 'end' | 'both-sides',
  profile: Float64Array,
  lead?: number,
  wanted: (start: number) => boolean = () => true,
): AxisWindow[] {
  const all = lead === undefined ? axisStarts(length, size, step, where) : startsFrom(-lead, length, size, step);
  const starts = all.filter(wanted);
  const sums = new Float64Array(length);
  const inside = (n: number) => n >= 0 && n < length;
  for (const start of starts) for (let n = 0; n < size; n++) if (inside(start + n)) sums[start + n]! += profile[n]!;
  return starts.map((start) => ({
    start,
    weights: Float32Array.from(profile, (weight, n) => (inside(start + n) ? weight / sums[start + n]! : 0)),
  }));
}

function axisStarts(length: number, size: number, step: number, where: 'end' | 'both-sides'): number[] {
  if (length <= size) return [where === 'end' ? 0 : -Math.floor((size - length) / 2)];
  const count = Math.ceil((length - size) / step) + 1;
  return Array.from({ length: count }, (_, n) => Math.min(n * step, length - size));
}

const startsFrom = (first: number, length: number, size: number, step: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((length - first - size) / step)) + 1 }, (_, n) => first + n * step);
