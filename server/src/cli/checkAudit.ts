import { access } from 'node:fs/promises';
import path from 'node:path';
import { checkReceiver } from '../audit/feed/checkReceiver.js';
import { readReceivers } from '../audit/feed/receiversFile.js';
import type { TrailVerdict } from '../audit/verifyTrail.js';
import type { Config } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi } from './apiClient.js';
import { verifyDirectly } from './audit.js';
import { type Check, failed } from './check.js';

/** Whether the audit trail is intact and its receivers can be reached. */
export async function checkAudit(config: Config): Promise<Check[]> {
  return [await checkTrail(config), ...(await checkReceivers(config))];
}

async function checkTrail(config: Config): Promise<Check> {
  const name = 'Audit trail';
  if (config.databaseUrl === undefined && !(await isThere(path.join(config.dataFolder, 'database', 'PG_VERSION'))))
    return { name, state: 'ok', found: 'empty: no server has run on this data folder' };
  try {
    return inWords(await verify(config));
  } catch (error) {
    return {
      name,
      state: 'warning',
      found: `not checked: ${error instanceof PromptsegError ? error.message : 'it cannot be read'}`,
      fix:
        'Run promptseg audit verify while the server runs. With a log-in it needs a key with the scope audit:read ' +
        'in PROMPTSEG_KEY.',
    };
  }

  function inWords(verdict: TrailVerdict): Check {
    if (verdict.intact) {
      const { rows, last } = verdict;
      return {
        name,
        state: 'ok',
        found: last === undefined ? 'empty' : `${rows} rows, intact up to row ${last.number}`,
      };
    }
    return {
      name,
      state: 'failed',
      found: `not intact from row ${verdict.row} on: ${verdict.detail}`,
      fix:
        'Do not change the database. Compare it with a backup and with what the receivers got ' +
        '(docs/administer/audit.md).',
    };
  }
}

/** Asks the running server if only it may open the database. */
async function verify(config: Config): Promise<TrailVerdict> {
  try {
    return await verifyDirectly([], config);
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code !== 'data-folder-in-use') throw error;
    const host = ['0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host;
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
    return callApi<TrailVerdict>(address, '/audit/verification');
  }
}

/** Connects to each and sends nothing. */
async function checkReceivers({ auditReceiversFile, auditSourceId }: Config): Promise<Check[]> {
  try {
    const receivers = await readReceivers(auditReceiversFile);
    return await Promise.all(
      receivers.map(async (receiver): Promise<Check> => {
        const name = `Audit receiver ${receiver.name}`;
        try {
          await checkReceiver(receiver, auditSourceId);
          return { name, state: 'ok', found: 'it can be reached' };
        } catch (error) {
          return failed(name, error, 'it cannot be reached');
        }
      }),
    );
  } catch (error) {
    return [failed('Audit receivers', error, 'their file cannot be read')];
  }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
