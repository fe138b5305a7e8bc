/**
 * How far clicks correct a mask, beside boxes and a region grower, after `npm run build`:
 * `node test/benchmarks/clicks.mjs TRAIN PYTHON [RUN]`. TRAIN is the folder with `trunk_ct` and `brain_t1_eval`, PYTHON
 * has numpy and SimpleITK, and for RUN, a run of `refine` in models/tools, its Python tools.
 *
 * Each click is the deepest voxel of the largest connected error, each scribble a line through it, each lasso around
 * the error on its slice. Prints the Dice coefficients of every structure after 0 to 10 clicks, scribbles and lassos by
 * `regions`, from the text model's own mask and from nothing; with `lite-medsam`, by boxes of the truth; with
 * SimpleITK's region growers, from the first of these clicks on each side; and with a run of `refine`, from the text
 * model's mask, from nothing and from a box. The means at the end are after 0, 1, 3, 5 and 10 clicks. Writes
 * test/results/clicks.json.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPromptableSegmenter, createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadAnyPackage, loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { takingBoxes, takingClicks } from '../../server/dist/segmenter/promptable.js';
import { understandPrompts } from '../../server/dist/story/understandPrompts.js';
import { diceOfBits, emptyBits, setBit } from '../../server/dist/values/maskBits.js';
import { boxesOfTruth } from './boxesOfTruth.mjs';
import { clickCases } from './clickCases.mjs';
import { growRegions } from './growRegions.mjs';
import { largestError, lassoAround, scribbleOn } from './largestError.mjs';
import { median } from './median.mjs';
import { refineByClicks } from './refineByClicks.mjs';
import { unionOf } from './unionOf.mjs';

/** @typedef {import('./clickCases.mjs').ClickCase} ClickCase */
/** @typedef {import('../../server/dist/segmenter/clickable.js').GridPrompt} GridPrompt */
/** @typedef {import('./largestError.mjs').LargestError} LargestError */
/** @typedef {import('../../server/dist/values/affine.js').Vector3} Vector3 */
/** @typedef {(error: LargestError, size: Vector3) => GridPrompt} PromptOn */

const counts = [0, 1, 3, 5, 10];
const goals = [0.85, 0.9];
const repository = path.resolve(import.meta.dirname, '../..');
const options = { signal: new AbortController().signal, onProgress: () => undefined };
/** @type {Readonly<Record<string, PromptOn>>} */
const waysOfRegions = { regions: (error) => error, scribbles: scribbleOn, lassos: lassoAround };
const cpu = /** @type {const} */ ({ executionProvider: 'cpu', threads: 2 });

const [train, python, run] = process.argv.slice(2);
if (train === undefined || python === undefined) throw new Error('usage: clicks.mjs TRAIN PYTHON [RUN]');
const regions = takingClicks(await openPromptable('regions'));
const medsam = takingBoxes(await openPromptable('lite-medsam'));
const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-clicks-'));
/** @type {{ case: string, structure: string, with: string, from: string, dice: number[], medianMs: number }[]} */
const clicks = [];
const boxes = [];
const grown = [];
try {
  for await (const each of clickCases(train, python, scratch)) {
    const truths = Object.entries(each.structures).map(([structure, values]) => {
      const truth = bitsWhere(each.labels, (label) => values.includes(label));
      const sides = each.sidesApart
        ? values.map((value) => bitsWhere(each.labels, (label) => label === value))
        : [truth];
      return { structure, truth, sides };
    });
    grown.push(...(await grownInCase(each, truths, python)));
    for (const { structure, sides } of truths) {
      boxes.push({ case: each.name, structure, ...(await boxesOfTruth(medsam, each.volume, sides)) });
      console.log(JSON.stringify(boxes.at(-1)));
    }
    const found = await masksByText(each);
    for (const { structure, truth } of truths)
      for (const [from, bits] of /** @type {const} */ ([
        ['text', found.get(structure)],
        ['nothing', emptyBits(each.volume.voxels.length)],
      ])) {
        if (bits === undefined) continue;
        for (const [way, prompt] of Object.entries(waysOfRegions)) {
          clicks.push({ case: each.name, structure, with: way, from, ...(await clicked(each, bits, truth, prompt)) });
          console.log(JSON.stringify(clicks.at(-1)));
        }
      }
    if (run === undefined) continue;
    const asked = truths.map(({ structure, sides }) => ({ sides, text: found.get(structure) }));
    for (const { structure: n, ...row } of await refineByClicks(python, run, scratch, each.volume, asked))
      clicks.push({ case: each.name, structure: truths[n]?.structure ?? '', with: 'refine', ...row });
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
  await medsam.dispose();
}
for (const name of new Set(boxes.map((row) => row.case))) {
  for (const way of [...Object.keys(waysOfRegions), 'refine'])
    for (const from of ['text', 'nothing', 'box']) printClicks(name, way, from);
  const boxed = boxes.filter((row) => row.case === name);
  for (const way of /** @type {const} */ (['eachSlice', 'followed']))
    console.log(name, way, boxed.length, mean(boxed.map((row) => row[way])).toFixed(3));
  const some = grown.filter((row) => row.case === name);
  for (const setting of new Set(some.map((row) => row.setting))) {
    const dice = some.filter((row) => row.setting === setting).map((row) => row.dice);
    console.log(name, setting, dice.length, mean(dice).toFixed(3));
  }
}
await mkdir(path.join(repository, 'test/results'), { recursive: true });
const results = `${JSON.stringify({ clicks, boxes, grown }, undefined, 1)}\n`;
await writeFile(path.join(repository, 'test/results/clicks.json'), results);

/**
 * Means, structures that got worse, and the clicks after which half of the structures had a Dice coefficient.
 * @param {string} name
 * @param {string} way
 * @param {string} from
 */
function printClicks(name, way, from) {
  const some = clicks.filter((row) => row.case === name && row.with === way && row.from === from);
  if (some.length === 0) return;
  const means = counts.map((count) => mean(some.map(({ dice }) => dice[count] ?? 0)).toFixed(3));
  const worse = counts.map((count) => some.filter(({ dice }) => (dice[count] ?? 0) < (dice[0] ?? 0)).length);
  console.log(
    name,
    way,
    from,
    some.length,
    means.join(' '),
    'worse:',
    worse.join(' '),
    median(some.map((r) => r.medianMs)),
  );
  for (const goal of goals) {
    const needed = some.map(({ dice }) => dice.findIndex((value) => value >= goal)).map((n) => (n < 0 ? Infinity : n));
    const never = needed.filter((count) => count === Infinity).length;
    console.log(name, way, from, `to ${goal}: median`, median(needed), `not reached in 10: ${never} of ${some.length}`);
  }
}

/** @param {string} id */
async function openPromptable(id) {
  const loaded = await loadAnyPackage(path.join(repository, 'models', id));
  if (loaded.vocabulary !== undefined) throw new Error(`models/${id} takes no prompts on the image`);
  return createPromptableSegmenter(loaded, cpu);
}

/**
 * @param {ClickCase} each
 * @param {readonly { structure: string, truth: Uint8Array, sides: readonly Uint8Array[] }[]} truths
 * @param {string} python
 */
async function grownInCase({ name, volume }, truths, python) {
  const nothing = emptyBits(volume.voxels.length);
  const seeds = truths.map(({ sides }) =>
    sides.flatMap((side) => {
      const click = largestError(nothing, side, volume.grid);
      return click === undefined ? [] : [click.voxel];
    }),
  );
  const rows = [];
  for (const { setting, masks } of await growRegions(python, scratch, volume, seeds))
    for (const [n, { structure, truth }] of truths.entries())
      rows.push({ case: name, structure, setting, dice: rounded(diceOfBits(truth, masks[n] ?? nothing)) });
  return rows;
}

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
    const all = new Map(asked.flatMap(({ targets }) => targets.map((target) => [target.id, target])));
    const { outcomes } = await segmenter.segment(volume, [...all.values()], options);
    for (const { name, targets, refused } of asked) {
      if (refused.length > 0) continue;
      const its = outcomes.flatMap((outcome) =>
        outcome.status === 'found' && targets.some(({ id }) => id === outcome.target.id) ? [outcome.mask.bits] : [],
      );
      masks.set(name, unionOf([emptyBits(volume.voxels.length), ...its]));
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
 * @param {PromptOn} promptOn
 */
async function clicked({ volume }, start, truth, promptOn) {
  const dice = [diceOfBits(start, truth)];
  /** @type {GridPrompt[]} */
  const earlier = [];
  const times = [];
  let bits = start;
  for (let count = 1; count <= Math.max(...counts); count++) {
    const error = largestError(bits, truth, volume.grid);
    if (error !== undefined) {
      const click = promptOn(error, volume.grid.size);
      const began = performance.now();
      ({
        mask: { bits },
      } = await regions.correctByClicks(volume, { grid: volume.grid, bits }, [click], options, earlier));
      times.push(performance.now() - began);
      earlier.push(click);
    }
    dice.push(diceOfBits(bits, truth));
  }
  return { dice: dice.map(rounded), medianMs: Math.round(median(times)) };
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

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {number} dice */
function rounded(dice) {
  return Number(dice.toFixed(4));
}
