import { z } from 'zod';
import { type ErrorCode, errorTable } from './errorTable.js';

/** Why a request or a job failed: RFC 9457 problem details with our code and next step. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
  nextStep: z.string(),
  transient: z.boolean(),
  details: z.record(z.string(), z.unknown()),
});
export type Problem = z.infer<typeof problemSchema>;
