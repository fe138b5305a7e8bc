import { queueViewSchema, workersViewSchema } from '#contract/queue.js';
import { type Route, route } from '../../http/route.js';
import type { Jobs } from '../openJobs.js';
import { findableJobs } from './findableJobs.js';

/** `/queue` and `/workers`: the length of the queue, and who works on it. */
export function queueRoutes({ lists, workers, store }: Pick<Jobs, 'lists' | 'workers' | 'store'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/queue',
      operationId: 'readQueue',
      summary: 'Number of waiting and running jobs, and the longest waiting time',
      responses: { 200: { description: 'The queue', schema: queueViewSchema } },
      handler: async ({ send }) => send(200, await lists.queueLength()),
    }),
    route({
      method: 'get',
      path: '/workers',
      operationId: 'listWorkers',
      summary: 'Registered workers, oldest first',
      responses: { 200: { description: 'Workers', schema: workersViewSchema } },
      async handler({ request, send }) {
        const all = await workers.list();
        const findable = await findableJobs(
          request,
          store,
          all.flatMap(({ jobId }) => jobId ?? []),
        );
        // Which job a worker runs is shown only to those who may see that job.
        const shown = all.map(({ jobId, ...worker }) =>
          jobId !== undefined && findable.has(jobId) ? { ...worker, jobId } : worker,
        );
        send(200, { workers: shown });
      },
    }),
  ];
}
