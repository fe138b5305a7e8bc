import { z } from 'zod';
import { deliverySchema } from './delivery.js';
import { endStates } from './jobState.js';
import { problemSchema } from './problem.js';

const countsSchema = z.object({ waiting: z.int(), delivering: z.int(), delivered: z.int(), failed: z.int() });

export const destinationViewSchema = z.object({
  name: z.string(),
  kind: z.enum(['source', 'dicom-web', 'orthanc-modality', 'orthanc-peer']),
  /** Address, or name in Orthanc; absent for `source`. */
  address: z.string().optional(),
  /** Number of deliveries by state; absent for `source`, because storing there is part of the job. */
  deliveries: countsSchema.optional(),
});
export const destinationsViewSchema = z.object({ destinations: z.array(destinationViewSchema) });
export type DestinationsView = z.infer<typeof destinationsViewSchema>;

/** One message; the id is its `webhook-id`. */
const webhookMessageViewSchema = deliverySchema
  .omit({ destination: true, problem: true })
  .extend({ id: z.uuid(), jobId: z.uuid(), problem: problemSchema.optional() });

export const webhookViewSchema = z.object({
  name: z.string(),
  /** Scheme, host and port of its address. */
  origin: z.string(),
  /** The filter; absent: every ended job. */
  states: z.array(z.enum(endStates)).optional(),
  rules: z.array(z.string()).optional(),
  messages: countsSchema,
  /** Newest first. */
  latest: z.array(webhookMessageViewSchema),
  failures: z.array(webhookMessageViewSchema),
});
export const webhooksViewSchema = z.object({ webhooks: z.array(webhookViewSchema) });
export type WebhooksView = z.infer<typeof webhooksViewSchema>;
