/** The child process of `commandLine.ts`: runs commands, and reports their output and exit codes. */
import path from 'node:path';
import { run } from '../../server/dist/cli/main.js';

const program = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');

const written = { stdout: '', stderr: '' };
for (const name of /** @type {const} */ (['stdout', 'stderr']))
  process[name].write = (/** @type {string | Uint8Array} */ chunk) => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };

process.on('message', async (/** @type {readonly string[]} */ words) => {
  process.argv = [process.execPath, program, ...words];
  process.exitCode = undefined;
  Object.assign(written, { stdout: '', stderr: '' });
  await run();
  // A command stops at these signals; its process would have ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  process.send?.({ status: process.exitCode ?? 0, ...written });
});
