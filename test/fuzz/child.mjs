/**
 * One process of the fuzzer: it damages files and reads them. Before each mutation it sends a message, from which the
 * parent knows which one ended or stopped the process. Started by run.mjs with a bounded heap; its range of mutations
 * arrives as a message.
 */

import { decodeFrame } from '../../server/dist/dicom/decodeFrame.js';
import { parseInstance } from '../../server/dist/dicom/dicomInstance.js';
import { naturalizeHeader } from '../../server/dist/dicom/naturalizeHeader.js';
import { multipartStream } from '../../server/dist/pacs/multipartStream.js';
import { PromptsegError } from '../../server/dist/platform/errors.js';
import { readSegmentation } from '../../server/dist/results/readSegmentation.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';
import { readSingleImage } from '../../server/dist/volume/readSingleImage.js';
import { readSliceImages } from '../../server/dist/volume/sliceImage.js';
import { damageInstance } from './damageInstance.mjs';
import { damageMultipart } from './damageMultipart.mjs';
import { randomOf } from './random.mjs';
import { collectSeeds } from './seeds.mjs';

process.once('message', async (/** @type {Range} */ range) => {
  const seeds = range.kind === 'instances' ? await collectSeeds(range) : [];
  for (let number = range.from; number < range.to; number++) {
    process.send?.({ started: number });
    const random = randomOf(range.seed, number);
    const result = range.kind === 'instances' ? await fuzzInstance(seeds, random) : await fuzzMultipart(random);
    process.send?.({ finished: number, rss: process.memoryUsage().rss, ...result });
  }
  process.disconnect();
});

/** @typedef {{ kind: 'instances' | 'multipart', seed: number, from: number, to: number, shared: boolean }} Range */

/**
 * All that the server does with an instance.
 *
 * @param {readonly (readonly import('./damageInstance.mjs').Seed[])[]} seeds
 * @param {import('./random.mjs').Random} random
 */
async function fuzzInstance(seeds, random) {
  const { description, bytes } = damageInstance(seeds, random);
  const readings = [
    async () => naturalizeHeader(bytes),
    async () => readSliceImages(parseInstance(bytes)),
    async () => {
      const instance = parseInstance(bytes);
      for (let frame = 0; frame < Math.min(3, instance.numberOfFrames); frame++) await decodeFrame(instance, frame);
    },
    async () => readSegmentation(bytes),
    () => assembleVolume(only(bytes), { signal: new AbortController().signal }),
    () => readSingleImage(only(bytes), { signal: new AbortController().signal }),
  ];
  return { description, outcomes: await Promise.all(readings.map(outcomeOf)) };
}

/** @param {import('./random.mjs').Random} random */
async function fuzzMultipart(random) {
  const { description, boundary, chunks } = damageMultipart(random);
  const read = async () => {
    for await (const part of multipartStream(each(chunks), boundary))
      if (part.length > 1e6) throw new Error('a large part');
  };
  return { description, outcomes: [await outcomeOf(read)] };
}

/**
 * @param {() => Promise<unknown>} read
 * @returns {Promise<{ code: string, defect?: string }>} The error's code, or "read"; `defect` is an error that nobody
 * should meet.
 */
async function outcomeOf(read) {
  try {
    await read();
    return { code: 'read' };
  } catch (error) {
    if (error instanceof PromptsegError && error.code !== 'internal') return { code: error.code };
    return { code: 'defect', defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** @param {Uint8Array} bytes */
async function* only(bytes) {
  yield bytes;
}

/** @param {readonly Uint8Array[]} chunks */
async function* each(chunks) {
  yield* chunks;
}
