import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { SetupError } from './steps.mjs';

const supervisor = fileURLToPath(new URL('supervise.mjs', import.meta.url));

/**
 * @typedef {object} OwnedProcess A running program that ends with this process, even if this process is killed.
 * @property {number} pid Process id of the program.
 * @property {Promise<number>} exited Resolves with the exit code when the program ends; 128 if a signal ended it.
 * @property {() => Promise<void>} stop Sends SIGTERM, after 10 s SIGKILL, and waits until it is gone.
 * @property {() => Promise<void>} kill Ends it at once (SIGKILL), as a crash would, and waits until it is gone.
 */

/**
 * Starts a program that writes to a log file and keeps `pidFile` while it runs. A program left behind by an earlier,
 * killed run is found through that file and stopped first.
 *
 * @param {object} options
 * @param {string} options.name For messages: "Orthanc".
 * @param {string} options.program
 * @param {readonly string[]} options.args One of them is `options.mark`.
 * @param {string} options.mark An argument that no other process of the machine has, such as the path of its
 * configuration.
 * @param {string} options.pidFile
 * @param {string} options.logFile Overwritten.
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<OwnedProcess>}
 * @throws {SetupError} If a living process of somebody else uses `pidFile`, or the program cannot be started.
 */
export async function startOwnedProcess({ name, program, args, mark, pidFile, logFile, env = process.env }) {
  mkdirSync(path.dirname(pidFile), { recursive: true });
  mkdirSync(path.dirname(logFile), { recursive: true });
  await endLeftOver({ name, mark, pidFile });
  const log = openSync(logFile, 'w');
  const child = fork(supervisor, [program, ...args], {
    execArgv: [],
    env,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => {
    rmSync(pidFile, { force: true });
    return typeof code === 'number' ? code : 128;
  });
  const started = await Promise.race([once(child, 'message').then(([message]) => message), exited]);
  if (typeof started === 'number') throw new SetupError(`${name} could not be started: ${program} (log: ${logFile}).`);
  const pid = /** @type {{ pid: number }} */ (started).pid;
  writeFileSync(pidFile, JSON.stringify({ owner: process.pid, pid }));
  // A forgotten program must not keep this process alive; it ends with it.
  child.unref();
  child.channel?.unref();
  const stop = async () => {
    child.ref();
    child.kill('SIGTERM');
    await exited;
  };
  const kill = async () => {
    child.ref();
    if (child.exitCode === null && child.signalCode === null) process.kill(pid, 'SIGKILL');
    await exited;
  };
  return { pid, exited, stop, kill };
}

/**
 * Stops the program of an earlier run whose owner is gone.
 *
 * @param {{ name: string, mark: string, pidFile: string }} options
 */
async function endLeftOver({ name, mark, pidFile }) {
  const left = readPidFile(pidFile);
  if (left === undefined || !(await commandLine(left.pid)).includes(mark)) return;
  if (left.owner !== process.pid && (await commandLine(left.owner)) !== '') {
    throw new SetupError(
      `${name} of this folder is in use by process ${left.owner}. Stop that one first, or wait until it ends.`,
    );
  }
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    try {
      process.kill(left.pid, signal);
    } catch {
      return;
    }
    for (let tries = 0; tries < 50; tries++) {
      if ((await commandLine(left.pid)) === '') return;
      await delay(100);
    }
  }
}

/**
 * @param {string} file
 * @returns {{ owner: number, pid: number } | undefined} Undefined if the file is missing or incomplete.
 */
function readPidFile(file) {
  try {
    const { owner, pid } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(owner) && Number.isInteger(pid) ? { owner, pid } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Command line of a living process; empty if there is none.
 *
 * @param {number} pid
 */
async function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    if (process.platform === 'linux') return '';
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim();
  }
}
