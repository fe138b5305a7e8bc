import { Gauge, type Registry } from 'prom-client';
import { createFeeds } from '../../audit/feed/feeds.js';
import type { Database } from '../../database/database.js';

/** How far the receivers of the audit trail lag behind. Labels are their names in the settings. */
export function registerAuditMetrics(registry: Registry, database: Database): void {
  const feeds = createFeeds(database);
  new Gauge({
    name: 'promptseg_audit_rows_waiting',
    help: 'Rows of the audit trail not yet sent to a receiver.',
    labelNames: ['receiver'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { target, waiting } of await feeds.list()) this.set({ receiver: target }, waiting);
    },
  });
}
