import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/**
 * Runs a program of the tests, with its output on this terminal.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [environment] Added to the environment.
 * @returns {Promise<number>} Its exit code; 1 if a signal ended it.
 */
export async function runVisibly(program, args, environment = {}) {
  const child = spawn(program, args, { cwd: repository, stdio: 'inherit', env: { ...process.env, ...environment } });
  process.once('exit', () => child.kill());
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

/**
 * Collects garbage on one thread, and compiles later. With two busy cores, four files that start servers and write
 * records took 38.7 s of processor time instead of 43.2 (medians of three runs in turn). Node.js 26 does not know the
 * second flag.
 */
const fewerThreads = process.versions.node.startsWith('20.')
  ? ['--single-threaded-gc', '--interrupt-budget=500000']
  : [];

/** @param {readonly string[]} args For Jest. */
export const jestCommand = (args) => [
  ...fewerThreads,
  // Jest needs the flag for native ES modules; Node.js warns at every run that they are experimental.
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  path.join(repository, 'node_modules/jest/bin/jest.js'),
  ...args,
];
