/**
 * How far clicks correct a mask: `node test/benchmarks/clicks.mjs TRAIN PYTHON`, after `npm run build`. TRAIN is the
 * folder with `trunk_ct` and `brain_t1_eval`, PYTHON has numpy.
 *
 * Each click is the deepest voxel of the largest connected error. Prints the Dice coefficient of every structure after
 * 0, 1, 3, 5 and 10 clicks, from the text model's own mask and from nothing, and writes test/results/clicks.json.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { squaredDistances } from '../../server/dist/evaluation/distanceTransform.js';
import { connectedComponents } from '../../server/dist/segmenter/connectedComponents.js';
import { createPromptableSegmenter, createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadAnyPackage, loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { takingClicks } from '../../server/dist/segmenter/promptable.js';
import { understandPrompts } from '../../server/dist/story/understandPrompts.js';
import { spacing } from '../../server/dist/values/grid.js';
import { diceOfBits, getBit, setBit } from '../../server/dist/values/maskBits.js';
import { clickCases } from './clickCases.mjs';
import { median } from './median.mjs';

/** @typedef {import('./clickCases.mjs').ClickCase} ClickCase */
/** @typedef {import('../../server/dist/segmenter/clickable.js').GridClick} GridClick */

const counts = [0, 1, 3, 5, 10];
const repository = path.resolve(import.meta.dirname, '../..');
const options = { signal: new AbortController().signal, onProgress: () => undefined };
const cpu = /** @type {const} */ ({ executionProvider: 'cpu', threads: 2 });

const [train, python] = process.argv.slice(2);
if (train === undefined || python === undefined) throw new Error('usage: clicks.mjs TRAIN PYTHON');
const loaded = await loadAnyPackage(path.join(repository, 'models/regions'));
if (loaded.vocabulary !== undefined) throw new Error('models/regions takes no clicks');
const regions = takingClicks(await createPromptableSegmenter(loaded, cpu));
const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-clicks-'));
const rows = [];
try {
  for await (const each of clickCases(train, python, scratch)) {
    const found = await masksByText(each);
    for (const [structure, values] of Object.entries(each.structures)) {
      const truth = bitsWhere(each.labels, (label) => values.includes(label));
      const text = found.get(structure);
      for (const [from, bits] of /** @type {const} */ ([
        ['text', text],
        ['nothing', new Uint8Array(truth.length)],
      ])) {
        if (bits === undefined) continue;
        rows.push({ case: each.name, structure, from, ...(await clicked(each, bits, truth)) });
        console.log(JSON.stringify(rows.at(-1)));
      }
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
for (const name of new Set(rows.map((row) => row.case)))
  for (const from of ['text', 'nothing']) {
    const some = rows.filter((row) => row.case === name && row.from === from);
    const mean = counts.map((_, n) => some.reduce((sum, { dice }) => sum + (dice[n] ?? 0), 0) / some.length);
    const worse = counts.map((_, n) => some.filter(({ dice }) => (dice[n] ?? 0) < (dice[0] ?? 0)).length);
    const ms = median(some.map(({ medianMs }) => medianMs));
    console.log(name, from, some.length, mean.map((each) => each.toFixed(3)).join(' '), 'worse:', worse.join(' '), ms);
  }
await mkdir(path.join(repository, 'test/results'), { recursive: true });
await writeFile(path.join(repository, 'test/results/clicks.json'), `${JSON.stringify(rows, undefined, 1)}\n`);

/**
 * The text model's masks, both sides of a structure together.
 * @param {ClickCase} each
 */
async function masksByText({ model: id, volume, structures }) {
  const model = await loadModelPackage(path.join(repository, 'models', id));
  const segmenter = await createSegmenter(model, cpu);
  /** @type {Map<string, Uint8Array>} */
  const masks = new Map();
  try {
    const asked = Object.keys(structures).map((name) => ({
      name,
      ...understandPrompts([name], model.vocabulary),
    }));
    const targets = new Map(asked.flatMap((one) => one.targets.map((target) => [target.id, target])));
    const { outcomes } = await segmenter.segment(volume, [...targets.values()], options);
    for (const { name, targets: its, refused } of asked) {
      if (refused.length > 0) continue;
      const bits = new Uint8Array(Math.ceil(volume.voxels.length / 8));
      for (const outcome of outcomes)
        if (outcome.status === 'found' && its.some(({ id: own }) => own === outcome.target.id))
          outcome.mask.bits.forEach((byte, n) => {
            bits[n] = (bits[n] ?? 0) | byte;
          });
      masks.set(name, bits);
    }
  } finally {
    await segmenter.dispose();
  }
  return masks;
}

/**
 * @param {ClickCase} each
 * @param {Uint8Array} start
 * @param {Uint8Array} truth
 */
async function clicked({ volume }, start, truth) {
  const dice = [diceOfBits(start, truth)];
  /** @type {GridClick[]} */
  const clicks = [];
  const times = [];
  let bits = start;
  for (let count = 1; count <= Math.max(...counts); count++) {
    const click = centreOfLargestError(bits, truth, volume.grid);
    if (click !== undefined) {
      const began = performance.now();
      ({
        mask: { bits },
      } = await regions.correctByClicks(volume, { grid: volume.grid, bits }, [click], options, clicks));
      times.push(performance.now() - began);
      clicks.push(click);
    }
    if (counts.includes(count)) dice.push(diceOfBits(bits, truth));
  }
  return { dice: dice.map((value) => Number(value.toFixed(4))), medianMs: Math.round(median(times)) };
}

/**
 * @param {Uint8Array} bits
 * @param {Uint8Array} truth
 * @param {import('../../server/dist/values/grid.js').Grid} grid
 * @returns {GridClick | undefined} nothing where the masks are the same
 */
function centreOfLargestError(bits, truth, grid) {
  const wrong = bits.map((byte, n) => byte ^ (truth[n] ?? 0));
  const box = boxOf(wrong, grid.size);
  if (box === undefined) return undefined;
  const { first, size } = box;
  /** @param {number} n */
  const voxelAt = (n) =>
    /** @type {const} */ ([
      first[0] + (n % size[0]),
      first[1] + (Math.floor(n / size[0]) % size[1]),
      first[2] + Math.floor(n / (size[0] * size[1])),
    ]);
  /** @param {readonly [number, number, number]} voxel */
  const indexOf = ([i, j, k]) => i + grid.size[0] * (j + grid.size[1] * k);
  let largest = { voxels: 0, outside: new Uint8Array(), part: false };
  for (const part of [true, false]) {
    const errors = new Uint8Array(size[0] * size[1] * size[2]);
    for (let n = 0; n < errors.length; n++) {
      const voxel = indexOf(voxelAt(n));
      if (getBit(wrong, voxel) && getBit(truth, voxel) === part) errors[n] = 1;
    }
    const { labels, cellCounts } = connectedComponents(errors, size, 'faces');
    const voxels = Math.max(0, ...cellCounts);
    const label = cellCounts.indexOf(voxels);
    if (voxels > largest.voxels)
      largest = { voxels, part, outside: Uint8Array.from(labels, (l) => Number(l !== label)) };
  }
  const depths = squaredDistances(largest.outside, size, spacing(grid));
  let deepest = -1;
  for (let n = 0; n < depths.length; n++)
    if (largest.outside[n] === 0 && (deepest < 0 || (depths[n] ?? 0) > (depths[deepest] ?? 0))) deepest = n;
  return { voxel: voxelAt(deepest), part: largest.part };
}

/**
 * The box around the set bits, a voxel larger where the volume allows.
 * @param {Uint8Array} bits
 * @param {readonly [number, number, number]} size
 */
function boxOf(bits, [columns, rows, slices]) {
  const least = [columns, rows, slices];
  const greatest = [-1, -1, -1];
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        if (!getBit(bits, n)) continue;
        for (const [axis, at] of [i, j, k].entries()) {
          least[axis] = Math.min(least[axis] ?? at, at);
          greatest[axis] = Math.max(greatest[axis] ?? at, at);
        }
      }
  if ((greatest[0] ?? -1) < 0) return undefined;
  const ends = [columns, rows, slices];
  const first = least.map((at) => Math.max(0, at - 1));
  const size = greatest.map((at, axis) => Math.min((ends[axis] ?? 1) - 1, at + 1) - (first[axis] ?? 0) + 1);
  return {
    first: /** @type {readonly [number, number, number]} */ (/** @type {unknown} */ (first)),
    size: /** @type {readonly [number, number, number]} */ (/** @type {unknown} */ (size)),
  };
}

/**
 * @param {ArrayLike<number>} labels
 * @param {(label: number) => boolean} isMeant
 */
function bitsWhere(labels, isMeant) {
  const bits = new Uint8Array(Math.ceil(labels.length / 8));
  for (let n = 0; n < labels.length; n++) if (isMeant(labels[n] ?? 0)) setBit(bits, n);
  return bits;
}
