/**
 * `npm run fuzz -- [--kind instances|multipart] [--count N] [--seed N] [--from N] [--shared] [--json]`: reads damaged
 * files, or multipart messages, as the server would. A mutation is made of the seed and its number alone: `--from 42
 * --count 1` repeats the 42nd.
 *
 * The reading is done in a process with a heap of 512 MiB. A mutation that takes longer than 10 s, ends that process or
 * throws anything but a PromptsegError is a defect; the run goes on in a new process behind it. Exit code 1 where there
 * was one.
 */
import { fork } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** One damaged file takes milliseconds; only a hang reaches this. */
const limitMs = 300_000;
const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'instances' },
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    shared: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const summary = {
  mutations: 0,
  outcomes: /** @type {Record<string, number>} */ ({}),
  peakMiB: 0,
  defects: /** @type {object[]} */ ([]),
};
const to = Number(values.from) + Number(values.count);
for (let next = Number(values.from); next < to; ) next = await fuzzFrom(next);
if (values.json) console.log(JSON.stringify(summary));
else console.dir(summary, { depth: 5, maxStringLength: 600 });
process.exitCode = summary.defects.length === 0 ? 0 : 1;

/**
 * Runs one child process until it is done or dies.
 *
 * @param {number} from
 * @returns {Promise<number>} The mutation to go on with.
 */
function fuzzFrom(from) {
  return new Promise((resolve) => {
    const child = fork(path.join(import.meta.dirname, 'child.mjs'), {
      execArgv: ['--max-old-space-size=512'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let current = from;
    let isSlow = false;
    let errorOutput = '';
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    child.stderr?.on('data', (chunk) => {
      errorOutput = (errorOutput + chunk).slice(-2000);
    });
    child.on('message', (/** @type {any} */ message) => {
      clearTimeout(timer);
      if (message.started !== undefined) {
        current = message.started;
        timer = setTimeout(() => {
          isSlow = true;
          child.kill('SIGKILL');
        }, limitMs);
        return;
      }
      current = message.finished + 1;
      summary.mutations++;
      summary.peakMiB = Math.max(summary.peakMiB, Math.round(message.rss / 2 ** 20));
      for (const { code, defect } of message.outcomes) {
        summary.outcomes[code] = (summary.outcomes[code] ?? 0) + 1;
        if (defect !== undefined)
          summary.defects.push({ number: message.finished, description: message.description, defect });
      }
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (current >= to) return resolve(to);
      const defect = isSlow
        ? `took longer than ${limitMs / 1000} s`
        : `ended the process (${code ?? signal}): ${errorOutput}`;
      summary.defects.push({ number: current, defect });
      summary.mutations++;
      resolve(current + 1);
    });
    child.send({ kind: values.kind, seed: Number(values.seed), from, to, shared: values.shared });
  });
}
