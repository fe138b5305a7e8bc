import { z } from 'zod';
import { destinationsViewSchema, webhooksViewSchema } from '#contract/destinations.js';
import { destinationNameSchema, jobSchema, sourceDestination } from '#contract/job.js';
import { recordAudit } from '../../database/auditTrail.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { Jobs } from '../../jobs/openJobs.js';
import type { StepState } from '../../jobs/outbox/outbox.js';
import { retried } from '../../jobs/records/auditedJob.js';
import { findableJobs } from '../../jobs/routes/findableJobs.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Destination } from '../destinations/destination.js';
import type { Webhook } from '../webhooks/webhooksFile.js';

const retryParams = z.object({
  id: z.uuid().describe('Id of the job'),
  destination: destinationNameSchema.describe('Name of the destination'),
});

/** Number of a webhook's last messages to show. */
const shown = 20;

const none: Readonly<Record<StepState, number>> = { waiting: 0, delivering: 0, delivered: 0, failed: 0 };

/** `/destinations`, `/webhooks` and `/segmentations/{id}/deliveries/…`: what is sent when jobs end, and its state. */
export function outgoingRoutes({
  jobs: { store, deliveries, webhookMessages },
  destinations,
  webhooks,
}: {
  readonly jobs: Pick<Jobs, 'store' | 'deliveries' | 'webhookMessages'>;
  readonly destinations: readonly Destination[];
  readonly webhooks: readonly Webhook[];
}): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/destinations',
      operationId: 'listDestinations',
      summary: 'Destinations of results, with the number of deliveries by state',
      responses: { 200: { description: 'Destinations', schema: destinationsViewSchema } },
      async handler({ send }) {
        const counts = await deliveries.countByTarget();
        const others = destinations.map(({ name, kind, address }) => ({
          name,
          kind,
          address,
          deliveries: counts.get(name) ?? none,
        }));
        send(200, { destinations: [{ name: sourceDestination, kind: 'source' }, ...others] });
      },
    }),
    route({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      summary: 'Webhooks, with their last messages and failures',
      responses: { 200: { description: 'Webhooks', schema: webhooksViewSchema } },
      async handler({ request, send }) {
        const counts = await webhookMessages.countByTarget();
        const views = webhooks.map(async ({ name, url, filter }) => {
          const latest = await webhookMessages.latest(name, shown);
          const failures = await webhookMessages.latest(name, shown, 'failed');
          const jobIds = [...latest, ...failures].map(({ jobId }) => jobId);
          const findable = await findableJobs(request, store, jobIds);
          return {
            name,
            // The rest of an address may contain a secret.
            origin: new URL(url).origin,
            ...filter,
            messages: counts.get(name) ?? none,
            latest: latest.filter(({ jobId }) => findable.has(jobId)),
            failures: failures.filter(({ jobId }) => findable.has(jobId)),
          };
        });
        send(200, { webhooks: await Promise.all(views) });
      },
    }),
    route({
      method: 'post',
      path: '/segmentations/{id}/deliveries/{destination}/retry',
      operationId: 'retryDelivery',
      summary: 'Retry a delivery that was given up or waits for its next attempt',
      params: retryParams,
      responses: { 202: { description: 'The job', schema: jobSchema } },
      async handler({ params: { id, destination }, request, send }) {
        const job = await store.get(id);
        const before = await deliveries.retry(id, destination, (sql) =>
          recordAudit(sql, retried(job, destination, principalOf(request))),
        );
        if (before === undefined)
          throw new PromptsegError('delivery-not-found', 'The job has no delivery to this destination.');
        if (before === 'delivering' || before === 'delivered')
          throw new PromptsegError('delivery-not-retriable', `The delivery is ${before} already.`);
        send(202, await store.get(id));
      },
    }),
  ];
}
