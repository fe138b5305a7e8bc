/**
 * Runs one program for a parent process and never outlives it: when the parent ends, in whatever way, its channel to us
 * closes. `node supervise.mjs PROGRAM ARGS…`, started only by `startOwnedProcess`.
 *
 * The program gets its own process group: Ctrl-C in the terminal reaches only the parent, which stops its programs in
 * order, and children of the program are stopped with it.
 */
import { spawn } from 'node:child_process';

const graceMs = 10_000;
const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });

const killGroup = () => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All its processes have ended.
  }
};
const stop = () => {
  child.kill('SIGTERM');
  setTimeout(killGroup, graceMs);
};

process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
process.on('disconnect', stop);

child.once('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.once('spawn', () => process.send?.({ pid: child.pid }));
child.once('exit', (code, signal) => {
  killGroup();
  process.exitCode = code ?? (signal === null ? 1 : 128);
  process.exit();
});
