import { existsSync } from 'node:fs';
import { findProgram, run } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Where an Orthanc can come from: one that runs already and is used as it is, a program of this machine, or a container.
 *
 * @typedef {{ kind: 'running', url: string }} RunningOrthanc
 * @typedef {{ kind: 'installed', program: string, dicomWebPlugin: string }} InstalledOrthanc
 * @typedef {{ kind: 'container', docker: string }} OrthancContainer
 * @typedef {RunningOrthanc | InstalledOrthanc | OrthancContainer} OrthancSource
 */

const howToInstall =
  'Install Orthanc with its DICOMweb plugin ("sudo apt-get install orthanc orthanc-dicomweb" on Debian or Ubuntu, or see orthanc-server.com), ' +
  'or start Docker, or set ORTHANC_URL to an Orthanc that runs.';

/** Folders that distributions and Orthanc's own packages put plugins in. */
const pluginFolders = [
  '/usr/share/orthanc/plugins',
  '/usr/local/share/orthanc/plugins',
  '/usr/lib/orthanc',
  '/usr/local/lib/orthanc',
];

/** @returns {Promise<InstalledOrthanc | undefined>} The Orthanc of this machine, where it has its DICOMweb plugin. */
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
 * Finds an Orthanc, and installs one where there is none and we may.
 *
 * @param {{ onlyInstalled?: boolean }} [options] `onlyInstalled`: tests fill and empty archives of their own, never somebody's.
 * @returns {Promise<OrthancSource>}
 * @throws {SetupError} One sentence that says what to install.
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
  const answers = await fetch(`${url}/dicom-web/studies?limit=1`).then(
    (response) => response.ok,
    () => false,
  );
  if (!answers) {
    throw new SetupError(
      `ORTHANC_URL is ${url}, but no Orthanc with DICOMweb answers at ${url}/dicom-web: start it, or unset ORTHANC_URL.`,
    );
  }
  return { kind: 'running', url };
}

/** @returns {Promise<string | undefined>} The docker program, where its daemon answers and it has compose. */
async function dockerWithCompose() {
  const docker = await findProgram('docker');
  if (docker === undefined) return undefined;
  for (const args of [['info'], ['compose', 'version']]) if ((await run(docker, args)).code !== 0) return undefined;
  return docker;
}
