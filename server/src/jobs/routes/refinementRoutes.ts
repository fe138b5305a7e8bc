import { jobSchema } from '#contract/job.js';
import { refinementRequestSchema } from '#contract/refinements.js';
import { clientOf } from '../../http/clientOf.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { JobService } from '../jobService.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';
import { requireRefinable } from './requireRefinable.js';

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
      summary:
        'Make a segment by boxes, or by clicks, scribbles and lassos on the images, or correct one of a stored result',
      body: refinementRequestSchema,
      responses: {
        202: { description: 'The job, accepted and queued; follow it below /segmentations', schema: jobSchema },
        200: { description: 'The same request is open already: its job', schema: jobSchema },
      },
      async handler({ body, request, response, send }) {
        await requireRefinable(request, body, store);
        const { job, created } = await service.refine(body, principalOf(request), clientOf(request));
        response.location(`/api/v1/segmentations/${job.id}`);
        send(created ? 202 : 200, await estimates.of(job));
      },
    }),
  ];
}
