import { Gauge, type Registry } from 'prom-client';
import type { Jobs } from '../../jobs/openJobs.js';
import { stepStates } from '../../jobs/outbox/outbox.js';

/** States of deliveries and webhook messages. Labels are names from the settings, and states. */
export function registerOutboxMetrics(
  registry: Registry,
  { deliveries, webhookMessages }: Pick<Jobs, 'deliveries' | 'webhookMessages'>,
): void {
  const outboxes = [
    ['promptseg_deliveries', 'Deliveries of results to destinations, by state.', 'destination', deliveries],
    ['promptseg_webhook_messages', 'Webhook messages, by state.', 'webhook', webhookMessages],
  ] as const;
  for (const [name, help, label, outbox] of outboxes)
    new Gauge({
      name,
      help,
      labelNames: [label, 'state'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const [target, counts] of await outbox.countByTarget())
          for (const state of stepStates) this.set({ [label]: target, state }, counts[state]);
      },
    });
}
