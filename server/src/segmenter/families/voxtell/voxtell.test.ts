import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Vector3 } from '../../../values/affine.js';
import { type Grid, voxelCount } from '../../../values/grid.js';
import { countBits, getBit } from '../../../values/maskBits.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import { vocabularySchema } from '../../../values/vocabulary.js';
import type { Graph, GraphRuntime } from '../../onnxRuntime.js';
import { modelManifestSchema } from '../../packages/modelManifest.js';
import { packageProblems } from '../../packages/packageProblems.js';
import { concept, quiet, randomGrid, target, volumeOn } from '../../testSupport.js';
import {
  ball,
  ballImage,
  behavesAsPromptedModel,
  found,
  greedyMemory,
  manifestOfQueries,
  zScore,
} from '../testing/promptedModel.js';
import { type VoxtellManifest, voxtellManifestSchema } from './manifest.js';
import { openVoxtell } from './voxtell.js';

const written = {
  ...manifestOfQueries,
  family: 'voxtell',
  id: 'voxtell-test',
  name: 'VoxTell test',
  input: { orientation: 'RAS', intensity: { CT: [zScore], MR: [zScore] } },
  window: [16, 12, 8],
  graph: { file: 'window.onnx', image: 'image', queries: 'queries', output: 'logits', promptsPerRun: 2 },
  texts: ['liver', 'a bright ball', 'nothing'],
  targets: { liver: 'liver', ball: 'a bright ball', nothing: 'nothing' },
  queries: { kind: 'bank', file: 'embeddings.f32', dimension: 1 },
};
/** Queries of one number: a voxel's logit is how far it is above it. */
const bank = [-0.5, 1, 99];
const manifest = voxtellManifestSchema.parse(written);
const greedy = voxtellManifestSchema.parse({ ...written, memory: greedyMemory });

/** Each run as it was asked for: the queries. */
function knownRuntime(run?: Graph['run']) {
  const runs: number[][] = [];
  const aboveQuery: Graph['run'] = async ({ image, queries }) => {
    const [voxels, asked] = [image!.data as Float32Array, queries!.data as Float32Array];
    runs.push([...asked]);
    const data = new Float32Array(voxels.length * asked.length);
    voxels.forEach((voxel, n) => {
      asked.forEach((query, c) => {
        data[n * asked.length + c] = voxel - query;
      });
    });
    return { data, dims: [...image!.dims.slice(2), asked.length] };
  };
  const released: string[] = [];
  const runtime: GraphRuntime = {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    open: async (file) => ({ run: run ?? aboveQuery, release: async () => void released.push(file) }),
  };
  return { runtime, runs, released };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-voxtell-'));
  await writeFile(path.join(folder, 'embeddings.f32'), Float32Array.from(bank));
});
afterAll(() => rm(folder, { recursive: true }));

const open = (run?: Graph['run'], model: VoxtellManifest = manifest, bytes = 1e9) => {
  const known = knownRuntime(run);
  return { ...known, opened: openVoxtell(model, folder, known.runtime, async () => bytes) };
};

describe('VoxTell', () => {
  const image = (size: Vector3 = [40, 30, 14], modality = 'MR') => ballImage(size, modality, -10);
  behavesAsPromptedModel(
    (greedyBytes) => open(undefined, greedyBytes === undefined ? manifest : greedy, greedyBytes),
    image,
    [
      ['liver', -0.5],
      ['ball', 1],
    ],
  );

  it('marks exactly the voxels of the target on the source grid, however oblique the images are', async () => {
    const random = randomNumbers(21);
    const segmenter = await open().opened;
    for (let n = 0; n < 6; n++) {
      const grid = randomGrid(random);
      const { voxels, bits } = ball(grid, -10);
      const volume = { ...volumeOn(grid, voxels), modality: 'CT' };
      const { outcomes } = await segmenter.segment(volume, [target('ball')], quiet());
      expect(found(outcomes[0])).toEqual(bits);
    }
  });

  it('runs prompts in groups, and a mask is the same alone and among others', async () => {
    const { opened, runs } = open();
    const segmenter = await opened;
    const progress: string[] = [];
    const all = await segmenter.segment(image(), ['liver', 'ball', 'nothing'].map(target), {
      ...quiet(),
      onProgress: (done, total) => void progress.push(`${done}/${total}`),
    });
    // The box without the outermost voxels is 38 × 28 × 12: 4 × 4 × 2 windows. Two prompts, then one.
    expect(progress).toHaveLength(64);
    expect(progress.at(-1)).toBe('64/64');
    expect(new Set(runs.map(String))).toEqual(new Set(['-0.5,1', '99']));
    expect(all.outcomes.map(({ status }) => status)).toEqual(['found', 'found', 'not-found']);
    expect(all.notes).toEqual(['a note of the runtime']);
    const alone = await segmenter.segment(image(), [target('ball')], quiet());
    expect(found(alone.outcomes[0])).toEqual(found(all.outcomes[1]));
  });

  it('blends logits, not probabilities', async () => {
    // Of two windows one says a little no, the other a loud yes: where both count the same, logits say yes and
    // probabilities too little.
    let run = 0;
    const { opened } = open(async ({ image: voxels }) => {
      const data = new Float32Array(voxels!.data.length).fill(run++ % 2 === 0 ? -3 : 40);
      return { data, dims: [8, 12, 16, 1] };
    });
    const grid: Grid = { size: [24, 12, 8], voxelToLps: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const ramp = Float32Array.from({ length: voxelCount(grid) }, (_, n) => n + 1);
    const { outcomes } = await (await opened).segment(volumeOn(grid, ramp), [target('ball')], quiet());
    // Windows at 0 and 8, sigma 2 voxels. Logits add up to 0 where exp(((x − 8)² − (x − 16)²) / 8) = 3 / 40, at 10.7;
    // probabilities at 11.9.
    const row = Array.from({ length: 24 }, (_, x) => getBit(found(outcomes[0]), x + 24 * (6 + 12 * 4)));
    expect(row.indexOf(true)).toBe(11);
    expect(row.lastIndexOf(false)).toBe(10);
  });

  it('fills a small image up on both sides, the odd voxel at the end', async () => {
    const seen: boolean[] = [];
    const { opened } = open(async ({ image: voxels }) => {
      const tensor = voxels!.data as Float32Array;
      const at = (x: number, y: number, z: number) => tensor[x + 16 * (y + 12 * z)] !== 0;
      seen.push(
        at(5, 3, 2),
        at(9, 7, 5),
        at(4, 3, 2),
        at(5, 2, 2),
        at(5, 3, 1),
        at(10, 7, 5),
        at(9, 8, 5),
        at(9, 7, 6),
      );
      return { data: new Float32Array(tensor.length).fill(1), dims: [8, 12, 16, 1] };
    });
    const ramp = { ...image([5, 5, 4]), voxels: Float32Array.from({ length: 100 }, (_, n) => n + 1) };
    const { outcomes } = await (await opened).segment(ramp, [target('liver')], quiet());
    expect(seen).toEqual([true, true, false, false, false, false, false, false]);
    expect(countBits(found(outcomes[0]))).toBe(100);
  });

  it('finds nothing in an image of zeros, and runs nothing for it', async () => {
    const { opened, runs } = open();
    const zeros = { ...image(), voxels: new Float32Array(40 * 30 * 14) };
    const { outcomes } = await (await opened).segment(zeros, [target('liver')], quiet());
    expect(outcomes[0]).toMatchObject({ status: 'not-found', reason: expect.stringContaining('is 0') });
    expect(runs).toEqual([]);
  });

  it('refuses a graph that gives another shape, and lets go of it in the end', async () => {
    const { opened, released } = open(async () => ({ data: new Float32Array(2), dims: [2] }));
    const segmenter = await opened;
    await expect(segmenter.segment(image(), [target('liver')], quiet())).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
    await segmenter.dispose();
    expect(released).toEqual(['window.onnx']);
  });
});

describe('the manifest of VoxTell', () => {
  it.each([
    ['no normalisation for a modality that it serves', { input: { ...written.input, intensity: { CT: [zScore] } } }],
    ['a target whose text has no embedding', { targets: { ...written.targets, lung: 'lung' } }],
    ['a text twice', { texts: ['liver', ...written.texts] }],
    ['another orientation', { input: { ...written.input, orientation: 'LPS' } }],
    ['an unknown field', { spacing: 3 }],
  ])('is refused with %s', (_, change) => {
    expect(modelManifestSchema.safeParse(written).success).toBe(true);
    expect(modelManifestSchema.safeParse({ ...written, ...change }).success).toBe(false);
  });

  const vocabulary = (...ids: string[]) =>
    vocabularySchema.parse({
      targets: ids.map((id) => ({ id, name: id, synonyms: [], modalities: ['CT'], concept })),
      groups: [],
    });
  const problems = (ids: string[], files: Record<string, number>) =>
    packageProblems(manifest, vocabulary(...ids), new Map(Object.entries(files))).map(
      ({ file, message }) => `${file} ${message}`,
    );

  it('is accepted with a vocabulary and files that fit, and contradicts those that do not', () => {
    const files = { 'window.onnx': 1, 'embeddings.f32': 12 };
    expect(problems(['liver', 'ball', 'nothing'], files)).toEqual([]);
    expect(problems(['liver', 'ball', 'lung'], files)).toEqual([
      'model.json has a text for "nothing", which is not in vocabulary.json',
      'model.json has no text for the target "lung"',
    ]);
    expect(problems(['liver', 'ball', 'nothing'], { 'window.onnx': 1, 'embeddings.f32': 8 })).toEqual([
      'embeddings.f32 must have 12 bytes, 1 float32 for each text',
    ]);
    expect(problems(['liver', 'ball', 'nothing'], { 'embeddings.f32': 12 })).toEqual([
      'window.onnx is named in model.json but missing from the model package',
    ]);
  });
});
