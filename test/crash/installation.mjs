import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCtBodyPhantom } from '../../dicom-fixtures/dist/ctBodyPhantom.js';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { startOwnedProcess } from '../../scripts/setup/ownedProcess.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';
import { untilReady } from '../../scripts/setup/untilReady.mjs';
import { startTestPostgres } from '../../scripts/test/postgres.mjs';
import { parseInstance } from '../../server/dist/dicom/dicomInstance.js';
import { newDataFolder } from '../../server/dist/jobs/dataFolder.testSupport.js';

/**
 * @typedef {object} Part A program that can be killed and comes back with what it had on disk.
 * @property {string} name
 * @property {() => number | undefined} pid Undefined while it is down, and for PostgreSQL.
 * @property {() => Promise<void>} kill SIGKILL.
 * @property {() => Promise<void>} restart
 *
 * @typedef {object} Installation
 * @property {string} url Of a server, without a slash at the end.
 * @property {string} archiveUrl Orthanc's own REST API.
 * @property {readonly Part[]} parts
 * @property {string | undefined} databaseUrl Of PostgreSQL; only scaled out.
 * @property {{ studyInstanceUID: string, seriesInstanceUID: string }} series A small CT of the torso.
 * @property {() => Promise<Part & { url: string }>} addServer Another server without a worker; only scaled out.
 * @property {() => Promise<void>} stop Ends everything and removes its files.
 *
 * @typedef {'embedded' | 'scaled out'} Shape One `serve`; or a `serve --no-worker` and two workers on a PostgreSQL.
 */

/**
 * The whole product with real programs, ready to be killed part by part.
 *
 * @param {Shape} shape
 * @param {{ settings?: NodeJS.ProcessEnv, followOrthanc?: boolean }} [options] `settings` of servers and workers;
 *   `followOrthanc`: they know that the archive is an Orthanc.
 * @returns {Promise<Installation>}
 */
export async function startInstallation(shape, { settings = {}, followOrthanc = false } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-crash-'));
  /** @type {(() => Promise<unknown>)[]} */
  const closing = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const orthancPort = await freePort();
    const source = await setUpOrthanc({ onlyInstalled: true });
    const archive = await startPart('Orthanc', async () =>
      startOrthanc(source, {
        folder: path.join(folder, 'orthanc'),
        port: orthancPort,
        settings: { AuthenticationEnabled: false },
      }),
    );
    closing.push(archive.kill);
    const archiveUrl = `http://127.0.0.1:${orthancPort}`;
    const { patientID: _, ...series } = await uploadBody(archiveUrl);

    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const common = ['--archive', `${archiveUrl}/dicom-web`];
    const serve = ['serve', ...common, '--port', String(port)];
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...settings, ...(followOrthanc && { PROMPTSEG_ORTHANC_URL: archiveUrl }) };
    /** @type {Part[]} */
    const parts = [archive];
    if (shape === 'embedded') {
      const data = await newDataFolder('promptseg-crash-data-');
      closing.push(() => rm(data, { recursive: true, force: true }));
      parts.push(await startPromptseg('server', [...serve, '--data', data], folder, env));
    } else {
      const postgres = await startTestPostgres();
      closing.push(postgres.stop);
      env.DATABASE_URL = await postgres.createDatabase();
      parts.push({ name: 'PostgreSQL', pid: () => undefined, kill: postgres.kill, restart: postgres.restart });
      parts.push(await startPromptseg('server', [...serve, '--no-worker'], folder, env));
      for (const name of ['worker 1', 'worker 2'])
        parts.push(await startPromptseg(name, ['worker', ...common], folder, env));
    }
    for (const part of parts.slice(1)) closing.push(part.kill);
    const addServer = async () => {
      const otherPort = await freePort();
      const args = ['serve', ...common, '--port', String(otherPort), '--no-worker'];
      const part = await startPromptseg(`server ${otherPort}`, args, folder, env);
      closing.push(part.kill);
      return { ...part, url: `http://127.0.0.1:${otherPort}` };
    };
    return { url, archiveUrl, parts, databaseUrl: env.DATABASE_URL, series, addServer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {string} name
 * @param {() => Promise<{ kill: () => Promise<void>, pid?: number }>} start
 * @returns {Promise<Part>}
 */
async function startPart(name, start) {
  /** @type {{ kill: () => Promise<void>, pid?: number } | undefined} */
  let running = await start();
  return {
    name,
    pid: () => running?.pid,
    async kill() {
      const killed = running;
      running = undefined;
      await killed?.kill();
    },
    async restart() {
      // What it needs may be down too: its supervisor starts it again.
      for (let tries = 1; running === undefined; tries++) {
        try {
          running = await start();
        } catch (error) {
          if (tries === 10) throw error;
        }
      }
    },
  };
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [env]
 */
function startPromptseg(name, args, folder, env = {}) {
  const own = path.join(folder, name.replace(' ', '-'));
  const logFile = `${own}.log`;
  return startPart(name, async () => {
    const owned = await startOwnedProcess({
      name,
      program: process.execPath,
      args: [path.join(repository, 'server/bin/promptseg.mjs'), ...args],
      mark: 'promptseg.mjs',
      pidFile: `${own}.pid`,
      logFile,
      env: { ...process.env, ...env },
    });
    const ready = () => (/"event":"(listening|waiting)"/.test(readFileSync(logFile, 'utf8')) ? true : undefined);
    await untilReady(ready, { name, exited: owned.exited, logFile });
    return owned;
  });
}

/**
 * A small CT of the torso.
 *
 * @param {string} archiveUrl
 * @param {string} [study] names the study and its patient, if there are several
 */
export async function uploadBody(archiveUrl, study) {
  const { instances } = await createCtBodyPhantom({
    size: [64, 64, 48],
    spacing: [6, 6, 8],
    ...(study !== undefined && { study }),
  });
  for (const body of instances) {
    const response = await fetch(`${archiveUrl}/instances`, { method: 'POST', body: new Uint8Array(body) });
    if (!response.ok) throw new Error(`Orthanc refused an instance: status ${response.status}`);
  }
  const header = parseInstance(instances[0] ?? new Uint8Array());
  return {
    patientID: header.string('x00100020') ?? '',
    studyInstanceUID: header.string('x0020000d') ?? '',
    seriesInstanceUID: header.string('x0020000e') ?? '',
  };
}
