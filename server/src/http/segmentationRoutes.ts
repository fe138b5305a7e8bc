import { Router } from 'express';
import { z } from 'zod';
import { hasEnded, type Job, segmentationRequestSchema, uidSchema } from '../jobs/job.js';
import type { JobService } from '../jobs/jobService.js';
import type { JobStore } from '../jobs/jobStore.js';
import { parseInput } from './problems.js';
import { openEventStream } from './serverSentEvents.js';

const idSchema = z.uuid();
const listQuerySchema = z.object({
  study: uidSchema.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** `/segmentations`: ask, list, read, follow and cancel jobs. */
export function segmentationRoutes(service: JobService, store: JobStore): Router {
  const routes = Router();

  routes.post('/', async (request, response) => {
    const { job, created } = await service.submit(parseInput(segmentationRequestSchema, request.body));
    response
      .status(created ? 202 : 200)
      .location(`/api/v1/segmentations/${job.id}`)
      .json(job);
  });

  routes.get('/', async (request, response) => {
    const { study, limit } = parseInput(listQuerySchema, request.query);
    response.json({ segmentations: await store.list({ ...(study && { studyInstanceUID: study }), limit }) });
  });

  routes.get('/:id', async (request, response) => {
    response.json(await store.get(parseInput(idSchema, request.params.id)));
  });

  routes.delete('/:id', async (request, response) => {
    response.status(202).json(await service.cancel(parseInput(idSchema, request.params.id)));
  });

  routes.get('/:id/events', async (request, response) => {
    const id = parseInput(idSchema, request.params.id);
    // The listener stands before the record is read, so that no change falls between the two.
    let told = Number(request.get('Last-Event-ID') ?? -1);
    let waiting: Job[] | undefined = [];
    const tell = (job: Job): void => {
      if (job.lastEventId <= told) return;
      told = job.lastEventId;
      stream.send({ id: job.lastEventId, event: 'job', data: job });
      if (hasEnded(job)) stream.end();
    };
    const unsubscribe = store.subscribe(id, ({ job }) => (waiting ? waiting.push(job) : tell(job)));
    response.once('close', unsubscribe);
    const job = await store.get(id).catch((error) => {
      unsubscribe();
      throw error;
    });
    const stream = openEventStream(response);
    const missed = waiting;
    waiting = undefined;
    tell(job);
    for (const change of missed) tell(change);
    // A client that knows the end already has nothing to wait for.
    if (hasEnded(job)) stream.end();
  });

  return routes;
}
