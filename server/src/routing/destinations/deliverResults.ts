import type { Jobs } from '../../jobs/openJobs.js';
import type { OutboxTiming } from '../../jobs/outbox/workOutbox.js';
import { workWhenJobsEnd } from '../../jobs/outbox/workWhenJobsEnd.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Destination, objectsOf, resultToSend } from './destination.js';

/**
 * Sends the results of completed jobs, present and future, to their destinations. Several servers may do so at the same
 * time.
 * @param archive the source
 * @returns a function that stops it
 */
export function deliverResults({
  jobs: { store, events, deliveries },
  archive,
  destinations,
  timing,
}: {
  readonly jobs: Pick<Jobs, 'store' | 'events' | 'deliveries'>;
  readonly archive: Archive;
  readonly destinations: readonly Destination[];
  readonly timing?: OutboxTiming;
}): () => Promise<void> {
  const byName = new Map(destinations.map((destination) => [destination.name, destination]));
  return workWhenJobsEnd(events, {
    outbox: deliveries,
    targets: [...byName.keys()],
    async perform({ jobId, target, content }, signal) {
      const result = resultToSend(await store.get(jobId), target, content);
      if (result === undefined) return null;
      await byName.get(target)?.deliver(objectsOf(result), archive, signal);
      return result.stored.sopInstanceUID;
    },
    unknownTarget: new PromptsegError(
      'destination-unknown',
      'The results were to go to a destination that the settings no longer name.',
      { details: { known: [...byName.keys()] } },
    ),
    ...(timing && { timing }),
  });
}
