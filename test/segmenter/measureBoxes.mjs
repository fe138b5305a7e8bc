/**
 * Measures a model that takes boxes on a labelled volume with the compiled server, and prints figures as JSON:
 * node measureBoxes.mjs MODEL_FOLDER IMAGE.nii LABELS.nii MODALITY '{"liver": [5], …}'
 *
 * Boxes are those of the truth, with each side moved by −3 to 5 pixels of the network's image, always by the same
 * random numbers. Of every structure: Dice with a box on each of a dozen of its slices, and with one box, on the slice
 * where it is largest, from which the model goes on. Time is that of one slice, by image network and by decoder.
 */

import { createPromptableSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadAnyPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import {
  countBits,
  countCommonBits,
  diceOfBits,
  emptyBits,
  getBit,
  setBit,
} from '../../server/dist/values/maskBits.js';
import { readNifti } from '../../server/dist/volume/readNifti.js';
import { volumeOfNifti } from '../../server/dist/volume/volumeOfNifti.js';
import { median } from '../benchmarks/median.mjs';

const [modelFolder = '', imageFile = '', labelsFile = '', modality = '', named = '{}'] = process.argv.slice(2);
const options = { signal: new AbortController().signal, onProgress: () => undefined };
const model = await loadAnyPackage(modelFolder);
if (model.vocabulary !== undefined) throw new Error('The model takes no boxes.');
const segmenter = await createPromptableSegmenter(model, { executionProvider: 'cpu', threads: 0 });
const volume = volumeOfNifti(await readNifti(imageFile), /** @type {any} */ (modality));
const labels = (await readNifti(labelsFile)).voxels;
const [columns, rows, slices] = volume.grid.size;
const pixel = Math.max(columns, rows) / model.manifest.input.size;

let state = 18;
/** Mulberry32: 0–1. */
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const jitter = () => (Math.floor(random() * 9) - 3) * pixel;

/** @param {Uint8Array} bits @param {number} slice */
function extentOf(bits, slice) {
  let [left, top, right, bottom, area] = [columns, rows, -1, -1, 0];
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      if (!getBit(bits, i + columns * (j + rows * slice))) continue;
      area++;
      [left, top] = [Math.min(left, i), Math.min(top, j)];
      [right, bottom] = [Math.max(right, i), Math.max(bottom, j)];
    }
  return { left, top, right, bottom, area };
}

/**
 * @param {ReturnType<typeof extentOf>} extent @param {number} slice @param {readonly [number, number]} range
 * @returns {import('../../server/dist/segmenter/promptable.js').GridBox}
 */
const boxAround = ({ left, top, right, bottom }, slice, range) => ({
  across: 2,
  plane: slice,
  least: [Math.max(0, left - jitter()), Math.max(0, top - jitter()), range[0]],
  greatest: [Math.min(columns - 1, right + jitter()), Math.min(rows - 1, bottom + jitter()), range[1]],
});

const structures = [];
const [first, known] = [[], []].map(() => /** @type {number[]} */ ([]));
for (const [name, values] of Object.entries(/** @type {Record<string, number[]>} */ (JSON.parse(named)))) {
  const truth = emptyBits(labels.length);
  for (let n = 0; n < labels.length; n++) if (values.includes(Number(labels[n]))) setBit(truth, n);
  const extents = Array.from({ length: slices }, (_, slice) => extentOf(truth, slice));
  const largest = extents.reduce((best, { area }, slice) => (area > extents[best].area ? slice : best), 0);

  const shown = extents.flatMap((extent, slice) => (extent.area >= 10 ? [{ extent, slice }] : []));
  const step = Math.max(1, shown.length / 12);
  const some = Array.from({ length: Math.min(12, shown.length) }, (_, n) => shown[Math.floor((n + 0.5) * step)]);
  const [there, each] = [emptyBits(labels.length), emptyBits(labels.length)];
  for (const { extent, slice } of some) {
    const box = boxAround(extent, slice, [slice, slice]);
    const cold = await segmenter.segmentBoxes(volume, [box], options);
    const warm = await segmenter.segmentBoxes(volume, [box], options);
    if (cold.sessionRunMs > 3 * warm.sessionRunMs) first.push(cold.sessionRunMs - warm.sessionRunMs);
    known.push(warm.sessionRunMs);
    const { bits } = cold.outcomes[0].mask;
    const onSlice = slice * columns * rows;
    for (let n = onSlice; n < onSlice + columns * rows; n++) {
      if (getBit(truth, n)) setBit(there, n);
      if (getBit(bits, n)) setBit(each, n);
    }
  }
  const followed = boxAround(extents[largest], largest, [0, slices - 1]);
  const { outcomes } = await segmenter.segmentBoxes(volume, [followed], options);
  const { mask, planes, ends, quality, leastQuality } = outcomes[0];
  const range = shown.map(({ slice }) => slice);
  structures.push({
    name,
    slices: shown.length,
    eachSlice: diceOfBits(there, each),
    followed: diceOfBits(truth, mask.bits),
    recall: countCommonBits(truth, mask.bits) / countBits(truth),
    largestSlice: largest,
    truthRange: [range[0], range.at(-1)],
    planes,
    ends,
    quality,
    leastQuality,
  });
}
await segmenter.dispose();
console.log(
  JSON.stringify({ structures, encoderMs: first.length > 0 ? median(first) : null, decoderMs: median(known) }),
);
