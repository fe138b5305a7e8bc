import { z } from 'zod';
import { targetViewSchema } from '../finding.js';

/**
 * Bodies of the REST API that are not jobs (those are in `jobs/job.ts`).
 *
 *   POST   /api/v1/segmentations              SegmentationRequest → 202 Job (200 and the open job where the same request is open already)
 *   GET    /api/v1/segmentations?study=UID    { segmentations: Job[] }, newest first
 *   GET    /api/v1/segmentations/{id}         Job
 *   GET    /api/v1/segmentations/{id}/events  Server-Sent Events of Job; resumes after `Last-Event-ID`; ends with the job
 *   DELETE /api/v1/segmentations/{id}         cancels: 202 Job; 409 where it ended already
 *   GET    /api/v1/models                     { models: ModelView[] }
 *   GET    /api/v1/models/{id}/vocabulary?q=  VocabularyView, best match first
 *   POST   /api/v1/prompts/resolve            ResolveRequest → ResolveView, no run
 * Errors are RFC 9457 problem+json with the members of `problemSchema`.
 */
export const resolveRequestSchema = z.strictObject({
  prompts: z.array(z.string().trim().min(1).max(1000)).min(1).max(100),
  model: z.string().min(1).max(100).optional(),
  /** DICOM Modality of the series, where known: chooses the model. */
  modality: z.string().min(1).max(16).optional(),
});
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;

/** One part of the text and what it was understood as. Empty `targets`: nobody understands it; `nearest` lists what comes close. */
export const resolutionViewSchema = z.object({
  prompt: z.string(),
  targets: z.array(targetViewSchema),
  nearest: z.array(targetViewSchema),
  /** Present where the text was corrected: "hipocampus" → "hippocampus". */
  correctedTo: z.string().optional(),
  /** Why it was not understood, a sentence. */
  reason: z.string().optional(),
});
export type ResolutionView = z.infer<typeof resolutionViewSchema>;

export const resolveViewSchema = z.object({ model: z.string(), resolutions: z.array(resolutionViewSchema) });
export type ResolveView = z.infer<typeof resolveViewSchema>;

export const modelViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  modalities: z.array(z.string()),
  intendedUse: z.string(),
  licence: z.string(),
  sha256: z.string(),
  numberOfTargets: z.int(),
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const vocabularyViewSchema = z.object({
  targets: z.array(targetViewSchema.extend({ synonyms: z.array(z.string()), modalities: z.array(z.string()) })),
});
export type VocabularyView = z.infer<typeof vocabularyViewSchema>;
