import { z } from 'zod';
import { promptTextsSchema } from './promptTexts.js';

/** A prompt set as a client sends it. */
export const promptSetRequestSchema = z.strictObject({
  /** Unique on this server, ignoring case. */
  name: z.string().trim().min(1).max(80),
  prompts: promptTextsSchema,
  /** DICOM Modality of the series for which it was made. */
  modality: z.string().min(1).max(16).optional(),
});
export type PromptSetRequest = z.infer<typeof promptSetRequestSchema>;

/** Prompts under one name, requested together. All users of the server share them. */
export const promptSetSchema = promptSetRequestSchema.extend({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
});
export type PromptSet = z.infer<typeof promptSetSchema>;

export const promptSetsViewSchema = z.object({ promptSets: z.array(promptSetSchema) });
