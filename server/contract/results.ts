import { z } from 'zod';
import { editedResultSchema, jobSchema, stackSchema } from './job.js';
import { momentSchema } from './moment.js';
import { uidSchema } from './uid.js';

/** The stacks of slices of a series, best first; empty if it contains no images. */
export const stacksViewSchema = z.object({ stacks: z.array(stackSchema.omit({ chosen: true })) });
export type StacksView = z.infer<typeof stacksViewSchema>;

/** Query of a picture, of measurements and of exports. */
export const resultQuerySchema = z.object({
  /** SOP Instance UID of an edited result of the job; absent: the job's own result. */
  result: uidSchema.optional(),
});

export const pictureQuerySchema = resultQuerySchema.extend({
  /** Only this segment, with the planes through it; absent: all segments. */
  segment: z.coerce.number().int().min(1).max(65_535).optional(),
  /** `thumbnail`: 480 × 176 pixels, without text; absent: full size with a legend. */
  size: z.enum(['thumbnail']).optional(),
});

/** Query of `POST /segmentations/{id}/edited`. */
export const editedQuerySchema = z.object({
  /** SOP Instance UID of the edited object; absent: the job's own result. */
  predecessor: uidSchema.optional(),
});

/** Response to an edited segmentation: the stored object, and the updated job. */
export const editedViewSchema = z.object({ edited: editedResultSchema, job: jobSchema });
export type EditedView = z.infer<typeof editedViewSchema>;

/** Query of `GET /feedback.csv`. */
export const feedbackQuerySchema = z.object({
  /** Id of a model package. */
  model: z.string().min(1).max(100).optional(),
  /** Given at this time or later. */
  since: momentSchema.optional(),
  /** Given before this time. */
  until: momentSchema.optional(),
});
