import { interpolateLogits } from '../slices/interpolateLogits.js';
import { betaCumulative } from './betaDistribution.js';
import type { Distribution } from './manifest2d.js';
import { sigmoid } from './sigmoid.js';

const { fround, min } = Math;

/**
 * How well a mask resembles true masks of the target: BiomedParse's p-value, 0–1. It is the geometric mean of four
 * p-values, one for the mean of the mask's own probability and one for the mean of each colour inside the mask. Each is
 * that of a Kolmogorov–Smirnov test of one number against a Beta distribution, 2·min(F, 1 − F) with its cumulative
 * function F.
 *
 * @param logits count·count
 * @param shown the network's input image, size·size bytes per channel
 * @returns the greatest p-value if there are several distributions; 0 if nothing is marked
 */
export function existenceOf(
  logits: Float32Array,
  count: number,
  shown: readonly Uint8Array[],
  size: number,
  distributions: readonly Distribution[],
): number {
  const means = meansInside(interpolateLogits(logits, count, { columns: size, rows: size }), shown);
  if (means === undefined) return 0;
  return distributions.reduce((greatest, { beta }) => Math.max(greatest, pValueOf(means, beta)), 0);
}

function pValueOf(means: readonly number[], beta: Distribution['beta']): number {
  const product = beta.reduce((sofar, [a, b], n) => {
    const cumulative = betaCumulative(means[n]!, a, b);
    return sofar * 2 * min(cumulative, 1 - cumulative);
  }, 1);
  return product ** 0.25;
}

/**
 * Upstream's statistics of a mask (inference_utils/output_processing.py) over the pixels with 255 × probability of at
 * least 128: the mean of that value and of each colour, divided by 256, although the maximum is 255.
 */
function meansInside(logits: Float32Array, shown: readonly Uint8Array[]): readonly number[] | undefined {
  let [pixels, ofMask] = [0, 0];
  const ofColour = shown.map(() => 0);
  for (let pixel = 0; pixel < logits.length; pixel++) {
    const logit = logits[pixel]!;
    if (logit < 0) continue;
    const mask = fround(sigmoid(logit) * 255);
    if (mask < 128) continue;
    pixels++;
    ofMask += mask;
    for (let channel = 0; channel < shown.length; channel++) ofColour[channel]! += shown[channel]![pixel]!;
  }
  if (pixels === 0) return undefined;
  const mean = (sum: number) => sum / pixels / 256;
  return [mean(ofMask), ...[0, 1, 2].map((channel) => mean(ofColour[channel] ?? ofColour[0]!))];
}
