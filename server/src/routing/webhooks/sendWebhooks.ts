import type { Jobs } from '../../jobs/openJobs.js';
import type { OutboxTiming } from '../../jobs/outbox/workOutbox.js';
import { workWhenJobsEnd } from '../../jobs/outbox/workWhenJobsEnd.js';
import { PromptsegError } from '../../platform/errors.js';
import { postWebhook } from './postWebhook.js';
import { registerWebhooks } from './registerWebhooks.js';
import { payloadOf, signedHeaders } from './webhookMessage.js';
import type { Webhook } from './webhooksFile.js';

/**
 * Notifies webhooks of ended jobs, at least once each; several servers may do so at the same time. A webhook is
 * notified of jobs that end after it first appeared in the settings of a running server.
 * @returns a function that stops it
 */
export async function sendWebhooks({
  jobs: { database, store, events, webhookMessages },
  webhooks,
  timing,
}: {
  readonly jobs: Pick<Jobs, 'database' | 'store' | 'events' | 'webhookMessages'>;
  readonly webhooks: readonly Webhook[];
  readonly timing?: OutboxTiming;
}): Promise<() => Promise<void>> {
  await registerWebhooks(database, webhooks);
  const byName = new Map(webhooks.map((webhook) => [webhook.name, webhook]));
  return workWhenJobsEnd(events, {
    outbox: webhookMessages,
    targets: [...byName.keys()],
    async perform({ id, jobId, target }, signal) {
      const webhook = byName.get(target);
      if (webhook === undefined) return;
      const body = JSON.stringify(payloadOf(await store.get(jobId), webhook.prompts));
      await postWebhook(webhook.url, signedHeaders({ id, body, key: webhook.key }, new Date()), body, signal);
    },
    unknownTarget: new PromptsegError('webhook-gone', 'The settings no longer name this webhook.'),
    ...(timing && { timing }),
  });
}
