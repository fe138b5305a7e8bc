/**
 * Segments the CT series in a folder with the compiled server and prints the findings as JSON.
 * node segmentSeries.mjs MODEL_FOLDER SERIES_FOLDER [TARGET_ID…]
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { measureMask } from '../../server/dist/segmenter/measureMask.js';
import { onSourceSlices } from '../../server/dist/segmenter/onSourceSlices.js';
import { createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/dist/volume/onEvenGrid.js';

const [modelFolder, seriesFolder, ...wanted] = process.argv.slice(2);
const { signal } = new AbortController();

async function* instances() {
  const entries = readdirSync(/** @type {string} */ (seriesFolder), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !isWanted(entry.name, entry.parentPath)) continue;
    const content = new Uint8Array(readFileSync(path.join(entry.parentPath, entry.name)));
    if (Buffer.from(content.subarray(128, 132)).toString() === 'DICM') yield content;
  }
}

/** Of the thigh's folder, only the CT. */
const isWanted = (/** @type {string} */ name, /** @type {string} */ folder) =>
  name.endsWith('.dcm') && !/mr|pet|rtstruct/i.test(path.relative(/** @type {string} */ (seriesFolder), folder));

const volume = await assembleVolume(instances(), { signal });
const model = await loadModelPackage(/** @type {string} */ (modelFolder));
const segmenter = await createSegmenter(model, { executionProvider: 'cpu', threads: 1 });
const targets = model.vocabulary.targets
  .filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  .map(({ id, name, concept }) => ({ id, name, prompt: name, concept }));
const segmented = await segmenter.segment(onEvenGrid(volume), /** @type {any} */ (targets), {
  signal,
  onProgress: () => undefined,
});
const outcomes = onSourceSlices(segmented.outcomes, volume.grid);

const bitCount = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);
/** @param {Uint8Array} a @param {Uint8Array} b */
const shared = (a, b) =>
  a.reduce((count, byte, n) => count + /** @type {number} */ (bitCount[byte & /** @type {number} */ (b[n])]), 0);

console.log(
  JSON.stringify(
    Object.fromEntries(
      outcomes.map((outcome) => {
        if (outcome.status === 'not-found')
          return [outcome.target.id, { status: outcome.status, reason: outcome.reason }];
        const { mask } = outcome;
        const { volumeMl, mean, centroidLps } = measureMask(mask, volume);
        return [
          outcome.target.id,
          {
            status: outcome.status,
            sha256: createHash('sha256').update(mask.bits).digest('hex'),
            volumeMl,
            mean,
            centroidLps,
            shared: Object.fromEntries(
              outcomes.flatMap((other) =>
                other.status === 'found' ? [[other.target.id, shared(mask.bits, other.mask.bits)]] : [],
              ),
            ),
          },
        ];
      }),
    ),
  ),
);
