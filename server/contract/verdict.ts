import { z } from 'zod';

/** Whether a condition is true for a series, and why, as a sentence; for combined conditions, one of each. */
export interface Verdict {
  readonly holds: boolean;
  readonly because: string;
  /** In the order of the rule. */
  readonly conditions?: readonly Verdict[] | undefined;
}

export const verdictSchema: z.ZodType<Verdict> = z.lazy(() =>
  z.object({ holds: z.boolean(), because: z.string(), conditions: z.array(verdictSchema).optional() }),
);
