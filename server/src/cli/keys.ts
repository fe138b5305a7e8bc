import { type Command, Option } from 'commander';
import type { ApiKey, CreatedKey, KeysView } from '#contract/apiKey.js';
import { keyRequestSchema } from '#contract/apiKey.js';
import { type ApiKeys, createApiKeys } from '../access/apiKeys.js';
import { parseInput } from '../http/problems.js';
import { readConfig } from '../platform/config.js';
import { system } from '../values/principal.js';
import { callApi } from './apiClient.js';
import { openConfiguredJobs } from './openConfiguredJobs.js';
import { printsJson } from './options.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

interface Options {
  /** A running server, called with the key in PROMPTSEG_KEY; if absent, the configured database is opened. */
  readonly server?: string;
  readonly json?: boolean;
}

export function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('API keys for programs; without --server, no server may run on PROMPTSEG_DATA');
  const server = new Option('--server <url>', 'use this running server, with the key in PROMPTSEG_KEY');
  printsJson(
    keys
      .command('create')
      .description('create a key and show it once')
      .requiredOption('--name <text>', 'what it is for; shown with its jobs and rules')
      .requiredOption('--scope <scope...>', 'what it may do: jobs:read jobs:write …, see docs/administer/security.md')
      .option('--expires-in-days <number>', 'number of days until it expires', '90')
      .addOption(server),
  ).action(createKeyCommand);
  printsJson(keys.command('list').description('list the keys, without their secrets').addOption(server)).action(
    listKeysCommand,
  );
  printsJson(keys.command('revoke').description('revoke a key').argument('<id>').addOption(server)).action(
    revokeKeyCommand,
  );
}

/** `promptseg keys create`: the key is shown only this once. */
async function createKeyCommand({
  server,
  json,
  name,
  scope,
  expiresInDays,
}: Options & {
  readonly name: string;
  readonly scope: readonly string[];
  readonly expiresInDays: string;
}): Promise<void> {
  const asked = parseInput(keyRequestSchema, { name, scopes: scope, expiresInDays: Number(expiresInDays) });
  const created =
    server === undefined
      ? await withKeys((keys) =>
          keys.create({ ...asked, expiresAt: new Date(Date.now() + asked.expiresInDays * 86_400_000) }, system),
        )
      : await callApi<CreatedKey>(server, '/keys', { method: 'POST', body: JSON.stringify(asked) });
  print(json, created, () =>
    [
      created.secret,
      `Valid until ${created.key.expiresAt}. It is not shown again: store it as you store other secrets.`,
    ].join('\n'),
  );
}

/** `promptseg keys list` */
async function listKeysCommand({ server, json }: Options): Promise<void> {
  const keys =
    server === undefined ? await withKeys((each) => each.list()) : (await callApi<KeysView>(server, '/keys')).keys;
  print(json, { keys }, () =>
    keys.length === 0
      ? 'There are no keys.'
      : formatTable(
          ['id', 'name', 'scopes', 'created by', 'state'],
          keys.map((key) => [key.id, key.name, key.scopes.join(' '), key.createdBy.displayName, stateOf(key)]),
        ),
  );
}

/** `promptseg keys revoke ID` */
async function revokeKeyCommand(id: string, { server, json }: Options): Promise<void> {
  const revoked =
    server === undefined
      ? await withKeys((keys) => keys.revoke(id, system))
      : await callApi<ApiKey>(server, `/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
  print(json, revoked, () => `The key “${revoked.name}” is refused from now on.`);
}

function stateOf({ expiresAt, revokedAt }: ApiKey): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt.slice(0, 10)}`;
  return `${new Date(expiresAt) > new Date() ? 'valid until' : 'expired'} ${expiresAt.slice(0, 10)}`;
}

/**
 * Access to the database needs no key: this is how the first one is created.
 * @throws PromptsegError as `openConfiguredJobs`
 */
async function withKeys<T>(work: (keys: ApiKeys) => Promise<T>): Promise<T> {
  const jobs = await openConfiguredJobs(readConfig({}));
  try {
    return await work(createApiKeys(jobs.database));
  } finally {
    await jobs.close();
  }
}
