import type { IncomingMessage } from 'node:http';
import { jobSchema } from '#contract/job.js';
import { type RefinementRequest, refinementRequestSchema } from '#contract/refinements.js';
import { clientOf } from '../../http/clientOf.js';
import { identityOf, principalOf, requireStudy } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { PromptsegError } from '../../platform/errors.js';
import type { JobService } from '../jobService.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';

/** `/refinements`: boxes and clicks on the images. The result is an ordinary job below `/segmentations`. */
export function refinementRoutes(
  service: Pick<JobService, 'refine'>,
  { store }: Pick<Jobs, 'store'>,
  estimates: WaitEstimates,
): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/refinements',
      operationId: 'createRefinement',
      summary: 'Segment what is in boxes on the images, or correct a segment of a stored result by boxes or clicks',
      body: refinementRequestSchema,
      responses: {
        202: { description: 'The job, accepted and queued; follow it below /segmentations', schema: jobSchema },
        200: { description: 'The same request is open already: its job', schema: jobSchema },
      },
      async handler({ body, request, response, send }) {
        await requireAccess(request, body, store);
        const { job, created } = await service.refine(body, principalOf(request), clientOf(request));
        response.location(`/api/v1/segmentations/${job.id}`);
        send(created ? 202 : 200, await estimates.of(job));
      },
    }),
  ];
}

/** A job of a study that the sender may not find does not exist for them. */
async function requireAccess(
  request: IncomingMessage,
  body: RefinementRequest,
  store: Pick<Jobs['store'], 'get'>,
): Promise<void> {
  if (!('corrects' in body)) return requireStudy(request, body.studyInstanceUID);
  const { mayFindStudy } = identityOf(request);
  if (mayFindStudy === undefined) return;
  const job = await store.get(body.corrects.job);
  if (!(await mayFindStudy(job.request.studyInstanceUID)))
    throw new PromptsegError('job-not-found', 'There is no job with this id.');
}
