import { type Job, sourceDestination } from '#contract/job.js';
import type { EndState } from '#contract/jobState.js';
import type { SqlExecutor } from '../../database/database.js';
import type { Outbox } from './outbox.js';

/** Selects the ended jobs of which a webhook is notified; absent members do not filter. */
export interface WebhookFilter {
  readonly states?: readonly EndState[] | undefined;
  /** Only jobs of these rules. */
  readonly rules?: readonly string[] | undefined;
}

/**
 * Creates the steps after the end of a job, in the transaction that ends it: deliveries to the destinations of the
 * request, and a message to each webhook whose filter matches.
 */
export async function sendOut(
  sql: SqlExecutor,
  job: Job,
  { deliveries, webhookMessages }: { readonly deliveries: Outbox; readonly webhookMessages: Outbox },
): Promise<void> {
  const destinations = job.state === 'completed' && job.result !== undefined ? job.request.destinations : undefined;
  for (const name of new Set(destinations)) if (name !== sourceDestination) await deliveries.enqueue(sql, job.id, name);
  // Locked, so that no webhook is removed before its message exists.
  const { rows } = await sql.executeSql('SELECT name, filter FROM promptseg.webhooks ORDER BY name FOR KEY SHARE');
  for (const { name, filter } of rows)
    if (asksFor(filter as WebhookFilter, job)) await webhookMessages.enqueue(sql, job.id, String(name));
}

function asksFor({ states, rules }: WebhookFilter, { state, rule }: Job): boolean {
  const isOfState = states?.some((each) => each === state) ?? true;
  const isOfRule = rules === undefined || (rule !== undefined && rules.includes(rule.name));
  return isOfState && isOfRule;
}
