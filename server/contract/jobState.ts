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

export const hasEnded = ({ state }: { readonly state: JobState }): boolean =>
  (endStates as readonly string[]).includes(state);
