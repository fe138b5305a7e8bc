import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, lastLines, run } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';
import { freePort } from './freePort.mjs';
import { startOwnedProcess } from './ownedProcess.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError, step } from './steps.mjs';
import { untilReady } from './untilReady.mjs';

/** From PyPI (MIT): a small archive in Python, which needs no rights and runs on Linux, macOS and Windows. */
const packages = ['tiny-pacs[http]==0.4.1', 'tiny-pacs-dicomweb==0.1.0'];
const environment = path.join(cacheFolder, 'tiny-pacs-venv');
const runner = fileURLToPath(new URL('run_tiny_pacs.py', import.meta.url));
const isSuitable = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)';

/**
 * Installs tiny-pacs once, in an environment of its own.
 *
 * @returns {Promise<string>} The environment's Python.
 * @throws {SetupError} With a sentence that says what to install.
 */
export async function setUpTinyPacs() {
  const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = path.join(environment, 'packages.txt');
  const wanted = packages.join('\n');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted && existsSync(python)) return python;
  return step('tiny-pacs, a small archive', async (note) => {
    const system = (await suitablePython()) ?? (await installedPython(note));
    await rm(environment, { recursive: true, force: true });
    for (const [program, args] of /** @type {const} */ ([
      [system, ['-m', 'venv', environment]],
      [
        python,
        ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar=off', '--no-compile', ...packages],
      ],
    ])) {
      const { code, output } = await run(program, args, {
        onLine: (line) => note(line.trim().split(' ').slice(0, 2).join(' ')),
      });
      if (code !== 0)
        throw new SetupError(
          `tiny-pacs could not be installed. Check the connection to the Python package index.\n${lastLines(output)}`,
        );
    }
    await writeFile(stamp, wanted);
    note('');
    return python;
  });
}

/** @returns {Promise<string | undefined>} A Python 3.10 or later that can make environments. */
async function suitablePython() {
  for (const name of process.platform === 'win32' ? ['python.exe', 'py.exe'] : ['python3']) {
    const program = await findProgram(name);
    if (program !== undefined && (await run(program, ['-c', isSuitable])).code === 0) return program;
  }
  return undefined;
}

/** @param {(note: string) => void} note */
async function installedPython(note) {
  const installation = await installDebianPackages(['python3-venv'], note);
  const python = await suitablePython();
  if (python !== undefined) return python;
  const reason = installation.installed ? 'the package is older' : installation.reason;
  throw new SetupError(`Python 3.10 or later with venv is missing and could not be installed: ${reason}.`);
}

/**
 * Starts tiny-pacs and waits until it responds. It listens on loopback, and takes a token that is generated at each
 * start, because any page in a browser on this machine can send requests to its port. Its files and its configuration
 * can be read by this user only.
 *
 * @param {string} python
 * @param {{ folder: string }} options `folder` keeps files, index, configuration, log and process id.
 * @returns {Promise<import('./startOrthanc.mjs').StartedArchive>}
 * @throws {SetupError}
 */
export async function startTinyPacs(python, { folder }) {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  const port = await freePort();
  const token = randomBytes(24).toString('base64url');
  const configuration = path.join(folder, 'tiny-pacs.json');
  await writeFile(configuration, JSON.stringify(configurationOf({ folder, port, token }), undefined, 2));
  const logFile = path.join(folder, 'tiny-pacs.log');
  const owned = await startOwnedProcess({
    name: 'tiny-pacs',
    program: python,
    args: [runner, configuration],
    mark: configuration,
    pidFile: path.join(folder, 'tiny-pacs.pid'),
    logFile,
  });
  const url = `http://127.0.0.1:${port}`;
  const dicomWebUrl = `${url}/dicom-web`;
  const headers = { authorization: `Bearer ${token}` };
  try {
    const responds = () =>
      fetch(`${dicomWebUrl}/studies?limit=1`, { headers }).then(
        ({ ok }) => (ok ? true : undefined),
        () => undefined,
      );
    await untilReady(responds, { name: 'tiny-pacs', exited: owned.exited, logFile });
  } catch (error) {
    await owned.stop();
    throw error;
  }
  // It serves whole instances only.
  const settings = { PROMPTSEG_ARCHIVE_TOKEN: token, PROMPTSEG_ARCHIVE_LACKS: 'metadata,frames' };
  return { url, dicomWebUrl, headers, settings, stop: owned.stop, kill: owned.kill };
}

/**
 * Nothing below a warning is logged, because its log would hold patients' names.
 *
 * @param {{ folder: string, port: number, token: string }} options
 */
const configurationOf = ({ folder, port, token }) => ({
  ae: { dump_ds: false },
  log: {
    version: 1,
    disable_existing_loggers: false,
    handlers: { console: { class: 'logging.StreamHandler' } },
    root: { level: 'WARNING', handlers: ['console'] },
  },
  components: {
    Database: { on: true, db_name: path.join(folder, 'index.sqlite'), mode: 'rwc' },
    InMemoryStorage: { on: false },
    FileStorage: { on: true, storage_dir: path.join(folder, 'files') },
    HttpServer: { on: true, port },
    DICOMWeb: { on: true, prefix: '/dicom-web', auth: 'token', tokens: [token], max_part_size: 2 ** 31 },
  },
});
