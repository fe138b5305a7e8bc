import { type EditedResult, type Job, sourceDestination } from '#contract/job.js';
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
 * request, unless they wait for acceptance, and a message to each webhook whose filter matches.
 */
export async function sendOut(
  sql: SqlExecutor,
  job: Job,
  { deliveries, webhookMessages }: { readonly deliveries: Outbox; readonly webhookMessages: Outbox },
): Promise<void> {
  if (job.state === 'completed' && job.result !== undefined && job.request.holdUntilAccepted !== true)
    await send(sql, job, job.result, deliveries);
  // Locked, so that no webhook is removed before its message exists.
  const { rows } = await sql.executeSql('SELECT name, filter FROM promptseg.webhooks ORDER BY name FOR KEY SHARE');
  for (const { name, filter } of rows)
    if (asksFor(filter as WebhookFilter, job)) await webhookMessages.enqueue(sql, job.id, String(name));
}

/**
 * Creates the deliveries of a job that held its results back until now, or opens them again for an edit, in the
 * transaction that accepts them. The newest edit is sent, or the job's own result if there is none.
 * @returns the names of the destinations that have something to get; none if all of it was released before
 */
export async function releaseHeld(sql: SqlExecutor, job: Job, deliveries: Outbox): Promise<readonly string[]> {
  if (job.request.holdUntilAccepted !== true || job.result === undefined) return [];
  const edited = job.editedResults?.findLast(({ deletedAt }) => deletedAt === undefined);
  return send(sql, job, edited ?? job.result, deliveries);
}

/**
 * Opens the deliveries of a job again for an edited result, in the transaction that records it. If the request holds
 * its results back, the edit waits for acceptance.
 */
export async function sendEdited(
  sql: SqlExecutor,
  job: Job,
  edited: Pick<EditedResult, 'sopInstanceUID'>,
  deliveries: Outbox,
): Promise<void> {
  if (job.request.holdUntilAccepted !== true) await send(sql, job, edited, deliveries);
}

async function send(
  sql: SqlExecutor,
  job: Job,
  { sopInstanceUID }: Pick<EditedResult, 'sopInstanceUID'>,
  deliveries: Outbox,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of destinationsOf(job))
    if (await deliveries.enqueue(sql, job.id, name, sopInstanceUID)) names.push(name);
  return names;
}

/** Destinations besides the archive of the images. */
const destinationsOf = ({ request }: Job): readonly string[] =>
  [...new Set(request.destinations)].filter((name) => name !== sourceDestination);

function asksFor({ states, rules }: WebhookFilter, { state, rule }: Job): boolean {
  const isOfState = states?.some((each) => each === state) ?? true;
  const isOfRule = rules === undefined || (rule !== undefined && rules.includes(rule.name));
  return isOfState && isOfRule;
}
