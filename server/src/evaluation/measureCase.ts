import type { ExecutionProvider } from '#contract/executionProvider.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import { voxelVolumeMl } from '../values/grid.js';
import { countBits, diceOfBits, emptyBits, setBit } from '../values/maskBits.js';
import type { Target } from '../values/target.js';
import type { LabelledVolume } from './readCase.js';
import { surfaceAgreement } from './surfaceAgreement.js';

/** A label of the dataset and the model's targets that together mean the same. */
export interface AskedLabel {
  readonly name: string;
  /** Values of its voxels in the label maps. */
  readonly values: readonly number[];
  /** One or more: both sides of a structure, if the dataset does not separate them. */
  readonly targets: readonly Target[];
}

/** The figures of one label in one case. */
export interface LabelMeasure {
  readonly label: string;
  /** In the label map; 0 if the case does not have the label. */
  readonly trueMl: number;
  readonly foundMl: number;
  /** 0–1; absent if neither the label map nor the model has a voxel: there is nothing to compare. */
  readonly dice?: number;
  /** Normalised surface distance (see {@link surfaceAgreement}). */
  readonly surfaceDice?: number;
  /** Distances of the surfaces; absent if one of the masks is empty. */
  readonly meanDistanceMm?: number;
  readonly distance95Mm?: number;
}

/** The structure of a case with the lowest agreement: its masks, on the voxels of the image. */
export interface WorstLabel {
  readonly label: string;
  readonly dice: number;
  readonly truth: Uint8Array;
  readonly found: Uint8Array;
}

export interface CaseMeasures {
  readonly labels: readonly LabelMeasure[];
  /** Among those that the label map has; absent if it has none. */
  readonly worst?: WorstLabel;
  readonly executionProvider: ExecutionProvider;
  readonly sessionRunMs: number;
}

/**
 * Segments an image for all labels at once, like a job, and compares the masks with its label map on the image's own
 * voxels.
 * @throws PromptsegError of {@link Segmenter.segment}
 */
export async function measureCase(
  { volume, labels }: LabelledVolume,
  asked: readonly AskedLabel[],
  segmenter: Segmenter,
  { toleranceMm, signal }: { readonly toleranceMm: number; readonly signal: AbortSignal },
): Promise<CaseMeasures> {
  const targets = new Map(asked.flatMap((label) => label.targets.map((target) => [target.id, target])));
  const segmented = await segmenter.segment(volume, [...targets.values()], { signal, onProgress: () => undefined });
  const masks = new Map(
    segmented.outcomes.map((outcome) => [
      outcome.target.id,
      outcome.status === 'found' ? outcome.mask.bits : undefined,
    ]),
  );
  const { executionProvider, sessionRunMs } = segmented;
  const mlPerVoxel = voxelVolumeMl(volume.grid);
  let worst: WorstLabel | undefined;
  const measures = asked.map(({ name, values, targets }): LabelMeasure => {
    const truth = bitsOfValues(labels, values);
    const found = union(
      targets.map(({ id }) => masks.get(id)),
      truth.length,
    );
    const [trueCount, foundCount] = [countBits(truth), countBits(found)];
    const volumes = { label: name, trueMl: trueCount * mlPerVoxel, foundMl: foundCount * mlPerVoxel };
    if (trueCount === 0 && foundCount === 0) return volumes;
    const dice = diceOfBits(truth, found);
    if (trueCount > 0 && (worst === undefined || dice < worst.dice)) worst = { label: name, dice, truth, found };
    const { withinTolerance, meanMm, percentile95Mm } = surfaceAgreement(truth, found, volume.grid, toleranceMm);
    return {
      ...volumes,
      dice,
      surfaceDice: withinTolerance,
      ...(meanMm !== undefined && { meanDistanceMm: meanMm, distance95Mm: percentile95Mm }),
    };
  });
  return { labels: measures, executionProvider, sessionRunMs, ...(worst !== undefined && { worst }) };
}

function bitsOfValues(labels: ArrayLike<number>, values: readonly number[]): Uint8Array {
  const wanted = new Set(values);
  const bits = emptyBits(labels.length);
  for (let n = 0; n < labels.length; n++) if (wanted.has(labels[n]!)) setBit(bits, n);
  return bits;
}

function union(masks: readonly (Uint8Array | undefined)[], bytes: number): Uint8Array {
  const bits = new Uint8Array(bytes);
  for (const mask of masks) for (let n = 0; n < (mask?.length ?? 0); n++) bits[n]! |= mask![n]!;
  return bits;
}
