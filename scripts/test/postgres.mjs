import { execFileSync } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../setup/freePort.mjs';
import { startOwnedProcess } from '../setup/ownedProcess.mjs';
import { findPostgres } from '../setup/postgres.mjs';
import { untilReady } from '../setup/untilReady.mjs';
import { createDatabaseOn, runOnce } from './postgresServer.mjs';

/**
 * @typedef {object} TestPostgres A real PostgreSQL server on a free port of loopback, run by an unprivileged user, with
 *   its files in a temporary folder.
 * @property {string} url Of its database `postgres`, from which others are made.
 * @property {() => Promise<string>} createDatabase A new, empty database; its postgres:// address.
 * @property {() => Promise<void>} kill Kills the server (SIGKILL), as a crash would; its files stay.
 * @property {() => Promise<void>} restart Starts it again on the same files and port, after `kill`; acknowledged writes
 * are kept.
 * @property {() => Promise<void>} stop Stops it and removes its files.
 */

/** @returns {Promise<TestPostgres>} */
export async function startTestPostgres() {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed; `npm test` installs it.');
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-postgres-'));
  const data = path.join(folder, 'data');
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(folder, idOf('-u'), idOf('-g'));
  const asPostgres = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  /**
   * @param {string} program
   * @param {readonly string[]} args
   * @returns {[string, string[]]}
   */
  const command = (program, args) => {
    const [first = '', ...rest] = [...asPostgres, path.join(bin, program), ...args];
    return [first, rest];
  };
  const cluster = ['-D', data, '-U', 'promptseg', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(...command('initdb', cluster), { stdio: 'pipe' });

  const port = await freePort();
  const url = `postgres://promptseg@127.0.0.1:${port}/postgres`;
  const start = async () => {
    // A killed process loses nothing that it has written to the operating system; only a power failure needs fsync.
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${folder}`,
      'fsync=off',
      'shared_buffers=32MB',
      'max_connections=300',
    ];
    const [program, args] = command('postgres', ['-D', data, ...settings.flatMap((one) => ['-c', one])]);
    const name = 'PostgreSQL';
    const logFile = path.join(folder, 'postgres.log');
    const owned = await startOwnedProcess({
      name,
      program,
      args,
      mark: data,
      pidFile: path.join(folder, 'postgres.json'),
      logFile,
    });
    const responds = () => runOnce(url, 'SELECT 1').catch(() => undefined);
    await untilReady(responds, { name, exited: owned.exited, logFile });
    return owned;
  };
  let server = await start();
  return {
    url,
    createDatabase: () => createDatabaseOn(url),
    kill: () => server.kill(),
    async restart() {
      server = await start();
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param {'-u' | '-g'} flag */
const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres']));
