import { z } from 'zod';
import { clicksSchema, correctedSegmentSchema, imagePrompts, neighboursSchema, newStructure } from './imagePrompts.js';
import { destinationNameSchema, outputSchema } from './job.js';

const corrected = {
  corrects: correctedSegmentSchema,
  /** Absent: the segment may overlap others. */
  neighbours: neighboursSchema.optional(),
};

const common = {
  /** Id of a model package; absent: chosen by modality. */
  model: z.string().min(1).max(100).optional(),
  /** Further destinations of the results, besides the archive of the images. */
  destinations: z.array(destinationNameSchema).max(20).optional(),
};

/** A new segment, marked by boxes and named. */
export const newSegmentRequestSchema = z.strictObject({
  ...newStructure,
  ...imagePrompts,
  ...common,
  output: outputSchema.optional(),
});
export type NewSegmentRequest = z.infer<typeof newSegmentRequestSchema>;

/** A correction of a stored segment by boxes: on the slices that they mark, their mask replaces the segment. */
export const correctionRequestSchema = z.strictObject({
  ...corrected,
  ...imagePrompts,
  ...common,
});
export type CorrectionRequest = z.infer<typeof correctionRequestSchema>;

/** A correction of a stored segment by clicks: it changes near each click. */
export const clickRequestSchema = z.strictObject({
  ...corrected,
  clicks: clicksSchema,
  ...common,
});
export type ClickRequest = z.infer<typeof clickRequestSchema>;

/** A new segment, made by clicks from nothing and named. */
export const newSegmentByClicksRequestSchema = z.strictObject({
  ...newStructure,
  clicks: clicksSchema,
  ...common,
  output: outputSchema.optional(),
});
export type NewSegmentByClicksRequest = z.infer<typeof newSegmentByClicksRequestSchema>;

/** Body of `POST /api/v1/refinements`. */
export const refinementRequestSchema = z.union([
  newSegmentRequestSchema,
  correctionRequestSchema,
  newSegmentByClicksRequestSchema,
  clickRequestSchema,
]);
export type RefinementRequest = z.infer<typeof refinementRequestSchema>;
