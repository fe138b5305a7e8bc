import type { Job } from '../../../../server/contract/job.js';
import { pageStrings } from '../../client/pageStrings.js';

/** What a job is called: its prompts, or the question of a recognition. */
export const jobTitle = ({ request: { prompts, recognize } }: Pick<Job, 'request'>): string =>
  recognize === undefined ? prompts.join(', ') : pageStrings.recognition;
