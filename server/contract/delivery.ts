import { z } from 'zod';
import { problemSchema } from './problem.js';
import { uidSchema } from './uid.js';

/** The delivery of a job's results to one destination. */
export const deliverySchema = z.object({
  destination: z.string(),
  state: z.enum(['waiting', 'delivering', 'delivered', 'failed']),
  /** Attempts since the last request for this delivery. */
  attempts: z.int(),
  /** Present while the delivery waits. */
  nextAttemptAt: z.iso.datetime().optional(),
  deliveredAt: z.iso.datetime().optional(),
  /** Why the last attempt failed; absent after delivery. */
  problem: problemSchema.optional(),
  /** What has arrived, oldest first: SOP Instance UIDs of the job's segmentation and its edits. Absent for nothing. */
  sent: z.array(z.object({ sopInstanceUID: uidSchema, at: z.iso.datetime() })).optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;
