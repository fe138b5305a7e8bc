/**
 * The value below which a share of the values is, interpolated linearly between two of them (as NumPy's `quantile`).
 * @param sorted ascending, at least one
 * @param share 0–1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [lower, upper] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return lower + (upper - lower) * (place - Math.floor(place));
}
