import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { installDebianPackages } from './debianPackages.mjs';
import { SetupError, step } from './steps.mjs';

/** Debian's folder of each server version; its programs are not on the PATH. */
const versions = '/usr/lib/postgresql';

/**
 * @returns {string | undefined} Folder with `initdb` and `postgres` of the newest version; undefined if there is none.
 */
export function findPostgres() {
  if (!existsSync(versions)) return undefined;
  const newestFirst = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => path.join(versions, version, 'bin')).find((bin) => existsSync(`${bin}/initdb`));
}

/**
 * PostgreSQL for the tests, from the system's packages; no server is started.
 *
 * @throws {SetupError}
 */
export async function setUpPostgres() {
  if (findPostgres() !== undefined) return;
  await step('PostgreSQL', async (note) => {
    const installation = await installDebianPackages(['postgresql'], note);
    if (findPostgres() !== undefined) return;
    const reason = installation.installed ? 'the package lacks it' : installation.reason;
    throw new SetupError(`PostgreSQL is missing and could not be installed: ${reason}. Install postgresql.`);
  });
}
