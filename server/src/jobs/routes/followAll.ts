import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Job } from '#contract/job.js';
import { uidSchema } from '#contract/uid.js';
import { identityOf } from '../../http/principalOf.js';
import { lastEventIdOf, openEventStream } from '../../http/serverSentEvents.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';

export const followQuerySchema = z.object({
  study: uidSchema.optional().describe('Study Instance UID: only jobs of this study'),
});

/** Most missed changes sent to a returning client; one that missed more reads the list. */
const mostMissed = 1000;

/** A client with this many waiting changes is too slow and disconnected; it resumes with `Last-Event-ID`. */
const mostUnsent = 2 * mostMissed;

/**
 * This many numbers before a client's last one are sent again, because two simultaneous changes may be announced in
 * reverse order.
 */
const overlap = 50;

/**
 * `GET /segmentations/events`: every change of every job, from now or from after `Last-Event-ID`, until the client
 * disconnects; with `?study=UID` only jobs of that study. The first event is "server" with the start time of this
 * server: if it differs from the last one, the client knows about the restart.
 */
export function followAll(
  { changedSince }: Pick<Jobs['lists'], 'changedSince'>,
  events: Pick<Jobs['events'], 'subscribeToAll'>,
  estimates: WaitEstimates,
): (study: string | undefined, request: Request, response: Response) => Promise<void> {
  const startedAt = new Date().toISOString();
  return async (study, request, response) => {
    const last = lastEventIdOf(request);
    // If the archive does not confirm that the study may be seen, its jobs are not sent.
    const { mayFindStudy = async () => true } = identityOf(request);
    const maySee = (job: Job): Promise<boolean> => mayFindStudy(job.request.studyInstanceUID).catch(() => false);
    // The listener is registered before the records are read, so that no change is missed in between.
    let waiting: Job[] | undefined = [];
    let sending: Promise<void> = Promise.resolve();
    let unsent = 0;
    const inTurn = (job: Job): void => {
      if (study !== undefined && job.request.studyInstanceUID !== study) return;
      if (++unsent > mostUnsent) stream.end();
      sending = sending.then(async () => {
        unsent--;
        if (response.writableEnded || response.destroyed) return;
        if (await maySee(job)) await stream.send({ id: job.lastEventId, event: 'job', data: await estimates.of(job) });
      });
    };
    const unsubscribe = events.subscribeToAll(({ job }) => (waiting ? waiting.push(job) : inTurn(job)));
    response.once('close', unsubscribe);
    const missed = last === undefined ? [] : await changedSince(last - overlap, mostMissed);
    const stream = openEventStream(response);
    sending = stream.send({ event: 'server', data: { startedAt } });
    const meanwhile = waiting;
    waiting = undefined;
    for (const job of [...missed, ...meanwhile]) inTurn(job);
  };
}
