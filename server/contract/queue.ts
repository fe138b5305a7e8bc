import { z } from 'zod';
import { askedProviderSchema } from './executionProvider.js';

/** The length of the queue. */
export const queueViewSchema = z.object({
  /** Jobs that wait for a worker. */
  queued: z.int(),
  /** Jobs that wait for another attempt. */
  waitingForRetry: z.int(),
  /** Jobs that wait for the time window or the limit of their rule. */
  waitingForRule: z.int(),
  running: z.int(),
  /** Time since the acceptance of the job that has waited longest for a worker; absent if none waits. */
  oldestWaitSeconds: z.number().optional(),
});
export type QueueView = z.infer<typeof queueViewSchema>;

/** A registered worker. */
export const workerViewSchema = z.object({
  id: z.uuid(),
  host: z.string(),
  pid: z.int(),
  executionProvider: askedProviderSchema,
  /** The only GPU of its host that it uses, by number; absent if it uses any. */
  gpu: z.int().optional(),
  models: z.array(z.object({ id: z.string(), version: z.string() })),
  /** One-minute load average of its host, divided by the number of cores. */
  load: z.number(),
  availableMemoryBytes: z.number(),
  startedAt: z.iso.datetime(),
  heartbeatAt: z.iso.datetime(),
  /** The job that it runs. */
  jobId: z.uuid().optional(),
});
export type WorkerView = z.infer<typeof workerViewSchema>;

export const workersViewSchema = z.object({ workers: z.array(workerViewSchema) });
