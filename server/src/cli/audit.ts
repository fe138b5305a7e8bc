import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import type { AuditEvent, Bundle } from 'fhir/r4.js';
import { anchorsSchema } from '../audit/routes/auditQuery.js';
import { type TrailVerdict, verifyRows, verifyTrail } from '../audit/verifyTrail.js';
import type { AuditHead, AuditRow } from '../database/auditTrail.js';
import { lockDataFolder } from '../database/dataFolderLock.js';
import { openDatabase } from '../database/openDatabase.js';
import { parseInput } from '../http/problems.js';
import { type Config, readConfig } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi, requestApi } from './apiClient.js';
import { createClosing } from './closing.js';
import { callsServer, type ServerOptions } from './options.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the audit trail: who did what to which study');
  callsServer(
    audit
      .command('list')
      .description('list the newest events')
      .option('--since <time>', 'recorded at this time or later, such as 2026-01-31T00:00:00Z')
      .option('--until <time>', 'recorded before this time')
      .option('--user <subject>', 'by this user or API key')
      .option('--study <uid>', 'Study Instance UID')
      .option('--kind <kind>', 'of this kind, such as result-stored')
      .option('--limit <number>', 'maximum number (default 100)'),
  ).action(listAuditCommand);
  callsServer(
    audit
      .command('verify')
      .description('check that no row was removed, altered, added or moved')
      .argument('[file]', 'output of `audit export`, instead of a server')
      .option('--anchor <row:hash...>', 'anchors printed by earlier checks')
      .option('--direct', 'read the configured database directly; an embedded one only while no server runs')
      .option('--data <folder>', 'with --direct: data folder of an embedded database'),
  ).action(verifyAuditCommand);
  callsServer(
    audit
      .command('export')
      .description('write every row as stored, one JSON object per line')
      .option('--out <file>', 'output file (default: standard output)'),
  ).action(exportAuditCommand);
}

interface ListOptions extends ServerOptions {
  readonly since?: string;
  readonly until?: string;
  readonly user?: string;
  readonly study?: string;
  readonly kind?: string;
  readonly limit?: string;
}

/** `promptseg audit list`: the newest matching rows; with --json the server's FHIR Bundle. */
async function listAuditCommand({ server, json, ...filter }: ListOptions): Promise<void> {
  const bundle = await callApi<Bundle<AuditEvent>>(server, `/audit?${new URLSearchParams(Object.entries(filter))}`);
  const events = (bundle.entry ?? []).flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
  print(json, bundle, () =>
    formatTable(
      ['row', 'recorded', 'event', 'by', 'study', 'outcome'],
      events.map(({ id, recorded, type, subtype, agent, entity, outcome, outcomeDesc }) => [
        Number(id),
        recorded,
        subtype?.[0]?.display ?? type.display ?? '',
        agent.find(({ requestor }) => requestor)?.who?.identifier?.value ?? 'promptseg',
        entity?.find(({ name }) => name === 'Study')?.what?.identifier?.value?.replace('urn:oid:', '') ?? '',
        outcome === '0' ? 'success' : (outcomeDesc ?? 'failure'),
      ]),
    ),
  );
}

/** `promptseg audit export`: every row as stored, one JSON object per line, for `audit verify FILE`. */
async function exportAuditCommand({ server, out }: ServerOptions & { readonly out?: string }): Promise<void> {
  const { body } = await requestApi(server, '/audit/rows');
  const rows = Readable.fromWeb((body ?? new Blob([]).stream()) as ReadableStream);
  if (out === undefined) await pipeline(rows, process.stdout, { end: false });
  // 0600: the file says who did what.
  else await pipeline(rows, createWriteStream(out, { mode: 0o600 }));
}

/**
 * `promptseg audit verify [FILE]`: verifies the server's trail; with `direct` the database, without trusting a server;
 * or an exported file. Exit code 1 if the trail is not intact.
 */
async function verifyAuditCommand(
  file: string | undefined,
  {
    server,
    json,
    anchor,
    direct,
    data,
  }: ServerOptions & { readonly anchor?: string[]; readonly direct?: boolean; readonly data?: string },
): Promise<void> {
  const anchors = parseInput(anchorsSchema, anchor ?? []);
  const verdict = await verify();
  print(json, verdict, () => inWords(verdict));
  if (!verdict.intact) process.exitCode = 1;

  function verify(): Promise<TrailVerdict> {
    if (file !== undefined) return verifyRows(rowsOfFile(file), anchors);
    if (direct) return verifyDirectly(anchors, readConfig({ data }));
    const query = new URLSearchParams((anchor ?? []).map((each): [string, string] => ['anchor', each]));
    return callApi<TrailVerdict>(server, `/audit/verification?${query}`);
  }
}

function inWords(verdict: TrailVerdict): string {
  if (!verdict.intact) return `Not intact from row ${verdict.row} on: ${verdict.detail}`;
  const { rows, first, last } = verdict;
  if (last === undefined) return 'The audit trail is empty.';
  const range = `${rows} rows, ${first} to ${last.number}`;
  return `Intact: ${range}.\nKeep this anchor elsewhere for the next check: ${last.number}:${last.hash}`;
}

/**
 * Verifies the trail in the database, without trusting a server.
 * @throws PromptsegError `data-folder-in-use`, `database-unreachable`
 */
export async function verifyDirectly(
  anchors: readonly AuditHead[],
  { databaseUrl, dataFolder }: Pick<Config, 'databaseUrl' | 'dataFolder'>,
): Promise<TrailVerdict> {
  const closing = createClosing();
  try {
    if (databaseUrl === undefined) {
      const lock = await lockDataFolder(dataFolder);
      closing.add(() => lock.release());
    }
    const database = await openDatabase(
      databaseUrl === undefined ? { kind: 'embedded', dataFolder } : { kind: 'server', url: databaseUrl },
    );
    closing.add(() => database.close());
    return await verifyTrail(database, anchors);
  } finally {
    await closing.close();
  }
}

/** @throws PromptsegError `options-invalid` if the file cannot be read, or a line is not a row */
async function* rowsOfFile(file: string): AsyncGenerator<AuditRow> {
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text !== '') yield JSON.parse(text) as AuditRow;
    }
  } catch (cause) {
    const what =
      cause instanceof SyntaxError
        ? `Line ${line} of ${file} is not a row of an exported audit trail.`
        : `The file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`;
    throw new PromptsegError('options-invalid', what, { cause });
  }
}
