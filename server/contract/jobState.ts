/** The stages of a job, in order. */
export const stages = ['retrieving', 'preparing', 'segmenting', 'encoding', 'storing', 'verifying'] as const;
export type Stage = (typeof stages)[number];

export const endStates = ['completed', 'failed', 'cancelled'] as const;
export type EndState = (typeof endStates)[number];

export const jobStates = ['queued', ...stages, ...endStates] as const;
export type JobState = (typeof jobStates)[number];

/** In the order in which workers take them from the queue. */
export const priorities = ['interactive', 'routed', 'backfill'] as const;
export type Priority = (typeof priorities)[number];

/**
 * What people made of a stored result. `draft`: not everything found was judged. `accepted`: everything found was.
 * `edited`: an edited result is stored. `rejected`: at least one finding was. The latest of these acts counts.
 */
export const reviewStates = ['draft', 'accepted', 'edited', 'rejected'] as const;
export type ReviewState = (typeof reviewStates)[number];

export const hasEnded = ({ state }: { readonly state: JobState }): boolean =>
  (endStates as readonly string[]).includes(state);

/**
 * Whether a job left the queue between two views of it: then the second is newer, whatever their numbers are. A job in
 * the queue has the last number drawn for any job, and the change that takes it out of the queue may have drawn its own
 * before, and be committed after that view was read.
 */
export const leftQueue = (known: { readonly state: JobState }, job: { readonly state: JobState }): boolean =>
  known.state === 'queued' && job.state !== 'queued';
