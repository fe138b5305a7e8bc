import { z } from 'zod';
import { targetViewSchema } from './finding.js';
import { modelReasons } from './models.js';
import { promptTextsSchema } from './promptTexts.js';
import { refusalCodes } from './refusalCode.js';

const seriesHints = {
  /** DICOM Modality of the series, if known: it determines the choice of the model. */
  modality: z.string().min(1).max(16).optional(),
  /** Body Part Examined and Series Description, if known: they influence the choice too. */
  bodyPartExamined: z.string().max(64).optional(),
  description: z.string().max(1000).optional(),
};

export const resolveRequestSchema = z.strictObject({
  prompts: promptTextsSchema,
  model: z.string().min(1).max(100).optional(),
  /** As in a request: accepts a model for other body parts. */
  anyway: z.boolean().optional(),
  ...seriesHints,
});
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;

/** Models that know a part of the text that the chosen one does not know. */
const knownBySchema = z.object({
  /** Installed models; `servesSeries` if the model supports this series. */
  installed: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        modalities: z.array(z.string()).readonly(),
        servesSeries: z.boolean(),
      }),
    )
    .readonly(),
  /** Published models that can be added; `modalities` if their terms are listed by modality. */
  published: z.array(z.object({ name: z.string(), modalities: z.array(z.string()).readonly().optional() })).readonly(),
});

/**
 * One part of the text, and what it was understood as. If `targets` is empty, it was not understood; `nearest` lists
 * similar targets.
 */
export const resolutionViewSchema = z.object({
  /** Index in `prompts` of the prompt that contains this part. */
  promptIndex: z.int(),
  prompt: z.string(),
  targets: z.array(targetViewSchema),
  nearest: z.array(targetViewSchema),
  /** A statement of the text that the series contradicts, as a sentence: "in chest CT" for an MR. */
  contradiction: z.string().optional(),
  /** Present if the spelling was corrected: "hipocampus" → "hippocampus". */
  correctedTo: z.string().optional(),
  /** Why it was not understood, for programs and as a sentence. */
  code: z.enum(refusalCodes).optional(),
  reason: z.string().optional(),
  /** For a part that was not understood: models that know it; absent if there is none. */
  knownBy: knownBySchema.optional(),
  /** True if a model for the series would take these words literally when they are in quotation marks. */
  mayBeFreeText: z.literal(true).optional(),
});
export type ResolutionView = z.infer<typeof resolutionViewSchema>;

export const resolveViewSchema = z.object({
  /** Id of the model that would run. */
  model: z.string(),
  /** Why this model was chosen: as a code and as a sentence. */
  because: z.enum(modelReasons),
  reason: z.string(),
  resolutions: z.array(resolutionViewSchema),
  /** Present if one of the prompts asks for a comparison with the earlier study of the patient. */
  comparesWithPrior: z.literal(true).optional(),
  /** Indices in `prompts` of those that seem to contain a person's name; prompts are stored with the results. */
  seemToNameSomebody: z.array(z.int()).optional(),
});
export type ResolveView = z.infer<typeof resolveViewSchema>;

export const suggestRequestSchema = z.strictObject({
  /** The typed text of one prompt. */
  text: z.string().max(200),
  /** Only names that this model knows; absent: names of all models for the series. */
  model: z.string().min(1).max(100).optional(),
  ...seriesHints,
  limit: z.int().min(1).max(50).default(8),
});
export type SuggestRequest = z.input<typeof suggestRequestSchema>;

export const suggestionSchema = z.object({
  /** Replaces the typed text. */
  name: z.string(),
  /** The synonym that matches the text, if the name does not. */
  also: z.string().optional(),
  /** The target, or several targets that the name means together. */
  targets: z.array(targetViewSchema),
  /** Ids of the models that know the name. */
  models: z.array(z.string()),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

export const suggestViewSchema = z.object({
  suggestions: z.array(suggestionSchema),
  /** True if no name begins with the text: these are only similar. */
  near: z.boolean(),
});
export type SuggestView = z.infer<typeof suggestViewSchema>;
