import { readFileSync } from 'node:fs';
import path from 'node:path';
import { lastLines, run } from './command.mjs';
import { repository } from './paths.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Installs the npm packages if they are missing or differ from package-lock.json, and checks that ONNX Runtime loads.
 *
 * @throws {SetupError}
 */
export async function setUpNodeModules() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    throw new SetupError(`Node.js ${process.versions.node} is too old. Install Node.js 20.11 or newer (nodejs.org).`);
  }
  if (!isInstalled()) {
    await step('npm packages (npm ci)', async () => {
      const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
      const { code, output } = await run(npm, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
        env: { ...process.env, npm_config_loglevel: 'error' },
      });
      if (code !== 0) {
        throw new SetupError(
          `npm could not install the packages. Check the connection to the npm registry.\n${output.trimEnd()}`,
        );
      }
    });
  }
  await checkOnnxRuntime();
}

/**
 * True if npm's record of its last installation (`node_modules/.package-lock.json`) has every package of
 * package-lock.json in the same version. An interrupted installation has no such file.
 */
function isInstalled() {
  const wanted = readLock(path.join(repository, 'package-lock.json'));
  const installed = readLock(path.join(repository, 'node_modules/.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted)
    .filter(([where]) => where.includes('node_modules/'))
    .every(([where, entry]) => {
      const found = installed[where];
      // npm leaves out packages for other operating systems.
      if (found === undefined) return entry.optional === true || entry.devOptional === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    });
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined} By folder; undefined without a readable lock file.
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * ONNX Runtime is the only package with native code: it is loaded once in a separate process, where even a crash is
 * harmless.
 */
async function checkOnnxRuntime() {
  const { code, output } = await run(
    process.execPath,
    ['--input-type=module', '-e', "process.env.ORT_DISABLE_TELEMETRY = '1'; await import('onnxruntime-node')"],
    {
      cwd: path.join(repository, 'server'),
    },
  );
  if (code !== 0) {
    throw new SetupError(
      `ONNX Runtime does not run on this machine (${process.platform} ${process.arch}). ` +
        `It needs Linux with glibc 2.28 or newer (not Alpine), macOS or Windows.\n${lastLines(output, 5)}`,
    );
  }
}
