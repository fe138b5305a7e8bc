/** Grey values are sorted into so many bins between their extremes. */
const bins = 64;
/** Neighbouring bins share their counts, as a Gaussian of this many bins. */
const smoothing = 1.5;

/**
 * How much more a grey value belongs to the first than to the second of two weighted samples of an image: the
 * logarithm of the ratio of their histograms, at most `most` in either direction.
 *
 * @param first weight of each value in the first sample, 0 or more; likewise `second`
 * @returns one for each value
 */
export function likelihoodRatio(
  values: Float32Array,
  first: Float32Array,
  second: Float32Array,
  most: number,
): Float32Array {
  const [least, greatest] = extremes(values, first, second);
  const scale = greatest > least ? bins / (greatest - least) : 0;
  const binOf = (value: number): number => {
    const bin = Math.floor((value - least) * scale);
    return bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
  };
  const [inFirst, inSecond] = [new Float64Array(bins), new Float64Array(bins)];
  for (let n = 0; n < values.length; n++) {
    const bin = binOf(values[n]!);
    inFirst[bin]! += first[n]!;
    inSecond[bin]! += second[n]!;
  }
  const [a, b] = [density(inFirst), density(inSecond)];
  const ratios = Float64Array.from(a, (share, bin) =>
    Math.max(-most, Math.min(most, Math.log((share + floor) / (b[bin]! + floor)))),
  );
  return Float32Array.from(values, (value) => ratios[binOf(value)]!);
}

/** What a bin without any sample has. */
const floor = 0.002;

/** The values that most of both samples are between: single extreme voxels would make all bins wide. */
function extremes(values: Float32Array, first: Float32Array, second: Float32Array): readonly [number, number] {
  const sampled = values.filter((_, n) => first[n]! > 0 || second[n]! > 0).sort();
  if (sampled.length === 0) return [0, 0];
  const at = (share: number): number => sampled[Math.round(share * (sampled.length - 1))]!;
  return [at(0.005), at(0.995)];
}

/** A histogram as shares of 1, smoothed. */
function density(counts: Float64Array): Float64Array {
  const reach = Math.ceil(3 * smoothing);
  const smooth = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++)
    for (let step = -reach; step <= reach; step++) {
      const from = Math.max(0, Math.min(bins - 1, bin + step));
      smooth[bin]! += counts[from]! * Math.exp(-(step * step) / (2 * smoothing * smoothing));
    }
  const total = smooth.reduce((sum, each) => sum + each, 0);
  return total === 0 ? smooth : smooth.map((each) => each / total);
}
