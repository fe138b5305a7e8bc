import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Backfill, BackfillRequest } from '#contract/routing.js';
import { callApi } from './apiClient.js';
import { callsServer, type ServerOptions } from './options.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

/** @param rules the command `rules` */
export function addBackfillCommands(rules: Command): void {
  callsServer(
    rules
      .command('backfill')
      .description('evaluate the rules for the studies of a range of days; these jobs run after all others')
      .requiredOption('--from <day>', 'first Study Date: 2026-01-31')
      .requiredOption('--to <day>', 'last Study Date')
      .option('--rule <name...>', 'only these rules (default: all enabled ones)')
      .option('--wait', 'wait until all studies have been evaluated'),
  ).action(backfillCommand);
  callsServer(rules.command('backfills').description('list the backfills with their progress')).action(
    listBackfillsCommand,
  );
  callsServer(
    rules
      .command('cancel-backfill')
      .description('stop a backfill, and its jobs that have not started')
      .argument('<id>'),
  ).action(cancelBackfillCommand);
}

/** `promptseg rules backfill --from DAY --to DAY [--rule NAME…] [--wait]` */
async function backfillCommand({
  server,
  json,
  from,
  to,
  rule,
  wait,
}: ServerOptions & {
  readonly from: string;
  readonly to: string;
  readonly rule?: string[];
  readonly wait?: boolean;
}): Promise<void> {
  const request: BackfillRequest = { from, to, ...(rule !== undefined && { rules: rule }) };
  let backfill = await callApi<Backfill>(server, '/rules/backfills', { method: 'POST', body: JSON.stringify(request) });
  while (wait && backfill.state === 'running') {
    await sleep(1000);
    backfill = await callApi<Backfill>(server, `/rules/backfills/${backfill.id}`);
  }
  print(json, backfill, () => tableOf([backfill]));
}

/** `promptseg rules backfills` */
async function listBackfillsCommand({ server, json }: ServerOptions): Promise<void> {
  const view = await callApi<{ backfills: Backfill[] }>(server, '/rules/backfills');
  print(json, view, () => (view.backfills.length === 0 ? 'There are no backfills.' : tableOf(view.backfills)));
}

/** `promptseg rules cancel-backfill ID` */
async function cancelBackfillCommand(id: string, { server, json }: ServerOptions): Promise<void> {
  const backfill = await callApi<Backfill>(server, `/rules/backfills/${encodeURIComponent(id)}`, { method: 'DELETE' });
  print(json, backfill, () => tableOf([backfill]));
}

const tableOf = (backfills: readonly Backfill[]): string =>
  formatTable(
    ['backfill', 'days', 'state', 'done', 'studies', 'series', 'jobs made', 'open', 'had a job', 'refused'],
    backfills.map(({ id, from, to, state, fraction, counts, jobs }) => [
      id,
      `${from} to ${to}`,
      state,
      `${Math.floor(100 * fraction)} %`,
      counts.studies,
      counts.series,
      counts.routed,
      jobs.open,
      counts.routedBefore,
      counts.refused,
    ]),
  );
