import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromAxes } from '../../../values/affine.js';
import { voxelCount } from '../../../values/grid.js';
import { countBits, getBit } from '../../../values/maskBits.js';
import type { SingleImage } from '../../../values/singleImage.js';
import type { Target } from '../../../values/target.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { FloatTensor, ManyOutputRuntime } from '../../onnxRuntime.js';
import { anyManifest, quiet, target, volumeOn } from '../../testSupport.js';
import { openBiomedparse2d } from './biomedparse2d.js';
import { type Biomedparse2dManifest, biomedparse2dManifestSchema, biomedparse2dProblems } from './manifest2d.js';

/** Masks as sure as the known network's, in colours around 0.6. */
const bright = {
  imageType: 'CT-Known',
  beta: [
    [600, 4],
    [8, 5],
    [8, 5],
    [8, 5],
  ],
};
const rows = [
  { target: 'all', modality: 'CT', text: 'all', tokens: 2, window: 'soft' },
  { target: 'judged', modality: 'CT', text: 'judged', tokens: 2, window: 'soft', existence: [bright] },
  { target: 'none', modality: 'CT', text: 'none of it', tokens: 3, window: 'soft', existence: [bright] },
  { target: 'lung', modality: 'CT', text: 'lung', tokens: 2, window: 'wide' },
  { target: 'all', modality: 'DX', text: 'all', tokens: 2 },
  { target: 'all', modality: 'XC', text: 'all', tokens: 2 },
];
const packaged = {
  ...anyManifest,
  id: 'known',
  name: 'Known',
  family: 'biomedparse-2d',
  modalities: ['CT', 'DX', 'XC'],
  input: {
    size: 32,
    ctWindows: { soft: { level: 50, width: 400 }, wide: { level: 0, width: 2000 } },
    percentiles: [0.5, 99.5],
  },
  image: { file: 'image.onnx', input: 'image', outputs: ['a', 'b', 'c', 'd'] },
  prompt: {
    file: 'prompt.onnx',
    features: ['a', 'b', 'c', 'd'],
    embeddings: 'embeddings',
    maskOutput: 'masks',
    promptsPerRun: 2,
  },
  texts: { bank: { file: 'bank.f32', dimension: 1 }, rows },
  decision: { probability: 0.5, existence: { minimumProbability: 0.05 }, overlap: 0.5 },
  memory: { graphBytes: 1000 },
};
const manifest = biomedparse2dManifestSchema.parse(packaged);
const bankBytes = 4 * rows.reduce((sum, { tokens }) => sum + tokens, 0);

/** The prompt graph gives the first token as logit in the left half of the image, and none in the right. */
function knownRuntime() {
  const seen = { images: [] as Float32Array[], runs: [] as (readonly number[])[], released: 0 };
  const nothing: FloatTensor = { data: Float32Array.of(1), dims: [1] };
  const runtime: ManyOutputRuntime = {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    open: async (file) => ({
      run: () => Promise.reject(new Error('not asked for')),
      release: async () => {
        seen.released++;
      },
      async runAll(feeds): Promise<Record<string, FloatTensor>> {
        if (file === 'image.onnx') {
          seen.images.push((feeds.image!.data as Float32Array).slice());
          return { a: nothing, b: nothing, c: nothing, d: nothing };
        }
        const { data, dims } = feeds.embeddings!;
        seen.runs.push(dims);
        const masks = Array.from({ length: dims[0]! }, (_, n) => Number(data[n * dims[1]!])).flatMap((logit) =>
          Array.from({ length: 64 }, (_, pixel) => (pixel % 8 < 4 ? logit : -6)),
        );
        return { masks: { data: Float32Array.from(masks), dims: [dims[0]!, 8, 8] } };
      },
    }),
  };
  return { runtime, seen };
}

/** Slices of 6 × 6: one that is bright but for a pixel, one that is dark but for a pixel, one that is dark. */
const grid = { size: [6, 6, 3] as const, voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]) };
const ct = (): EvenVolume => ({
  ...volumeOn(
    grid,
    Int16Array.from({ length: 108 }, (_, n) => {
      const [slice, pixel] = [Math.floor(n / 36), n % 36];
      if (slice === 0) return (pixel % 6) + ((pixel / 6) % 2) < 1 ? -500 : 130;
      return slice === 1 && pixel === 20 ? 200 : -500;
    }),
  ),
  modality: 'CT',
  unit: 'HU',
});
const nobody = { studyInstanceUID: '1', seriesInstanceUID: '2', sourceImages: [], header: {}, notes: [] };
const radiograph: SingleImage = {
  ...nobody,
  modality: 'DX',
  grid: { size: [5, 3, 1] },
  pixels: { kind: 'gray', values: Float32Array.from({ length: 15 }, (_, n) => 17 * n) },
};
const photograph: SingleImage = {
  ...nobody,
  modality: 'XC',
  grid: { size: [32, 32, 1] },
  pixels: { kind: 'colour', values: Uint8Array.from({ length: 3 * 32 * 32 }, (_, n) => 40 * (n % 3) + 100) },
};
const channel = (image: Float32Array, n: number) => image.slice(n * 1024, (n + 1) * 1024);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-biomedparse-'));
  // The first token of each text is its logit.
  const tokens = [6, 0, 6, 0, -6, 0, 0, 6, 0, 6, 0, 6, 0];
  await writeFile(path.join(folder, 'bank.f32'), new Uint8Array(Float32Array.from(tokens).buffer));
});
afterAll(() => rm(folder, { recursive: true }));

const open = async (bytes = 1e9, change: Partial<Biomedparse2dManifest> = {}) => {
  const { runtime, seen } = knownRuntime();
  return { seen, model: await openBiomedparse2d({ ...manifest, ...change }, folder, runtime, async () => bytes) };
};
/** Bytes for making one slice ready, see bytesToShow. */
const showing = 8 * (7 * 36 + 1024) + 4 * (4 * 1024 + 36);

describe('a model of the family biomedparse-2d', () => {
  it('shows each slice in grey three times, stretched separately', async () => {
    const { seen, model } = await open();
    await model.segment(ct(), [target('all')], quiet());
    expect(seen.images).toHaveLength(3);
    for (const image of seen.images) {
      expect(channel(image, 1)).toEqual(channel(image, 0));
      expect(channel(image, 2)).toEqual(channel(image, 0));
    }
    // The greatest of its slice is white; between all slices 130 HU would be 204.
    expect(Math.max(...seen.images[0]!)).toBe(255);
    expect(Math.max(...seen.images[2]!)).toBe(0);
  });

  it('runs each prompt separately, as many per run as fit, and lets their masks overlap', async () => {
    const { seen, model } = await open();
    const { outcomes } = await model.segment(ct(), [target('all'), target('judged'), target('none')], quiet());
    expect(seen.runs.slice(0, 2)).toEqual([
      [2, 2, 1],
      [1, 3, 1],
    ]);
    const [all, judged] = outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : undefined));
    for (let voxel = 0; voxel < 36; voxel++) if (getBit(judged!, voxel)) expect(getBit(all!, voxel)).toBe(true);
    expect(countBits(judged!)).toBeGreaterThan(0);
  });

  it('looks at a slice once for each window, and not again for a further prompt on the same volume', async () => {
    const { seen, model } = await open();
    const volume = ct();
    const { notes } = await model.segment(volume, [target('all'), target('lung')], quiet());
    expect(notes.join(' ')).toMatch(/window "soft" \(level 50 HU, width 400 HU\).*window "wide"/);
    expect(seen.images).toHaveLength(6);
    const again = await model.segment(volume, [target('judged')], quiet());
    expect(seen.images).toHaveLength(6);
    expect(again.notes.join(' ')).toMatch(/only the prompts were run/);
  });

  it('gives the same for a further prompt as for a first one', async () => {
    const volume = ct();
    const { model } = await open();
    await model.segment(volume, [target('all')], quiet());
    const further = await model.segment(volume, [target('judged')], quiet());
    const { model: fresh } = await open();
    const first = await fresh.segment(volume, [target('judged')], quiet());
    expect(further.outcomes).toEqual(first.outcomes);
  });

  it('keeps no more features than half of the memory that is left', async () => {
    const masks = Math.ceil(voxelCount(grid) / 8);
    // 16 bytes of features per slice: two of them.
    const { seen, model } = await open(1000 + showing + masks + 2 * 33);
    const volume = ct();
    await model.segment(volume, [target('all')], quiet());
    await model.segment(volume, [target('all')], quiet());
    expect(seen.images).toHaveLength(3 + 3 - 2);
  });

  it('marks nothing in a slice whose mask does not look like the target, and says so', async () => {
    const { model } = await open();
    const { outcomes, notes } = await model.segment(ct(), [target('judged'), target('all')], quiet());
    const [judged, all] = outcomes;
    if (judged?.status !== 'found' || all?.status !== 'found') throw new Error('not found');
    expect(countBits(judged.mask.bits)).toBe(18);
    expect(countBits(all.mask.bits)).toBe(3 * 18);
    expect(judged.presence).toBeGreaterThan(0.05);
    expect(judged.presence).toBeLessThan(1);
    expect(all).not.toHaveProperty('presence');
    expect(notes).toContain(
      '"judged": 2 of the 3 slices in which it was outlined were left out, because their p-value is below 0.05.',
    );
    expect(notes.join(' ')).toMatch(/judged by their masks alone/);
  });

  it('finds neither what it does not outline nor what never looks like the target, and says which', async () => {
    const { model } = await open();
    const dark = { ...ct(), voxels: new Int16Array(108).fill(-500) };
    const { outcomes } = await model.segment(dark, [target('none'), target('judged')], quiet());
    expect(outcomes).toMatchObject([
      { status: 'not-found', reason: 'The model does not outline it in any slice.', presence: 0 },
      { status: 'not-found', reason: expect.stringMatching(/greatest p-value in any slice is .*; 0.05 would count/) },
    ]);
  });

  it('gives probabilities where they are asked for, none in slices that were left out', async () => {
    const { model } = await open();
    const { outcomes } = await model.segment(ct(), [target('judged')], { ...quiet(), probabilities: true });
    const [judged] = outcomes;
    if (judged?.status !== 'found') throw new Error('not found');
    expect(judged.probability).toHaveLength(108);
    expect(judged.probability!.subarray(0, 6)).toEqual(Uint8Array.of(254, 254, 254, 1, 1, 1));
    expect(Math.max(...judged.probability!.subarray(36))).toBe(0);
  });

  it('marks the voxels that it was shown, however the volume is turned', async () => {
    const { model } = await open();
    // Columns run to the patient's right: seen from the feet they are mirrored.
    const turned = { ...ct(), grid: { ...grid, voxelToLps: fromAxes([-1, 0, 0], [0, 1, 0], [0, 0, 2], [5, 0, 0]) } };
    const { outcomes } = await model.segment(turned, [target('all')], quiet());
    if (outcomes[0]?.status !== 'found') throw new Error('not found');
    const { bits } = outcomes[0].mask;
    expect(Array.from({ length: 6 }, (_, column) => getBit(bits, column))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('looks at a single grey image between its percentiles, and marks its own pixels', async () => {
    const { seen, model } = await open();
    const { outcomes, notes } = await model.segmentImage!(radiograph, [target('all')], quiet());
    expect(seen.images).toHaveLength(1);
    expect(channel(seen.images[0]!, 2)).toEqual(channel(seen.images[0]!, 0));
    // A row of 0 on top and at the bottom.
    expect(Math.max(...seen.images[0]!.subarray(0, 64))).toBeLessThan(20);
    if (outcomes[0]?.status !== 'found') throw new Error('not found');
    const { mask } = outcomes[0];
    expect(mask.grid).toBe(radiograph.grid);
    expect(mask.bits).toHaveLength(2);
    expect([0, 1, 2, 3, 4].map((column) => getBit(mask.bits, column))).toEqual([true, true, false, false, false]);
    expect(notes.join(' ')).toMatch(/percentiles 0.5 and 99.5/);
  });

  it('looks at a colour image as it is', async () => {
    const { seen, model } = await open();
    const { notes } = await model.segmentImage!(photograph, [target('all')], quiet());
    expect([0, 1, 2].map((n) => new Set(channel(seen.images[0]!, n)))).toEqual(
      [100, 140, 180].map((n) => new Set([n])),
    );
    expect(notes.join(' ')).not.toMatch(/percentiles/);
  });

  it('does not find what it looks for in other modalities only', async () => {
    const { model } = await open();
    const { outcomes } = await model.segmentImage!(radiograph, [target('lung'), target('all')], quiet());
    expect(outcomes).toMatchObject([
      { status: 'not-found', reason: 'The model looks for it in images of modality CT only.' },
      { status: 'found', target: { id: 'all' } },
    ]);
  });

  it('reads words outside its vocabulary where the package has the text encoder; their masks decide', async () => {
    await writeFile(path.join(folder, 'merges.txt'), '#version: 0.2\ni n</w>\n');
    const { runtime, seen } = knownRuntime();
    const withEncoder: ManyOutputRuntime = {
      ...runtime,
      open: async (file) => ({
        ...(await runtime.open(file)),
        run: async ({ ids }) => ({ data: new Float32Array(ids!.data.length).fill(6), dims: [...ids!.dims, 1] }),
      }),
    };
    const prompts = packaged.modalities.map((modality) => ({ modality, ending: ' in it', window: 'wide' }));
    const files = { file: 'text.onnx', input: 'ids', output: 'out', merges: 'merges.txt', maximumTokens: 77 };
    const model = await openBiomedparse2d(
      { ...manifest, texts: { ...manifest.texts, freeText: { ...files, prompts } } } as Biomedparse2dManifest,
      folder,
      withEncoder,
      async () => 1e9,
    );
    const words: Target = { ...target('free-text:1'), freeText: 'ab' };
    const { outcomes, notes } = await model.segment(ct(), [words], quiet());
    // Start, a, b, in, i, t, end.
    expect(seen.runs[0]).toEqual([1, 7, 1]);
    expect(outcomes).toMatchObject([{ status: 'found', target: { freeText: 'ab' } }]);
    expect(outcomes[0]).not.toHaveProperty('presence');
    expect(notes.join(' ')).toMatch(/window "wide".*judged by their masks alone/);
  });

  it('refuses what it cannot do: another modality, too little memory', async () => {
    const { model } = await open();
    await expect(model.segment({ ...ct(), modality: 'PT' }, [target('all')], quiet())).rejects.toMatchObject({
      code: 'modality-not-served',
    });
    const { model: poor } = await open(900);
    await expect(poor.segment(ct(), [target('all')], quiet())).rejects.toMatchObject({ code: 'memory-insufficient' });
  });

  it('stops between two slices when it is cancelled, and works afterwards', async () => {
    const { model, seen } = await open();
    const controller = new AbortController();
    const run = model.segment(ct(), [target('all')], {
      signal: controller.signal,
      onProgress: (done) => done === 1 && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.images.length).toBeLessThan(3);
    await expect(model.segment(ct(), [target('all')], quiet())).resolves.toMatchObject({ executionProvider: 'cpu' });
  });

  it('gives its graphs back', async () => {
    const { model, seen } = await open();
    await model.dispose();
    expect(seen.released).toBe(2);
  });
});

describe('the manifest of the family biomedparse-2d', () => {
  const problemsOf = (change: object) =>
    biomedparse2dManifestSchema.safeParse({ ...packaged, ...change }).error?.issues;
  const withRow = (change: object) => ({ texts: { ...packaged.texts, rows: [{ ...rows[1], ...change }] } });
  it.each([
    ['a text for CT without a window', withRow({ window: undefined })],
    ['two texts for one target and modality', { texts: { ...packaged.texts, rows: [rows[0], rows[0]] } }],
    ['three distributions instead of four', withRow({ existence: [{ ...bright, beta: bright.beta.slice(1) }] })],
    ['a distribution of no shape', withRow({ existence: [{ ...bright, beta: [[0, 1], ...bright.beta.slice(1)] }] })],
    ['a list of distributions that is empty', withRow({ existence: [] })],
    ['a probability that everything has', { decision: { ...packaged.decision, probability: 0 } }],
  ])('refuses %s', (_, change) => {
    expect(problemsOf(change)).toHaveLength(1);
  });

  it('is compared with vocabulary and files', () => {
    const known = (id: string, ...modalities: string[]) => ({ ...target(id), synonyms: [], modalities });
    const vocabulary = (...targets: ReturnType<typeof known>[]) => ({ targets, groups: [] }) as never;
    const all = [known('all', 'CT', 'DX', 'XC'), known('judged', 'CT'), known('none', 'CT'), known('lung', 'CT')];
    const files = new Map([
      ['image.onnx', 1],
      ['prompt.onnx', 1],
      ['bank.f32', bankBytes],
    ]);
    expect(biomedparse2dProblems(manifest, vocabulary(...all), files)).toEqual([]);
    expect(biomedparse2dProblems(manifest, vocabulary(...all, known('heart', 'CT')), files)).toMatchObject([
      { message: expect.stringContaining('heart') },
    ]);
    expect(biomedparse2dProblems(manifest, vocabulary(...all), new Map([...files, ['bank.f32', 8]]))).toMatchObject([
      { file: 'bank.f32' },
    ]);
  });
});
