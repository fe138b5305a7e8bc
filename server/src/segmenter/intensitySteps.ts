import { z } from 'zod';
import { servedModalitySchema } from './manifestIdentity.js';

/** The voxels of the resampled volume that count in a statistic. Voxels outside the source grid never count. */
const scope = z.enum(['all', 'nonzero', 'gt0', 'above-minimum']);
const percentile = z.strictObject({ percent: z.number().min(0).max(100), scope });

/** One step of the intensity normalisation; the steps run in order over the whole resampled volume. */
const intensityStep = z.discriminatedUnion('step', [
  /** Clamp to [low, high], in the unit that the values have at this step. */
  z.strictObject({ step: z.literal('clip'), low: z.number(), high: z.number() }),
  /** Clamp to two percentiles (linear interpolation between ranks). */
  z.strictObject({ step: z.literal('clip-percentiles'), low: percentile, high: percentile }),
  /** (x − low) / (high − low) with two fixed values, for CT with its fixed unit; values beyond them are kept. */
  z
    .strictObject({ step: z.literal('scale'), low: z.number(), high: z.number() })
    .refine(({ low, high }) => low < high, 'needs a low value below the high one'),
  /** The same with two percentiles; values beyond them are kept (a `clip` may follow). */
  z.strictObject({ step: z.literal('scale-percentiles'), low: percentile, high: percentile }),
  /** (x − mean) / population standard deviation. */
  z.strictObject({ step: z.literal('z-score'), scope }),
  /** Minimum to 0, maximum to 1. */
  z.strictObject({ step: z.literal('min-max'), scope }),
]);
export type IntensityStep = z.infer<typeof intensityStep>;
export const intensitySteps = z.array(intensityStep).max(8);
export type IntensityScope = z.infer<typeof scope>;

/** Steps for each modality that a model serves. */
export const intensityByModality = z.partialRecord(servedModalitySchema, intensitySteps);

export type IntensityByModality = z.infer<typeof intensityByModality>;

/** The steps for images of a modality; undefined if the model does not serve it. */
export function intensityStepsFor(steps: IntensityByModality, modality: string): readonly IntensityStep[] | undefined {
  const served = servedModalitySchema.safeParse(modality);
  return served.success ? steps[served.data] : undefined;
}
