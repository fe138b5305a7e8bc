import { z } from 'zod';
import { bodyRegions } from './bodyRegions.js';
import { targetViewSchema } from './finding.js';

/** Why a model was chosen, for programs. */
export const modelReasons = [
  'named',
  'only',
  'understands-most',
  'body-part',
  'knows-most',
  'measured',
  'measured-better',
  'first',
  'understands-nothing',
] as const;
export type ModelReason = (typeof modelReasons)[number];

/** One measured accuracy. */
export const measuredQualitySchema = z.strictObject({
  dataset: z.string().min(1).max(200),
  target: z.string().min(1).max(64),
  metric: z.string().min(1).max(64),
  value: z.number(),
  source: z.string().min(1).max(400),
});

const packageViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  modalities: z.array(z.string()),
  intendedUse: z.string(),
  licence: z.string(),
  sha256: z.string(),
  /** Measured accuracy, the summary first; empty if nothing was compared with a reference. */
  evaluation: z.array(measuredQualitySchema),
});

/** A model that takes prompts on the images instead of names. */
export const promptableViewSchema = packageViewSchema.extend({
  takes: z.enum(['boxes', 'clicks']),
  /** Whether it takes scribbles and lassos with clicks. */
  strokes: z.boolean(),
});
export type PromptableView = z.infer<typeof promptableViewSchema>;

export const modelViewSchema = packageViewSchema.extend({
  numberOfTargets: z.int(),
  /** Two of its names, as examples. */
  examples: z.array(z.string()),
  /** Whether it can make a fractional segmentation. */
  givesProbabilities: z.boolean(),
  /** Whether it accepts words that are not in its vocabulary. */
  readsFreeText: z.boolean(),
  /** Body regions that it was made for; absent: any. */
  bodyRegions: z.array(z.enum(bodyRegions)).optional(),
  /** How it fits the body part in the query; absent if the query has none. */
  fit: z.enum(['here', 'anywhere', 'elsewhere']).optional(),
});
export type ModelView = z.infer<typeof modelViewSchema>;

/** Query of `GET /models`. */
export const modelsQuerySchema = z.object({
  /** Only models for series of this modality. */
  modality: z.string().min(1).max(16).optional(),
  bodyPartExamined: z.string().max(64).optional(),
});

export const modelsViewSchema = z.object({
  models: z.array(modelViewSchema),
  /** Models that take boxes or clicks; with a modality in the query, those for it. */
  promptable: z.array(promptableViewSchema),
  /** All modalities that the installed models support. */
  servedModalities: z.array(z.string()),
  /** Names of published models for the modality in the query that can be installed. */
  published: z.array(z.string()),
  /** Folders without a valid package, with the reason. */
  refused: z.array(z.object({ folder: z.string(), reason: z.string() })),
});
export type ModelsView = z.infer<typeof modelsViewSchema>;

/** Measured Dice coefficients on one dataset, best first. */
const diceOnDatasetSchema = z.object({
  dataset: z.string(),
  /** For several structures together; its description names them. */
  summary: z.object({ of: z.string(), value: z.number() }).optional(),
  structures: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      /** Whether the model can segment it on request. */
      offered: z.boolean(),
      /** The model's name for it; empty if it cannot be requested. */
      targets: z.array(targetViewSchema),
    }),
  ),
});

/** One model in detail. */
export const modelDetailsSchema = modelViewSchema.extend({
  /** Its origin, in one sentence. */
  source: z.string(),
  /** Bytes of memory for its graphs, in addition to the images; absent if the package does not state it. */
  graphBytes: z.int().optional(),
  /** Median duration of recent jobs on this server, in seconds; absent if there are too few. */
  usualSeconds: z.number().optional(),
  dice: z.array(diceOnDatasetSchema),
  /** CARD.md of the package. */
  card: z.string(),
});
export type ModelDetails = z.infer<typeof modelDetailsSchema>;

export const vocabularyViewSchema = z.object({
  targets: z.array(targetViewSchema.extend({ synonyms: z.array(z.string()), modalities: z.array(z.string()) })),
});
export type VocabularyView = z.infer<typeof vocabularyViewSchema>;
