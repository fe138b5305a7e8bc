import { type Grid, voxelVolumeMl } from '../values/grid.js';
import { countBits } from '../values/maskBits.js';
import type { Target } from '../values/target.js';
import type { EvenVolume } from '../values/volume.js';
import { greatestProbability, type ProbabilityMap } from './probabilityMap.js';
import { restoreProbability } from './restoreProbability.js';
import { type Decision, restoreToSourceGrid } from './restoreToSourceGrid.js';
import type { SegmentOptions, TargetOutcome } from './segmenter.js';

/** When a voxel belongs to a target, and when a target is found. */
export interface FindingRule {
  readonly decision: Decision;
  readonly existence: {
    readonly minimumVolumeMl: number;
    /** At least one voxel must reach it. */
    readonly probability?: number | undefined;
  };
}

/**
 * Maps the probabilities of targets back to the grid of the image, and decides for each target whether it was found.
 *
 * @param channels for each target its channels of the map
 * @throws PromptsegError `cancelled`
 */
export async function restoreTargets(
  rule: FindingRule,
  map: ProbabilityMap,
  channels: readonly (readonly number[])[],
  { grid }: EvenVolume,
  targets: readonly Target[],
  { signal, probabilities = false }: SegmentOptions,
): Promise<TargetOutcome[]> {
  const masks = await restoreToSourceGrid(map, grid, rule.decision, channels, signal);
  const outcomes: TargetOutcome[] = [];
  for (const [n, target] of targets.entries()) {
    const members = channels[n]!;
    const outcome = outcomeOf(rule, target, grid, masks[n]!, () => greatestProbability(map, members));
    outcomes.push(
      probabilities && outcome.status === 'found'
        ? { ...outcome, probability: await restoreProbability(map, members, grid, signal) }
        : outcome,
    );
  }
  return outcomes;
}

/**
 * Found or not, and why not.
 *
 * @param greatest returns the target's greatest probability; called only if needed, because for 40 targets of a whole
 * head it took 2.3 s of 19 s
 */
function outcomeOf(
  { decision, existence }: FindingRule,
  target: Target,
  grid: Grid,
  bits: Uint8Array,
  greatest: () => number,
): TargetOutcome {
  const notFound = (reason: string): TargetOutcome => ({ target, status: 'not-found', reason });
  const count = countBits(bits);
  if (count === 0) {
    const probability = greatest().toFixed(2);
    return notFound(
      decision.kind === 'argmax'
        ? `It is nowhere the most probable structure; its highest probability is ${probability}.`
        : `No voxel is above the threshold ${decision.threshold}; the highest probability is ${probability}.`,
    );
  }
  if (existence.probability !== undefined) {
    const probability = greatest();
    if (probability < existence.probability)
      return notFound(
        `Its highest probability, ${probability.toFixed(2)}, is below the existence threshold ` +
          `${existence.probability}.`,
      );
  }
  const volumeMl = count * voxelVolumeMl(grid);
  if (volumeMl < existence.minimumVolumeMl)
    return notFound(
      `Only ${volumeMl.toPrecision(2)} mL were marked, less than the ${existence.minimumVolumeMl} mL that count ` +
        'as found.',
    );
  return { target, status: 'found', mask: { grid, bits } };
}
