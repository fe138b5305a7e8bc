import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repository } from './paths.mjs';

/**
 * Full path of the program `name`, searched on the PATH and in the folders of system programs, which are not on
 * everybody's PATH.
 *
 * @param {string} name
 * @returns {Promise<string | undefined>}
 */
export async function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter((each) => each !== '')) {
    const candidate = path.join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** @param {string} file */
const isExecutable = (file) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * @typedef {object} CommandResult
 * @property {number | null} code Exit code; null if a signal ended it or it could not be started.
 * @property {string} output Its stdout and stderr, in order of arrival.
 * @property {string} stdout
 */

/**
 * Runs a program to its end and collects its output. It ends with this process.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, inIdleTimeUntil?: Promise<unknown>,
 * }} [options] `onLine` gets each line as it comes; until `inIdleTimeUntil` is settled it gets what processor time
 * others leave, and the usual share after that, where this process may raise a priority.
 * @returns {Promise<CommandResult>}
 */
export function run(program, args, { cwd = repository, env = process.env, onLine, inIdleTimeUntil } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (inIdleTimeUntil !== undefined && child.pid !== undefined) yieldUntil(inIdleTimeUntil, child);
    const endWithUs = () => child.kill();
    process.once('exit', endWithUs);
    let output = '';
    let stdout = '';
    let partial = '';
    const collect = (/** @type {string} */ text) => {
      output += text;
      const lines = (partial + text).split(/\r?\n|\r/);
      partial = lines.pop() ?? '';
      if (onLine !== undefined) for (const line of lines) onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      collect(text);
    });
    child.stderr.setEncoding('utf8').on('data', collect);
    const end = (/** @type {number | null} */ code) => {
      process.removeListener('exit', endWithUs);
      resolve({ code, output, stdout });
    };
    child.once('error', (error) => {
      output += error.message;
      end(null);
    });
    child.once('close', end);
  });
}

/**
 * Only the superuser may raise a priority again; elsewhere it stays low.
 *
 * @param {Promise<unknown>} end
 * @param {import('node:child_process').ChildProcess} child
 */
function yieldUntil(end, child) {
  const { PRIORITY_LOW, PRIORITY_NORMAL } = os.constants.priority;
  const pid = child.pid ?? 0;
  const raise = () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    try {
      os.setPriority(pid, PRIORITY_NORMAL);
    } catch {
      // Not permitted.
    }
  };
  os.setPriority(pid, PRIORITY_LOW);
  end.then(raise, raise);
}

/**
 * The last lines of a long output, which usually contain the reason of a failure.
 *
 * @param {string} output
 * @param {number} [count]
 */
export const lastLines = (output, count = 15) => output.trimEnd().split('\n').slice(-count).join('\n');
