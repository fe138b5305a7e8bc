/**
 * Segments the CT series in a folder with the compiled server and prints the findings as JSON.
 * node segmentSeries.mjs MODEL_FOLDER SERIES_FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { measureMask } from '../../server/dist/segmenter/measureMask.js';
import { onSourceSlices } from '../../server/dist/segmenter/onSourceSlices.js';
import { createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { countCommonBits } from '../../server/dist/values/maskBits.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/dist/volume/onEvenGrid.js';

const [modelFolder, seriesFolder] = process.argv.slice(2);
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
const targets = model.vocabulary.targets.map(({ id, name, concept }) => ({ id, name, prompt: name, concept }));
const segmented = await segmenter.segment(onEvenGrid(volume), /** @type {any} */ (targets), {
  signal,
  onProgress: () => undefined,
});
const outcomes = onSourceSlices(segmented.outcomes, volume.grid);

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
            volumeMl,
            mean,
            centroidLps,
            shared: Object.fromEntries(
              outcomes.flatMap((other) =>
                other.status === 'found' ? [[other.target.id, countCommonBits(mask.bits, other.mask.bits)]] : [],
              ),
            ),
          },
        ];
      }),
    ),
  ),
);
