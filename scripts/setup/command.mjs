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
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, inIdleTime?: boolean }} [options]
 * `onLine` gets each line as it comes; `inIdleTime`: it gets what processor time others leave.
 * @returns {Promise<CommandResult>}
 */
export function run(program, args, { cwd = repository, env = process.env, onLine, inIdleTime = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    if (inIdleTime && child.pid !== undefined) os.setPriority(child.pid, os.constants.priority.PRIORITY_LOW);
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
 * The last lines of a long output, which usually contain the reason of a failure.
 *
 * @param {string} output
 * @param {number} [count]
 */
export const lastLines = (output, count = 15) => output.trimEnd().split('\n').slice(-count).join('\n');
