import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../../platform/errors.js';
import type { Vector3 } from '../../../values/affine.js';
import { countBits, diceOfBits } from '../../../values/maskBits.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import { vocabularySchema } from '../../../values/vocabulary.js';
import type { Graph, GraphRuntime } from '../../onnxRuntime.js';
import { modelManifestSchema } from '../../packages/modelManifest.js';
import { packageProblems } from '../../packages/packageProblems.js';
import type { SegmenterResult } from '../../segmenter.js';
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
import { type SatManifest, satManifestSchema } from './manifest.js';
import { openSat } from './sat.js';

/** 0.5 is halfway between the ball's values and air: there its border is, however far the grid reaches beyond it. */
const half = { step: 'scale', low: 0, high: 200 } as const;

/** Queries of one number: the probability is 1 where the normalised voxel is above it. */
const thresholds = { CT: { liver: 0.5, spleen: 0.2 }, MR: { liver: -0.5, brain: 0, skin: 99 } } as const;

const written = {
  ...manifestOfQueries,
  family: 'sat',
  id: 'sat-test',
  name: 'SAT test',
  input: { orientation: 'RAS', spacing: [1, 1, 3], intensity: { CT: [half], MR: [zScore] } },
  window: [16, 12, 6],
  graph: { file: 'window.onnx', image: 'image', queries: 'queries', output: 'probabilities', promptsPerRun: 2 },
  terms: { CT: ['liver', 'spleen'], MR: ['liver', 'brain', 'skin'] },
  targets: { liver: 'liver', spleen: 'spleen', brain: 'brain', skin: 'skin' },
  queries: { kind: 'bank', file: 'queries.f32', dimension: 1 },
};
const withTextGraph = {
  ...written,
  queries: {
    kind: 'text-graph',
    file: 'text.onnx',
    tokens: 'tokens',
    modalities: 'modalities',
    output: 'queries',
    dimension: 1,
    pieces: 'pieces.txt',
    maximumTokens: 8,
    modalityCodes: { CT: 0, MR: 1 },
  },
};
const manifest = satManifestSchema.parse(written);
const greedy = satManifestSchema.parse({ ...written, memory: greedyMemory });

/** A step where the voxel reaches the query, and each run as it was asked for. */
function knownRuntime(changed: Record<string, Graph['run']> = {}) {
  const runs: number[][] = [];
  const released: string[] = [];
  const graphs: Record<string, Graph['run']> = {
    async 'window.onnx'({ image, queries }) {
      const [voxels, asked] = [image!.data as Float32Array, queries!.data as Float32Array];
      runs.push([...asked]);
      const data = new Float32Array(voxels.length * asked.length);
      voxels.forEach((voxel, n) => {
        asked.forEach((threshold, c) => {
          data[n * asked.length + c] = voxel > threshold ? 1 : 0;
        });
      });
      return { data, dims: [...image!.dims.slice(2), asked.length] };
    },
    ...changed,
  };
  const runtime: GraphRuntime = {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    open: async (file) => ({
      run: (feeds, output) => graphs[file]!(feeds, output),
      release: async () => void released.push(file),
    }),
  };
  return { runtime, runs, released, run: graphs['window.onnx']! };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-sat-'));
  const values = Object.values(thresholds).flatMap((own) => Object.values(own));
  await writeFile(path.join(folder, 'queries.f32'), Float32Array.from(values));
  await writeFile(path.join(folder, 'pieces.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\nliver\nsp\n##leen\nbrain\nskin\n');
});
afterAll(() => rm(folder, { recursive: true }));

const open = (changed?: Record<string, Graph['run']>, model: SatManifest = manifest, bytes = 1e9) => {
  const known = knownRuntime(changed);
  return { ...known, opened: openSat(model, folder, known.runtime, async () => bytes) };
};

describe('SAT', () => {
  it('marks the source grid where the target is, however oblique the images are', async () => {
    const random = randomNumbers(21);
    const segmenter = await open().opened;
    for (let n = 0; n < 6; n++) {
      const grid = randomGrid(random);
      const { voxels, bits } = ball(grid, 10);
      const { outcomes } = await segmenter.segment(
        { ...volumeOn(grid, voxels), modality: 'CT' },
        [target('liver')],
        quiet(),
      );
      // Slices of 3 mm cut the ball's border.
      expect(diceOfBits(found(outcomes[0]), bits)).toBeGreaterThan(0.9);
    }
  });

  const image = (size: Vector3 = [40, 30, 12], modality = 'MR') => ballImage(size, modality, 10);
  behavesAsPromptedModel((greedyBytes) => open({}, greedyBytes === undefined ? manifest : greedy, greedyBytes), image, [
    ['liver', -0.5],
    ['brain', 0],
  ]);

  describe('on a card with memory of its own', () => {
    const outOfMemory = new PromptsegError('memory-insufficient', 'Ran out.', { cause: new Error('out of memory') });
    /** A graph that takes at most this many prompts, and counts the runs that it refused. */
    function smallCard(most: number) {
      const { run } = knownRuntime();
      const refused: number[] = [];
      const runs: number[] = [];
      const graph: Graph['run'] = async (feeds, output) => {
        const prompts = feeds.queries!.dims[0]!;
        if (prompts > most) {
          refused.push(prompts);
          throw outOfMemory;
        }
        runs.push(prompts);
        return run(feeds, output);
      };
      return { graph, refused, runs };
    }
    const openOn = (graph: Graph['run'], deviceBytes?: number, bytes = 1e9) =>
      openSat(
        satManifestSchema.parse({ ...written, memory: greedyMemory }),
        folder,
        { ...knownRuntime({ 'window.onnx': graph }).runtime, executionProvider: 'webgpu', deviceBytes },
        async () => bytes,
      );
    const asked = ['liver', 'brain', 'skin'].map(target);
    const masks = ({ outcomes }: SegmenterResult) =>
      outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : outcome.reason));

    it('goes on with fewer prompts when its memory runs out, with the same masks, and says so', async () => {
      const card = smallCard(1);
      const result = await (await openOn(card.graph)).segment(image(), asked, quiet());
      expect(card.refused).toEqual([2]);
      expect(new Set(card.runs)).toEqual(new Set([1]));
      expect(result.notes.at(-1)).toBe('The model ran on one prompt at a time, because memory ran out with 2.');
      const large = smallCard(9);
      expect(masks(result)).toEqual(masks(await (await openOn(large.graph)).segment(image(), asked, quiet())));
      expect(new Set(large.runs)).toEqual(new Set([2, 1]));
    });

    it('fails where not even one prompt fits', async () => {
      const running = (await openOn(smallCard(0).graph)).segment(image(), asked, quiet());
      await expect(running).rejects.toBe(outOfMemory);
    });

    it('begins with what the free memory of the card allows, and refuses nothing because of it', async () => {
      const some = smallCard(9);
      const { notes } = await (await openOn(some.graph, 11_500_000)).segment(image(), asked, quiet());
      expect(new Set(some.runs)).toEqual(new Set([1]));
      expect(notes.at(-1)).toBe("The model ran on one prompt at a time, because 12 MB of the GPU's memory were free.");
      const none = await (await openOn(smallCard(9).graph, 5)).segment(image(), asked, quiet());
      expect(none.outcomes).toHaveLength(3);
    });

    it('does not need the memory of the machine for its graph', async () => {
      const few = 3_000_000;
      await expect(
        (await openOn(smallCard(9).graph, 1e9, few)).segment(image(), asked, quiet()),
      ).resolves.toBeDefined();
      const shared = (await openOn(smallCard(9).graph, undefined, few)).segment(image(), asked, quiet());
      await expect(shared).rejects.toMatchObject({ code: 'memory-insufficient' });
    });
  });

  it('runs prompts in chunks, and a mask is the same alone and among others', async () => {
    const { opened, runs } = open();
    const segmenter = await opened;
    const progress: string[] = [];
    const all = await segmenter.segment(image(), ['liver', 'brain', 'skin'].map(target), {
      ...quiet(),
      onProgress: (done, total) => void progress.push(`${done}/${total}`),
    });
    // The box without the outermost voxels is 38 × 28 × 10: 4 × 4 × 3 windows. Two prompts, then one.
    expect(progress).toHaveLength(96);
    expect(progress.at(-1)).toBe('96/96');
    expect(new Set(runs.map((queries) => queries.join()))).toEqual(new Set(['-0.5,0', '99']));
    expect(all.outcomes.map(({ status }) => status)).toEqual(['found', 'found', 'not-found']);
    expect(all.notes).toEqual(['a note of the runtime']);
    const alone = await segmenter.segment(image(), [target('brain')], quiet());
    expect(found(alone.outcomes[0])).toEqual(found(all.outcomes[1]));
  });

  it('fills a small image up at its end', async () => {
    const shapes: string[] = [];
    const { opened } = open({
      async 'window.onnx'({ image: voxels }) {
        const tensor = voxels!.data as Float32Array;
        shapes.push(`${voxels!.dims} ${tensor.subarray(5, 16).every((value) => value === 0)} ${tensor[0] !== 0}`);
        return { data: new Float32Array(tensor.length).fill(1), dims: [6, 12, 16, 1] };
      },
    });
    const ramp = { ...image([5, 5, 4]), voxels: Float32Array.from({ length: 100 }, (_, n) => n + 1) };
    const { outcomes } = await (await opened).segment(ramp, [target('liver')], quiet());
    expect(shapes).toEqual(['1,1,6,12,16 true true']);
    expect(countBits(found(outcomes[0]))).toBe(100);
  });

  it('reports a target not trained in this modality as not found, and segments the others', async () => {
    const { opened, runs } = open();
    const { outcomes } = await (await opened).segment(image(), [target('spleen'), target('liver')], quiet());
    expect(outcomes[0]).toMatchObject({ status: 'not-found', reason: 'The model was trained to find it in CT only.' });
    expect(outcomes[1]).toMatchObject({ status: 'found' });
    expect(new Set(runs.map(String))).toEqual(new Set(['-0.5']));
  });

  it('finds nothing in an image without a voxel above 0, and runs nothing for it', async () => {
    const { opened, runs } = open();
    const air = { ...image(), voxels: new Float32Array(40 * 30 * 12).fill(-1000) };
    const { outcomes } = await (await opened).segment(air, [target('liver')], quiet());
    expect(outcomes[0]).toMatchObject({ status: 'not-found', reason: expect.stringContaining('above 0') });
    expect(runs).toEqual([]);
  });

  it('refuses a graph that gives another shape', async () => {
    const { opened } = open({ 'window.onnx': async () => ({ data: new Float32Array(2), dims: [2] }) });
    await expect((await opened).segment(image(), [target('liver')], quiet())).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
  });

  it('encodes its terms with the text graph, once, and lets go of it', async () => {
    const asked: unknown[] = [];
    const { opened, released, runs } = open(
      {
        async 'text.onnx'({ tokens, modalities }) {
          asked.push([...tokens!.data].map(Number), tokens!.dims, [...modalities!.data].map(Number));
          return { data: Float32Array.of(0.5, 0.2, -0.5, 0, 99), dims: [5, 1] };
        },
      },
      satManifestSchema.parse(withTextGraph),
    );
    const segmenter = await opened;
    // [CLS] 2, [SEP] 3; liver 4, sp 5 ##leen 6, brain 7, skin 8; 0 after the end.
    expect(asked).toEqual([
      [2, 4, 3, 0, 2, 5, 6, 3, 2, 4, 3, 0, 2, 7, 3, 0, 2, 8, 3, 0],
      [5, 4],
      [0, 0, 1, 1, 1],
    ]);
    expect(released).toEqual(['text.onnx']);
    await segmenter.segment(image(), [target('brain')], quiet());
    expect(runs[0]).toEqual([0]);
    await segmenter.dispose();
    expect(released).toEqual(['text.onnx', 'window.onnx']);
  });

  it('is asked for free text in these words, whatever the modality, beside terms that it knows', async () => {
    const asked: string[] = [];
    const { opened, runs, released } = open(
      {
        async 'text.onnx'({ tokens, modalities }) {
          asked.push(`${tokens!.data} in ${modalities!.data}`);
          const texts = tokens!.dims[0]!;
          return { data: Float32Array.from({ length: texts }, () => (texts === 1 ? 0.3 : 0)), dims: [texts, 1] };
        },
      },
      satManifestSchema.parse(withTextGraph),
    );
    const segmenter = await opened;
    const words = { ...target('free-text:1'), freeText: 'Brain skin' };
    const { outcomes } = await segmenter.segment(image(), [target('liver'), words], quiet());
    // [CLS] brain skin [SEP]
    expect(asked[1]).toBe('2,7,8,3 in 1');
    expect(runs[0]).toEqual([0, Math.fround(0.3)]);
    expect(outcomes.map((outcome) => outcome.target)).toEqual([target('liver'), words]);
    expect(released).toEqual(['text.onnx', 'text.onnx']);
  });
});

describe('the manifest of SAT', () => {
  it.each([
    ['terms for a modality that it does not serve', { terms: { ...written.terms, PT: ['tumor'] } }],
    ['no normalisation for one that it serves', { input: { ...written.input, intensity: { CT: [zScore] } } }],
    ['a target whose term is in no modality', { targets: { ...written.targets, lung: 'lung' } }],
    ['a term twice', { terms: { ...written.terms, CT: ['liver', 'liver', 'spleen'] } }],
    ['a number of a modality missing', { queries: { ...withTextGraph.queries, modalityCodes: { CT: 0 } } }],
    ['an unknown field', { windows: 3 }],
  ])('is refused with %s', (_, change) => {
    expect(modelManifestSchema.safeParse({ ...written, ...change }).success).toBe(false);
  });

  const vocabulary = (change: Record<string, readonly string[]> = {}) =>
    vocabularySchema.parse({
      targets: Object.entries({ liver: ['CT', 'MR'], spleen: ['CT'], brain: ['MR'], skin: ['MR'], ...change }).map(
        ([id, modalities]) => ({ id, name: id, synonyms: [], modalities, concept }),
      ),
      groups: [],
    });
  const files = (sizes: Record<string, number> = {}) =>
    new Map(Object.entries({ 'window.onnx': 1, 'queries.f32': 20, ...sizes }));
  const problems = (...[words, sizes]: [ReturnType<typeof vocabulary>, Map<string, number>]) =>
    packageProblems(manifest, words, sizes).map(({ file, message }) => `${file} ${message}`);

  it('is accepted with a vocabulary and files that fit', () => {
    expect(problems(vocabulary(), files())).toEqual([]);
  });

  it('contradicts a vocabulary or files that do not', () => {
    expect(problems(vocabulary({ lung: ['CT'] }), files())).toEqual(['model.json has no term for the target "lung"']);
    expect(problems(vocabulary({ spleen: ['CT', 'MR'] }), files())).toEqual([
      'vocabulary.json gives the target "spleen" the modality MR, in which "spleen" is not a term',
    ]);
    expect(problems(vocabulary(), files({ 'queries.f32': 16 }))).toEqual([
      'queries.f32 must have 20 bytes, 1 float32 for each term',
    ]);
    expect(problems(vocabulary(), new Map([['queries.f32', 20]]))).toEqual([
      'window.onnx is named in model.json but missing from the model package',
    ]);
  });
});
