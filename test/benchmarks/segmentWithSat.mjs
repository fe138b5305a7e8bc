/**
 * One image through the server's segmenter: node segmentWithSat.mjs FOLDER cpu|cuda COLUMNS ROWS SLICES RUNS
 *
 * The image is on the model's own grid and has no voxel at or below 0, so that nothing is resampled or cropped away.
 * Prints one line of JSON: milliseconds of each run, whole and inside ONNX Runtime, and the peak of memory.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { satManifestSchema } from '../../server/dist/segmenter/families/sat/manifest.js';
import { openSat } from '../../server/dist/segmenter/families/sat/sat.js';
import { createGraphRuntime } from '../../server/dist/segmenter/onnxRuntime.js';

const [folder, provider, columns, rows, slices, runs] =
  /** @type {[string, 'cpu' | 'cuda', string, string, string, string]} */ (process.argv.slice(2));
const manifest = satManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')));
const size = /** @type {const} */ ([Number(columns), Number(rows), Number(slices)]);
const voxels = Float32Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => 1 + ((n * 7919) % 1000));
const volume = {
  grid: { size, voxelToLps: /** @type {const} */ ([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1]) },
  voxels,
  modality: 'CT',
};
const targets = Object.keys(manifest.targets).map((id) => ({ id, name: id, prompt: id }));
const runtime = await createGraphRuntime(folder, { executionProvider: provider, threads: 0 });
const segmenter = await openSat(manifest, folder, runtime);
const { signal } = new AbortController();
const milliseconds = [];
const inside = [];
for (let run = 0; run < Number(runs); run++) {
  const start = performance.now();
  const options = { signal, onProgress: () => undefined };
  const result = await segmenter.segment(/** @type {any} */ (volume), /** @type {any} */ (targets), options);
  milliseconds.push(performance.now() - start);
  inside.push(result.sessionRunMs);
}
console.log(JSON.stringify({ milliseconds, inside, peakBytes: provider === 'cuda' ? onCard() : peak() }));
await segmenter.dispose();

function peak() {
  return process.resourceUsage().maxRSS * 1024;
}

/** What this process holds of the card, which ONNX Runtime's arena does not give back before the end. */
function onCard() {
  const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
  const lines = spawnSync('nvidia-smi', query, { encoding: 'utf8' }).stdout ?? '';
  const own = lines.split('\n').find((line) => Number.parseInt(line, 10) === process.pid);
  return own === undefined ? undefined : Number(own.split(',')[1]) * 2 ** 20;
}
