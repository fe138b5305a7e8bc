import { statSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/** @typedef {readonly string[]} Batch Test files that one process of Jest runs one after the other. */

/** Files that take long (20 to 90 s) and do not look it: they are small, and run what stands beside them. */
const smallAndLong = [
  'test/browser/jobsAndRules.test.ts',
  'test/endToEnd/refinements.test.ts',
  'test/crash/crash.test.ts',
  'test/soak/soak.test.ts',
  'test/routing/routingCrash.test.ts',
  'test/fuzz/hostileFiles.test.ts',
];

/** So many runners may take from one queue. */
const mostRunners = 3;

/**
 * Long and large files first, and small batches last: they take longest on the whole, and what begins last should end
 * soon. Each process costs 3 s of processor time, so no batch has fewer than two files.
 *
 * @param {readonly string[]} files Paths in the repository.
 * @param {number} size Of the first batches.
 * @returns {Batch[]}
 */
export function batchesOf(files, size) {
  const bytes = new Map(files.map((file) => [file, statSync(path.join(repository, file)).size]));
  const long = smallAndLong.filter((file) => bytes.has(file));
  const others = files.filter((file) => !long.includes(file));
  const rest = [...long, ...others.sort((a, b) => (bytes.get(b) ?? 0) - (bytes.get(a) ?? 0))];
  /** @type {Batch[]} */
  const batches = [];
  while (rest.length > 0)
    batches.push(rest.splice(0, Math.max(2, Math.min(size, Math.ceil(rest.length / (2 * mostRunners))))));
  return batches;
}

/**
 * Takes batches from queues until they are empty; two that take from one queue share it.
 *
 * @param {readonly Batch[][]} queues The first one that is not empty is taken from; emptied.
 * @param {(batch: Batch) => Promise<number>} run
 * @returns {Promise<number>} The largest exit code.
 */
export async function runBatches(queues, run) {
  let worst = 0;
  for (;;) {
    const batch = queues.find(({ length }) => length > 0)?.shift();
    if (batch === undefined) return worst;
    worst = Math.max(worst, await run(batch));
  }
}
