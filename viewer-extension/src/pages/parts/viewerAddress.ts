import type { Job } from '../../../../server/contract/job.js';

/** The study of a job in the viewer, with the panel open. */
export const viewerAddress = ({ request: { studyInstanceUID } }: Pick<Job, 'request'>): string =>
  `/segment-by-text?${new URLSearchParams({ StudyInstanceUIDs: studyInstanceUID })}`;
