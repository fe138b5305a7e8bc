/**
 * Percentile with linear interpolation between ranks, like the default of numpy.percentile. NaN is ignored.
 *
 * Exact without sorting everything: values are counted by the upper 16 bits of a key in the order of the numbers, and
 * only those with the upper bits of the wanted rank are sorted.
 *
 * @param percent 0–100
 * @param counts which values count; NaN never does
 * @returns NaN if no value counts
 */
export function percentile(values: Float32Array, percent: number, counts: (value: number) => boolean): number {
  const histogram = new Uint32Array(65_536);
  let total = 0;
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (Number.isNaN(value) || !counts(value)) continue;
    histogram[upperKey(value)]!++;
    total++;
  }
  if (total === 0) return Number.NaN;
  const rank = ((total - 1) * percent) / 100;
  const [lower, upper] = valuesAtRanks(values, counts, histogram, Math.floor(rank), Math.ceil(rank));
  return lower + (rank - Math.floor(rank)) * (upper - lower);
}

const oneFloat = new Float32Array(1);
const itsBits = new Uint32Array(oneFloat.buffer);

/** Upper 16 bits of a float32, changed so that their order is that of the numbers, including negative ones. */
function upperKey(value: number): number {
  oneFloat[0] = value;
  const bits = itsBits[0]!;
  return (bits & 0x8000_0000 ? ~bits : bits | 0x8000_0000) >>> 16;
}

function valuesAtRanks(
  values: Float32Array,
  counts: (value: number) => boolean,
  histogram: Uint32Array,
  lowerRank: number,
  upperRank: number,
): [number, number] {
  let before = 0;
  let key = 0;
  while (before + histogram[key]! <= lowerRank) before += histogram[key++]!;
  let lastKey = key;
  let upTo = before + histogram[key]!;
  while (upTo <= upperRank) upTo += histogram[++lastKey]!;
  const near = new Float32Array(upTo - before);
  let length = 0;
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (Number.isNaN(value) || !counts(value)) continue;
    const itsKey = upperKey(value);
    if (itsKey >= key && itsKey <= lastKey) near[length++] = value;
  }
  near.sort();
  return [near[lowerRank - before]!, near[upperRank - before]!];
}
