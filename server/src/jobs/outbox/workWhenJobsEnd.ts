import { hasEnded } from '#contract/jobState.js';
import type { JobEvents } from '../records/jobEvents.js';
import type { Step } from './outbox.js';
import { workOutbox } from './workOutbox.js';

/**
 * Performs the steps of an outbox that is filled when jobs end.
 * @returns a function that stops it
 */
export function workWhenJobsEnd<S extends Step>(
  events: Pick<JobEvents, 'subscribeToAll'>,
  parts: Parameters<typeof workOutbox<S>>[0],
): () => Promise<void> {
  const work = workOutbox(parts);
  const unsubscribe = events.subscribeToAll(({ job }) => {
    if (hasEnded(job)) work.ring();
  });
  return async () => {
    unsubscribe();
    await work.stop();
  };
}
