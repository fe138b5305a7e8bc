import { statSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/** @typedef {readonly string[]} Batch Test files that one process of Jest runs one after the other. */

/**
 * Large files first: they take longest on the whole, and what begins last should end soon.
 *
 * @param {readonly string[]} files Paths in the repository.
 * @param {number} size
 * @returns {Batch[]}
 */
export function batchesOf(files, size) {
  const bytes = new Map(files.map((file) => [file, statSync(path.join(repository, file)).size]));
  const sorted = [...files].sort((a, b) => (bytes.get(b) ?? 0) - (bytes.get(a) ?? 0));
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, n) => sorted.slice(n * size, (n + 1) * size));
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
