import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startOwnedProcess } from './ownedProcess.mjs';
import { repository } from './paths.mjs';
import { untilReady } from './untilReady.mjs';

/**
 * @typedef {object} ServerOptions
 * @property {string} archive DICOMweb root of the archive.
 * @property {string} viewer Folder of the prebuilt OHIF.
 * @property {string} data Folder of the server's database, log and process id.
 * @property {number} port
 * @property {readonly string[]} [flags] Further flags of `promptseg serve`.
 * @property {Readonly<Record<string, string>>} [settings] Further environment variables.
 *
 * @typedef {import('./ownedProcess.mjs').OwnedProcess & { url: string, logFile: string }} Server
 */

/**
 * Starts the built server on loopback and waits until it listens.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 * @throws {import('./steps.mjs').SetupError}
 */
export async function startServer({ archive, viewer, data, port, flags = [], settings = {} }) {
  mkdirSync(data, { recursive: true });
  // The log and the records are private.
  chmodSync(data, 0o700);
  const logFile = path.join(data, 'server.log');
  const serve = [
    'serve',
    '--archive',
    archive,
    '--viewer',
    viewer,
    '--data',
    data,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ];
  const owned = await startOwnedProcess({
    name: 'The Promptseg server',
    program: process.execPath,
    args: [path.join(repository, 'server/bin/promptseg.mjs'), ...serve, ...flags],
    mark: data,
    pidFile: path.join(data, 'server.pid'),
    logFile,
    env: { ...process.env, ...settings },
  });
  try {
    const url = await untilReady(() => listeningUrl(logFile), {
      name: 'The Promptseg server',
      exited: owned.exited,
      logFile,
    });
    return { ...owned, url, logFile };
  } catch (error) {
    await owned.stop();
    throw error;
  }
}

/**
 * The server reports that it is ready by one line of JSON: `{"event":"listening","url":"http://127.0.0.1:3000"}`.
 *
 * @param {string} logFile
 * @returns {string | undefined}
 */
function listeningUrl(logFile) {
  for (const line of readFileSync(logFile, 'utf8').split('\n')) {
    if (!line.includes('"listening"')) continue;
    try {
      const { event, url } = JSON.parse(line);
      if (event === 'listening' && typeof url === 'string') return url.replace(/\/+$/, '');
    } catch {
      // Another line with the word in it, or an incomplete one.
    }
  }
  return undefined;
}
