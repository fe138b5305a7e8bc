import { existsSync } from 'node:fs';
import { findProgram, run } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Sources of an Orthanc: a running one, used unchanged; a program on this machine; or a container.
 *
 * @typedef {{ username: string, password: string }} Credentials
 * @typedef {{ kind: 'running', url: string, credentials: Credentials | undefined }} RunningOrthanc
 * @typedef {{ kind: 'installed', program: string, dicomWebPlugin: string }} InstalledOrthanc
 * @typedef {{ kind: 'container', docker: string }} OrthancContainer
 * @typedef {RunningOrthanc | InstalledOrthanc | OrthancContainer} OrthancSource
 */

const howToInstall =
  'Install Orthanc with its DICOMweb plugin ("sudo apt-get install orthanc orthanc-dicomweb", or see ' +
  'orthanc-server.com), or start Docker, or set ORTHANC_URL to a running one (and ORTHANC_USERNAME and ' +
  'ORTHANC_PASSWORD).';

/**
 * @param {Credentials | undefined} credentials
 * @returns {{ authorization?: string }}
 */
export const headersOf = (credentials) =>
  credentials === undefined
    ? {}
    : { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}` };

/** Plugin folders of distributions and of Orthanc's own packages. */
const pluginFolders = [
  '/usr/share/orthanc/plugins',
  '/usr/local/share/orthanc/plugins',
  '/usr/lib/orthanc',
  '/usr/local/lib/orthanc',
];

/** @returns {Promise<InstalledOrthanc | undefined>} The Orthanc of this machine, if it has its DICOMweb plugin. */
export async function installedOrthanc() {
  const program = await findProgram('Orthanc');
  const dicomWebPlugin = pluginFolders
    .map((folder) => `${folder}/libOrthancDicomWeb.so`)
    .find((file) => existsSync(file));
  return program === undefined || dicomWebPlugin === undefined
    ? undefined
    : { kind: 'installed', program, dicomWebPlugin };
}

/**
 * Finds an Orthanc, or installs one if we have the rights.
 *
 * @param {{ onlyInstalled?: boolean }} [options] `onlyInstalled`: tests fill and empty their own archives, never a
 * user's.
 * @returns {Promise<OrthancSource>}
 * @throws {SetupError} With a sentence that says what to install.
 */
export async function setUpOrthanc({ onlyInstalled = false } = {}) {
  if (process.env.ORTHANC_URL && !onlyInstalled) return runningOrthanc(process.env.ORTHANC_URL.replace(/\/+$/, ''));
  const installed = await installedOrthanc();
  if (installed !== undefined) return installed;

  return step('Orthanc', async (note) => {
    const installation = await installDebianPackages(['orthanc', 'orthanc-dicomweb'], note);
    const nowInstalled = await installedOrthanc();
    if (nowInstalled !== undefined) {
      note('installed; its system service is not started');
      return nowInstalled;
    }
    const docker = onlyInstalled ? undefined : await dockerWithCompose();
    if (docker !== undefined) {
      note('as a Docker container');
      return { kind: 'container', docker };
    }
    const reason = installation.installed ? 'the packages lack the program or the plugin' : installation.reason;
    throw new SetupError(`Orthanc is missing and could not be installed: ${reason}. ${howToInstall}`);
  });
}

/**
 * @param {string} url
 * @returns {Promise<RunningOrthanc>}
 */
async function runningOrthanc(url) {
  const { ORTHANC_USERNAME: username, ORTHANC_PASSWORD: password = '' } = process.env;
  const credentials = username === undefined ? undefined : { username, password };
  const status = await fetch(`${url}/dicom-web/studies?limit=1`, { headers: headersOf(credentials) }).then(
    (response) => response.status,
    () => undefined,
  );
  if (status === 401)
    throw new SetupError(`The Orthanc at ${url} needs credentials. Set ORTHANC_USERNAME and ORTHANC_PASSWORD.`);
  if (status !== 200)
    throw new SetupError(
      `ORTHANC_URL is ${url}, but no Orthanc with DICOMweb responds at ${url}/dicom-web. Start it, or unset ` +
        'ORTHANC_URL.',
    );
  return { kind: 'running', url, credentials };
}

/** @returns {Promise<string | undefined>} The docker program, if its daemon responds and it has compose. */
async function dockerWithCompose() {
  const docker = await findProgram('docker');
  if (docker === undefined) return undefined;
  for (const args of [['info'], ['compose', 'version']]) if ((await run(docker, args)).code !== 0) return undefined;
  return docker;
}
