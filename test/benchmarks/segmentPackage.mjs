/**
 * One image through a model package: node segmentPackage.mjs FOLDER PROVIDER COLUMNS ROWS SLICES STEP THICKNESS RUNS
 * PROMPTS
 *
 * The package needs no self-test, and its weights need not be trained: time and memory depend on the sizes. The image
 * is a CT of COLUMNS × ROWS × SLICES voxels of STEP × STEP × THICKNESS mm without a voxel at or below 0, so that
 * nothing is cropped away. Prints one line of JSON: milliseconds of each run, whole and inside ONNX Runtime, the time
 * to open the package, the peak of memory in bytes, and the notes of the last run.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createGraphRuntime } from '../../server/dist/segmenter/onnxRuntime.js';
import { familyOf } from '../../server/dist/segmenter/packages/families.js';
import { modelManifestSchema } from '../../server/dist/segmenter/packages/modelManifest.js';
import { freeDeviceMemory } from '../../server/dist/segmenter/providers/deviceMemory.js';

/** @typedef {import('../../server/dist/segmenter/segmenter.js').SegmentOptions} SegmentOptions */

const [folder = '', provider = 'cpu', ...numbers] = process.argv.slice(2);
const [columns = 1, rows = 1, slices = 1, step = 1, thickness = 1, runs = 1, prompts = 1] = numbers.map(Number);
const asked = /** @type {import('../../server/contract/executionProvider.js').ExecutionProvider} */ (provider);
const manifest = modelManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')));
const voxels = Int16Array.from({ length: columns * rows * slices }, (_, n) => 1 + ((n * 7919) % 1000));
const volume = {
  grid: {
    size: /** @type {const} */ ([columns, rows, slices]),
    voxelToLps: /** @type {const} */ ([-step, 0, 0, 0, 0, -step, 0, 0, 0, 0, thickness, 0, 0, 0, 0, 1]),
  },
  voxels,
  modality: 'CT',
};
const targets = Object.keys(manifest.targets)
  .slice(0, prompts)
  .map((id) => ({ id, name: id, prompt: id }));

const opening = performance.now();
const deviceBytes = await freeDeviceMemory(asked);
const runtime = createGraphRuntime(folder, asked, { threads: 0, notes: [], deviceBytes });
const segmenter = await familyOf(manifest).open(manifest, folder, runtime);
const openMs = performance.now() - opening;
/** @type {SegmentOptions} */
const options = { signal: new AbortController().signal, onProgress: () => undefined };
const milliseconds = [];
const inside = [];
/** @type {readonly string[]} */
let notes = [];
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  // A copy: an image that was seen before is not computed again.
  const image = /** @type {any} */ ({ ...volume, voxels: voxels.slice() });
  const result = await segmenter.segment(image, /** @type {any} */ (targets), options);
  milliseconds.push(performance.now() - start);
  inside.push(result.sessionRunMs);
  notes = result.notes;
}
const peakBytes = process.resourceUsage().maxRSS * 1024;
const report = { openMs, milliseconds, inside, peakBytes, cardBytes: onCard(), notes };
// Some drivers crash when they are unloaded.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));

/** What this process holds of NVIDIA's card, which ONNX Runtime's arena does not give back before the end. */
function onCard() {
  if (provider === 'cpu') return undefined;
  const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
  const lines = spawnSync('nvidia-smi', query, { encoding: 'utf8' }).stdout ?? '';
  const own = lines.split('\n').find((line) => Number.parseInt(line, 10) === process.pid);
  return own === undefined ? undefined : Number(own.split(',')[1]) * 2 ** 20;
}
