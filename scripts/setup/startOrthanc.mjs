import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.mjs';
import { freePort } from './freePort.mjs';
import { headersOf } from './orthanc.mjs';
import { startOwnedProcess } from './ownedProcess.mjs';
import { SetupError } from './steps.mjs';
import { untilReady } from './untilReady.mjs';

/**
 * @typedef {object} StartedArchive
 * @property {string} url Its address, with Orthanc that of its own REST API, without a trailing slash.
 * @property {string} dicomWebUrl
 * @property {{ authorization?: string }} headers Headers for each request: the credentials.
 * @property {Record<string, string>} settings The credentials as environment of a Promptseg server.
 * @property {() => Promise<void>} stop Stops it if we started it; Orthanc takes 2 s for a clean stop.
 * @property {() => Promise<void>} kill Kills it if we started it: for archives that are no longer needed.
 */

/**
 * Starts an archive from `source` and waits until it responds. Its password is generated at each start: otherwise any
 * page in a browser on this machine could delete its content with one request to its port. Orthanc gets the password
 * from the environment, and it reaches no file or log.
 *
 * @param {import('./orthanc.mjs').OrthancSource} source
 * @param {{ folder: string, port?: number, settings?: Readonly<Record<string, unknown>>, password?: string }} options
 *   `folder` keeps storage, index, configuration, log and process id; `settings` override those of an
 *   installed Orthanc; `password` is for one that is restarted.
 * @returns {Promise<StartedArchive>}
 * @throws {SetupError}
 */
export async function startOrthanc(
  source,
  { folder, port, settings = {}, password = randomBytes(24).toString('base64url') },
) {
  if (source.kind === 'running')
    return orthanc(source.url, source.credentials, { stop: async () => {}, kill: async () => {} });
  return source.kind === 'installed'
    ? startInstalled(source, { folder, port: port ?? (await freePort()), settings, password })
    : startContainer(source, port ?? (await freePort()), password);
}

const username = 'promptseg';

/**
 * @param {string} url
 * @param {import('./orthanc.mjs').Credentials | undefined} credentials
 * @param {Pick<StartedArchive, 'stop' | 'kill'>} ends
 * @returns {StartedArchive}
 */
const orthanc = (url, credentials, { stop, kill }) => ({
  url,
  dicomWebUrl: `${url}/dicom-web`,
  headers: headersOf(credentials),
  settings: credentials
    ? { PROMPTSEG_ARCHIVE_USERNAME: credentials.username, PROMPTSEG_ARCHIVE_PASSWORD: credentials.password }
    : {},
  stop,
  kill,
});

/**
 * @param {import('./orthanc.mjs').InstalledOrthanc} source
 * @param {{ folder: string, port: number, settings: Readonly<Record<string, unknown>>, password: string }} options
 */
async function startInstalled({ program, dicomWebPlugin }, { folder, port, settings, password }) {
  mkdirSync(folder, { recursive: true });
  // Orthanc's files are readable by everybody.
  chmodSync(folder, 0o700);
  const configuration = path.join(folder, 'orthanc.json');
  const logFile = path.join(folder, 'orthanc.log');
  writeFileSync(
    configuration,
    JSON.stringify({ ...configurationOf({ folder, port, dicomWebPlugin }), ...settings }, undefined, 2),
  );
  const owned = await startOwnedProcess({
    name: 'Orthanc',
    program,
    args: [configuration],
    mark: configuration,
    pidFile: path.join(folder, 'orthanc.pid'),
    logFile,
    env: { ...process.env, ORTHANC_PASSWORD: password },
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(() => responds(`${url}/system`), { name: 'Orthanc', exited: owned.exited, logFile });
  } catch (error) {
    await owned.stop();
    throw error;
  }
  return orthanc(url, { username, password }, owned);
}

/**
 * @param {string} url
 * @returns {Promise<true | undefined>}
 */
const responds = (url) =>
  fetch(url).then(
    // If it asks for credentials, it is running.
    ({ ok, status }) => (ok || status === 401 ? true : undefined),
    () => undefined,
  );

/**
 * OHIF and one-request retrieval need the full metadata. The plugins are named one by one, because Debian's GDCM plugin
 * crashes Orthanc on four simultaneous DICOMweb requests.
 *
 * @param {{ folder: string, port: number, dicomWebPlugin: string }} options
 */
const configurationOf = ({ folder, port, dicomWebPlugin }) => ({
  Name: 'Promptseg',
  StorageDirectory: path.join(folder, 'storage'),
  IndexDirectory: path.join(folder, 'storage'),
  HttpPort: port,
  RemoteAccessAllowed: false,
  AuthenticationEnabled: true,
  // Orthanc substitutes environment variables.
  RegisteredUsers: { [username]: `\${ORTHANC_PASSWORD}` },
  DicomServerEnabled: false,
  StableAge: 1,
  Plugins: [dicomWebPlugin],
  DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: true, StudiesMetadata: 'Full', SeriesMetadata: 'Full' },
});

/**
 * @param {import('./orthanc.mjs').OrthancContainer} source
 * @param {number} port
 * @param {string} password
 */
async function startContainer({ docker }, port, password) {
  const compose = ['compose', '--project-name', 'promptseg-demo'];
  const env = { ...process.env, ORTHANC_PORT: String(port), ORTHANC_PASSWORD: password };
  const { code, output } = await run(docker, [...compose, 'up', '--detach', '--wait', 'orthanc'], { env });
  if (code !== 0) throw new SetupError(`The Orthanc container does not start.\n${output}`);
  const stop = async () => {
    await run(docker, [...compose, 'stop', 'orthanc'], { env });
  };
  return orthanc(`http://127.0.0.1:${port}`, { username, password }, { stop, kill: stop });
}
