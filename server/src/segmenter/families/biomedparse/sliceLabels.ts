import { enlargeLogits } from './enlargeLogits.js';
import { sigmoid } from './sigmoid.js';

/** The model's output for one prompt in one slice. */
export interface PromptMask {
  /** Logits, count·count. */
  readonly logits: Float32Array;
  /** Probability that the target is in the slice at all, 0–1. */
  readonly presence: number;
}

export interface SliceDecision {
  /** Minimum presence. */
  readonly presence: number;
  /** Maximum intersection over union with a likelier target. */
  readonly overlap: number;
}

/** The presence of a target from its logit. */
export const presenceOf = sigmoid;

/**
 * The target that each pixel of a slice shows, decided like upstream: masks are enlarged to the network's image,
 * targets that are unlikely to be in the slice or are covered by a likelier one are dropped, and of the others the most
 * probable wins if its probability exceeds one half.
 * @returns size·size: 0 for none, otherwise 1 + index of the mask
 */
export function sliceLabels(
  masks: readonly PromptMask[],
  count: number,
  size: number,
  decision: SliceDecision,
): Uint16Array {
  const labels = new Uint16Array(size * size);
  // Unlikely targets are dropped first, because enlarging takes most of the time.
  const likely = masks.flatMap(({ logits, presence }, index) =>
    presence >= decision.presence
      ? [{ index, presence, probabilities: enlargeLogits(logits, count, size).map(sigmoid) }]
      : [],
  );
  const kept =
    masks.length === 1
      ? likely.filter(({ presence }) => presence > decision.presence)
      : keptOf(likely, decision.overlap);
  const greatest = new Float32Array(size * size).fill(0.5);
  for (const { index, probabilities } of kept.toSorted((a, b) => a.index - b.index))
    for (let pixel = 0; pixel < labels.length; pixel++)
      if (probabilities[pixel]! > greatest[pixel]!) {
        greatest[pixel] = probabilities[pixel]!;
        labels[pixel] = index + 1;
      }
  return labels;
}

interface LikelyTarget {
  readonly index: number;
  readonly presence: number;
  readonly probabilities: Float32Array;
}

/**
 * Non-maximum suppression: keeps the likeliest target that marks anything, drops those that overlap it too much, and
 * repeats this with the rest.
 */
function keptOf(likely: readonly LikelyTarget[], overlap: number): LikelyTarget[] {
  let rest = likely.toSorted((a, b) => b.presence - a.presence);
  const kept: LikelyTarget[] = [];
  for (let best = rest.shift(); best !== undefined; best = rest.shift()) {
    const { probabilities } = best;
    if (!probabilities.some((probability) => probability > 0.5)) continue;
    kept.push(best);
    rest = rest.filter((other) => intersectionOverUnion(probabilities, other.probabilities) <= overlap);
  }
  return kept;
}

function intersectionOverUnion(a: Float32Array, b: Float32Array): number {
  let [intersection, union] = [0, 0];
  for (let pixel = 0; pixel < a.length; pixel++) {
    const inA = a[pixel]! > 0.5;
    const inB = b[pixel]! > 0.5;
    if (inA && inB) intersection++;
    if (inA || inB) union++;
  }
  return intersection / union;
}
