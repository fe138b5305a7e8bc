import { readFileSync } from 'node:fs';
import path from 'node:path';
import { lastLines, run } from './command.mjs';
import { repository } from './paths.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Installs the npm packages where they are missing or not those of package-lock.json, and checks that ONNX Runtime loads.
 *
 * @throws {SetupError}
 */
export async function setUpNodeModules() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    throw new SetupError(`Node.js ${process.versions.node} is too old: install Node.js 20 or newer (nodejs.org).`);
  }
  if (!isInstalled()) {
    await step('npm packages (npm ci)', async () => {
      const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
      const { code, output } = await run(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
        env: { ...process.env, npm_config_loglevel: 'error' },
      });
      if (code !== 0) {
        throw new SetupError(
          `npm could not install the packages: check that the npm registry can be reached, then try again.\n${output.trimEnd()}`,
        );
      }
    });
  }
  await checkOnnxRuntime();
}

/**
 * True where what npm wrote down after its last installation (`node_modules/.package-lock.json`) has every package of package-lock.json
 * in the same version. An interrupted installation has no such file.
 */
function isInstalled() {
  const wanted = readLock(path.join(repository, 'package-lock.json'));
  const installed = readLock(path.join(repository, 'node_modules/.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted)
    .filter(([where]) => where.includes('node_modules/'))
    .every(([where, entry]) => {
      const found = installed[where];
      // Packages for other operating systems are left out by npm.
      if (found === undefined) return entry.optional === true || entry.devOptional === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    });
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined} By folder; undefined where there is no readable lock file.
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** ONNX Runtime is the one package with machine code: loaded once in a process of its own, where even a crash is harmless. */
async function checkOnnxRuntime() {
  const { code, output } = await run(
    process.execPath,
    ['--input-type=module', '-e', "await import('onnxruntime-node')"],
    {
      cwd: path.join(repository, 'server'),
    },
  );
  if (code !== 0) {
    throw new SetupError(
      `ONNX Runtime does not run on this machine (${process.platform} ${process.arch}): it needs Linux with glibc 2.28 or newer (not Alpine), ` +
        `macOS or Windows.\n${lastLines(output, 5)}`,
    );
  }
}
