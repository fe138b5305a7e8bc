import type { Request, Response } from 'express';
import type { Job } from '#contract/job.js';
import { hasEnded, type JobState, leftQueue } from '#contract/jobState.js';
import { lastEventIdOf, openEventStream } from '../../http/serverSentEvents.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';

/**
 * `GET /segmentations/{id}/events`: every change of one job, from now or from after `Last-Event-ID`, until the job
 * ends.
 * @throws PromptsegError `job-not-found`
 */
export function followOne(
  store: Pick<Jobs['store'], 'get'>,
  events: Pick<Jobs['events'], 'subscribe'>,
  estimates: WaitEstimates,
): (id: string, request: Request, response: Response) => Promise<void> {
  return async (id, request, response) => {
    // The listener is registered before the record is read, so that no change is missed in between.
    let sent = lastEventIdOf(request) ?? -1;
    let sentState: JobState | undefined;
    let waiting: Job[] | undefined = [];
    let sending: Promise<void> = Promise.resolve();
    // A client that comes back may have seen the number of a job in the queue, so an end is sent regardless.
    const isNews = (job: Job): boolean => {
      if (job.lastEventId > sent) return true;
      if (sentState === undefined) return hasEnded(job) && job.lastEventId < sent;
      return leftQueue({ state: sentState }, job);
    };
    const send = async (job: Job): Promise<void> => {
      if (!isNews(job)) return;
      sent = job.lastEventId;
      sentState = job.state;
      await stream.send({ id: job.lastEventId, event: 'job', data: await estimates.of(job) });
      if (hasEnded(job)) stream.end();
    };
    const inTurn = (job: Job): void => {
      sending = sending.then(() => send(job));
    };
    const unsubscribe = events.subscribe(id, ({ job }) => (waiting ? waiting.push(job) : inTurn(job)));
    response.once('close', unsubscribe);
    const job = await store.get(id).catch((error) => {
      unsubscribe();
      throw error;
    });
    const stream = openEventStream(response);
    const missed = waiting;
    waiting = undefined;
    for (const change of [job, ...missed]) inTurn(change);
    await sending;
    // The job has ended and the client knows it: nothing is left to wait for.
    if (hasEnded(job)) stream.end();
  };
}
