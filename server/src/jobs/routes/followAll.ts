import type { Request, Response } from 'express';
import { z } from 'zod';
import type { DraftEvent } from '#contract/drafts.js';
import type { Job } from '#contract/job.js';
import { uidSchema } from '#contract/uid.js';
import { identityOf } from '../../http/principalOf.js';
import { type EventStream, lastEventIdOf, openEventStream } from '../../http/serverSentEvents.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';

export const followQuerySchema = z.object({
  study: uidSchema.optional().describe('Study Instance UID: only jobs of this study'),
});

type Event = Parameters<EventStream['send']>[0];

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
 * server: if it differs from the last one, the client knows about the restart. Changes of drafts come on the same
 * stream, because browsers have few connections; those that were missed are not sent again: a draft is read as a whole.
 */
export function followAll(
  { changedSince }: Pick<Jobs['lists'], 'changedSince'>,
  events: Pick<Jobs['events'], 'subscribeToAll'>,
  estimates: WaitEstimates,
  drafts: Pick<Jobs['drafts'], 'subscribeToAll'>,
): (study: string | undefined, request: Request, response: Response) => Promise<void> {
  const startedAt = new Date().toISOString();
  return async (study, request, response) => {
    const last = lastEventIdOf(request);
    // If the archive does not confirm that a study may be seen, nothing of it is sent.
    const { mayFindStudy = async () => true } = identityOf(request);
    const maySee = (of: string): Promise<boolean> => mayFindStudy(of).catch(() => false);
    // The listener is registered before the records are read, so that no change is missed in between.
    let waiting: Job[] | undefined = [];
    let sending: Promise<void> = Promise.resolve();
    let unsent = 0;
    /** @param of Study Instance UID, absent for what concerns all */
    const inTurn = (of: string | undefined, event: () => Promise<Event> | Event): void => {
      if (study !== undefined && of !== undefined && of !== study) return;
      if (++unsent > mostUnsent) stream.end();
      sending = sending.then(async () => {
        unsent--;
        if (response.writableEnded || response.destroyed) return;
        if (of === undefined || (await maySee(of))) await stream.send(await event());
      });
    };
    const sendJob = (job: Job): void =>
      inTurn(job.request.studyInstanceUID, async () => ({
        id: job.lastEventId,
        event: 'job',
        data: await estimates.of(job),
      }));
    response.once(
      'close',
      events.subscribeToAll(({ job }) => (waiting ? waiting.push(job) : sendJob(job))),
    );
    const missed = last === undefined ? [] : await changedSince(last - overlap, mostMissed);
    const stream = openEventStream(response);
    sending = stream.send({ event: 'server', data: { startedAt } });
    // Who hears of the server reads its drafts, so that none that changed before is missed.
    response.once(
      'close',
      drafts.subscribeToAll((changed) => {
        const data: DraftEvent = changed === undefined ? {} : { id: changed.id };
        inTurn(changed?.studyInstanceUID, () => ({ event: 'draft', data }));
      }),
    );
    const meanwhile = waiting;
    waiting = undefined;
    for (const job of [...missed, ...meanwhile]) sendJob(job);
  };
}
