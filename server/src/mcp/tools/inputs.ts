import { z } from 'zod';

/** A handle from `search_series`. */
export const seriesInput = z.string().max(64).describe('Handle of a series, from search_series');
/** Id of a job, from the tool that started it. */
export const jobInput = z.uuid().describe('Id of a job');

/** Longer than most clients wait for a call; shorter than the interval between checks of a sign-in. */
export const mostWaitSeconds = 240;
export const waitInput = z
  .int()
  .min(0)
  .max(mostWaitSeconds)
  .default(45)
  .describe('Seconds to wait for the end of the job; then the job is returned as it is, and get_findings goes on');
