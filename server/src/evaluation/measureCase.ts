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

/** Bits of one structure's masks, on the voxels of the image. */
export interface ComparedMasks {
  readonly truth: Uint8Array;
  readonly found: Uint8Array;
}

export interface MeasureOptions {
  readonly toleranceMm: number;
  readonly signal: AbortSignal;
  readonly onCompared: (index: number, masks: ComparedMasks) => Promise<void>;
}

export interface CaseMeasures {
  readonly labels: readonly LabelMeasure[];
  readonly executionProvider: ExecutionProvider;
  readonly sessionRunMs: number;
}

/**
 * Segments an image for all labels at once, like a job, and compares the masks with its label map on the image's own
 * voxels.
 * @param onCompared called with the masks of each label that has a voxel in one of them, by its index in `asked`
 * @throws PromptsegError of {@link Segmenter.segment}
 */
export async function measureCase(
  { volume, labels }: LabelledVolume,
  asked: readonly AskedLabel[],
  segmenter: Segmenter,
  { toleranceMm, signal, onCompared }: MeasureOptions,
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
  const measures: LabelMeasure[] = [];
  for (const [index, { name, values, targets }] of asked.entries()) {
    const truth = bitsOfValues(labels, values);
    const found = union(
      targets.map(({ id }) => masks.get(id)),
      truth.length,
    );
    const [trueCount, foundCount] = [countBits(truth), countBits(found)];
    const volumes = { label: name, trueMl: trueCount * mlPerVoxel, foundMl: foundCount * mlPerVoxel };
    if (trueCount === 0 && foundCount === 0) {
      measures.push(volumes);
      continue;
    }
    const { withinTolerance, meanMm, percentile95Mm } = surfaceAgreement(truth, found, volume.grid, toleranceMm);
    measures.push({
      ...volumes,
      dice: diceOfBits(truth, found),
      surfaceDice: withinTolerance,
      ...(meanMm !== undefined && { meanDistanceMm: meanMm, distance95Mm: percentile95Mm }),
    });
    await onCompared(index, { truth, found });
  }
  return { labels: measures, executionProvider, sessionRunMs };
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
