import type { Request } from 'express';
import { jobPageSchema, jobSchema, segmentationRequestSchema } from '#contract/job.js';
import { clientOf } from '../../http/clientOf.js';
import { findableOf, principalOf, requireStudy } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { lastEventIdHeader } from '../../http/serverSentEvents.js';
import type { JobService } from '../jobService.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';
import { eraseRecord } from '../records/eraseRecord.js';
import type { JobFilter } from '../records/jobFilter.js';
import type { JobPage } from '../records/jobLists.js';
import { followAll, followQuerySchema } from './followAll.js';
import { followOne } from './followOne.js';
import { jobParams } from './jobParams.js';
import { filterOf, listQuerySchema } from './listQuery.js';

/** Most pages skipped in one request because the sender may see none of their jobs. */
const mostPassedOver = 10;

const accepted = {
  202: { description: 'The job, accepted and queued', schema: jobSchema },
  200: { description: 'The same request is open already: its job', schema: jobSchema },
};
const theEvents = { description: 'Events of type "job", each with the whole job as data', type: 'text/event-stream' };

/**
 * `/segmentations`: submit, list, read, follow, cancel and repeat jobs. Every job states when it will probably begin
 * and end.
 */
export function segmentationRoutes(
  service: JobService,
  { database, store, lists, events, drafts }: Pick<Jobs, 'database' | 'store' | 'lists' | 'events' | 'drafts'>,
  estimates: WaitEstimates,
): readonly Route[] {
  /** A page of jobs of studies that the sender may find; pages with other people's jobs only are skipped. */
  async function findableJobs(request: Request, filter: JobFilter): Promise<JobPage> {
    let page = await lists.list(filter);
    for (let passedOver = 0; ; passedOver++) {
      const jobs = await findableOf(request, page.jobs, (job) => job.request.studyInstanceUID);
      const { nextCursor } = page;
      if (jobs.length > 0 || nextCursor === undefined || passedOver === mostPassedOver) return { ...page, jobs };
      page = await lists.list({ ...filter, before: Number(nextCursor) });
    }
  }

  const followEvery = followAll(lists, events, estimates, drafts);
  const follow = followOne(store, events, estimates);
  return [
    route({
      method: 'post',
      path: '/segmentations',
      operationId: 'createSegmentation',
      summary: 'Segment a series from text',
      body: segmentationRequestSchema,
      responses: accepted,
      async handler({ body, request, response, send }) {
        await requireStudy(request, body.studyInstanceUID);
        const { job, created } = await service.submit(body, principalOf(request), clientOf(request));
        response.location(`/api/v1/segmentations/${job.id}`);
        send(created ? 202 : 200, await estimates.of(job));
      },
    }),
    route({
      method: 'get',
      path: '/segmentations',
      operationId: 'listSegmentations',
      summary: 'Jobs, newest first',
      query: listQuerySchema,
      responses: { 200: { description: 'Jobs', schema: jobPageSchema } },
      async handler({ query, request, send }) {
        const { jobs, nextCursor } = await findableJobs(request, filterOf(query));
        send(200, {
          segmentations: await Promise.all(jobs.map(estimates.of)),
          ...(nextCursor !== undefined && { nextCursor }),
        });
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/events',
      operationId: 'followSegmentations',
      summary:
        'Every change of every job as Server-Sent Events; the first is of type "server", with the time when the ' +
        'server started. After `Last-Event-ID`, up to 1000 jobs that changed since are sent first. Events of type ' +
        '"draft" name a correction by clicks that was changed or has ended',
      query: followQuerySchema,
      headers: lastEventIdHeader,
      responses: { 200: theEvents },
      handler: ({ query: { study }, request, response }) => followEvery(study, request, response),
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}',
      operationId: 'getSegmentation',
      summary: 'One job',
      params: jobParams,
      responses: { 200: { description: 'The job', schema: jobSchema } },
      handler: async ({ params: { id }, send }) => send(200, await estimates.of(await store.get(id))),
    }),
    route({
      method: 'delete',
      path: '/segmentations/{id}',
      operationId: 'cancelSegmentation',
      summary: 'Cancel a job that has not started to store its result',
      params: jobParams,
      responses: { 202: { description: 'The job, being cancelled or cancelled', schema: jobSchema } },
      handler: async ({ params: { id }, request, send }) => send(202, await service.cancel(id, principalOf(request))),
    }),
    route({
      method: 'post',
      path: '/segmentations/{id}/rerun',
      operationId: 'rerunSegmentation',
      summary: 'Repeat an ended job as a new one, whose `rerunOf` is its id',
      params: jobParams,
      responses: accepted,
      async handler({ params: { id }, request, response, send }) {
        const { job, created } = await service.rerun(id, principalOf(request), clientOf(request));
        response.location(`/api/v1/segmentations/${job.id}`);
        send(created ? 202 : 200, await estimates.of(job));
      },
    }),
    route({
      method: 'delete',
      path: '/segmentations/{id}/record',
      operationId: 'eraseRecord',
      summary: 'Erase the record of an ended job with its feedback; stored results stay in the archive',
      params: jobParams,
      responses: { 204: { description: 'Erased' } },
      async handler({ params: { id }, request, send }) {
        await eraseRecord(database, id, principalOf(request));
        send(204);
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/events',
      operationId: 'followSegmentation',
      summary: 'Every change of the job as Server-Sent Events; the stream ends with the job',
      params: jobParams,
      headers: lastEventIdHeader,
      responses: { 200: theEvents },
      handler: ({ params: { id }, request, response }) => follow(id, request, response),
    }),
  ];
}
