import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../../platform/errors.js';
import { fromAxes } from '../../../values/affine.js';
import type { Target } from '../../../values/target.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { FloatTensor, ManyOutputRuntime } from '../../onnxRuntime.js';
import { anyManifest, quiet, target, volumeOn } from '../../testSupport.js';
import { openBiomedparse3d } from './biomedparse3d.js';
import { type Biomedparse3dManifest, biomedparse3dManifestSchema, biomedparse3dProblems } from './manifest3d.js';

const rows = [
  { target: 'left', modality: 'CT', text: 'left', tokens: 2, window: 'soft' },
  { target: 'right', modality: 'CT', text: 'right', tokens: 2, window: 'soft' },
  { target: 'third', modality: 'CT', text: 'a third', tokens: 3, window: 'soft' },
  { target: 'lung', modality: 'CT', text: 'lung', tokens: 2, window: 'wide' },
  { target: 'left', modality: 'MR', text: 'left', tokens: 2 },
];
const packaged = {
  ...anyManifest,
  id: 'known',
  name: 'Known',
  family: 'biomedparse-3d',
  modalities: ['CT', 'MR'],
  input: {
    size: 32,
    ctWindows: { soft: { level: 40, width: 400 }, wide: { level: -160, width: 1500 } },
    percentiles: [0.5, 99.5],
  },
  image: { file: 'image.onnx', input: 'image', outputs: ['a', 'b', 'c', 'd'] },
  prompt: {
    file: 'prompt.onnx',
    features: ['a', 'b', 'c', 'd'],
    embeddings: 'embeddings',
    noise: [{ input: 'noise', shape: [1, 1, 2, 4] }],
    maskOutput: 'masks',
    presenceOutput: 'presence',
    promptsPerRun: 2,
  },
  noiseSeed: 5,
  texts: { bank: { file: 'bank.f32', dimension: 1 }, rows },
  decision: { presence: 0.5, overlap: 0.5 },
  memory: { graphBytes: 1000 },
};
const manifest = biomedparse3dManifestSchema.parse(packaged);
const bankBytes = 4 * rows.reduce((sum, { tokens }) => sum + tokens, 0);

/** The image graph gives the red channel's mean; the prompt graph marks everything where the first token says so. */
function knownRuntime(mostPrompts = Number.POSITIVE_INFINITY) {
  const seen = {
    images: [] as Float32Array[],
    runs: [] as { dims: readonly number[]; noise: Float32Array }[],
    released: 0,
  };
  const floats = (...values: number[]): FloatTensor => ({ data: Float32Array.from(values), dims: [values.length] });
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
          return { a: floats(1), b: floats(2), c: floats(3), d: floats(4) };
        }
        const { data, dims } = feeds.embeddings!;
        if (dims[0]! > mostPrompts)
          throw new PromptsegError('memory-insufficient', 'Ran out.', { cause: new Error('out of memory') });
        seen.runs.push({ dims, noise: feeds.noise!.data as Float32Array });
        const firsts = Array.from({ length: dims[0]! }, (_, n) => Number(data[n * dims[1]!]));
        return {
          masks: {
            data: Float32Array.from(firsts.flatMap((first) => new Array<number>(64).fill(first))),
            dims: [firsts.length, 8, 8],
          },
          presence: floats(...firsts.map((first) => first / 2)),
        };
      },
    }),
  };
  return { runtime, seen };
}

const slices = 5;
const grid = { size: [6, 4, slices] as const, voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]) };
const ct = (): EvenVolume => ({
  ...volumeOn(
    grid,
    Int16Array.from({ length: 6 * 4 * slices }, (_, n) => 40 * (n % 7) - 100),
  ),
  modality: 'CT',
  unit: 'HU',
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-biomedparse-'));
  // The first token of each text: marked and likely where positive.
  const tokens = [6, 0, 2, 0, -6, 0, 0, 3, 0, 6, 0];
  await writeFile(path.join(folder, 'bank.f32'), new Uint8Array(Float32Array.from(tokens).buffer));
});
afterAll(() => rm(folder, { recursive: true }));

const open = async (bytes = 1e9, change: Partial<Biomedparse3dManifest> = {}) => {
  const { runtime, seen } = knownRuntime();
  return { seen, model: await openBiomedparse3d({ ...manifest, ...change }, folder, runtime, async () => bytes) };
};

describe('free text', () => {
  const prompts = [
    { modality: 'CT', ending: ' in CT', window: 'wide' },
    { modality: 'MR', ending: ' in MRI' },
  ];
  const freeText = {
    file: 'text.onnx',
    input: 'ids',
    output: 'out',
    merges: 'merges.txt',
    maximumTokens: 77,
    prompts,
  };
  const withFreeText = { ...packaged, texts: { ...packaged.texts, freeText } };
  const words = (freeText: string): Target => ({ ...target('free-text:1'), freeText });

  /** Gives every token of a text its own id, and the first one a logit of 6. */
  function textRuntime() {
    const texts: string[] = [];
    const known = knownRuntime();
    const runtime: ManyOutputRuntime = {
      ...known.runtime,
      open: async (file) => {
        const graph = await known.runtime.open(file);
        if (file !== 'text.onnx') return graph;
        return {
          ...graph,
          run: async (feeds) => {
            const { data, dims } = feeds.ids!;
            texts.push(`${data}`);
            const ids = Array.from({ length: data.length }, (_, n) => Number(data[n]));
            return { data: Float32Array.of(6, ...ids.slice(1)), dims: [...dims, 1] };
          },
        };
      },
    };
    return { runtime, texts, seen: known.seen };
  }

  it('is encoded once, asked at its own length in the window of free text, and judged by its presence', async () => {
    await writeFile(path.join(folder, 'merges.txt'), '#version: 0.2\nc t</w>\ni n</w>\n');
    const { runtime, texts, seen } = textRuntime();
    const model = await openBiomedparse3d(
      biomedparse3dManifestSchema.parse(withFreeText),
      folder,
      runtime,
      async () => 1e9,
    );
    const volume = ct();
    const first = await model.segment(volume, [target('third'), words('ab')], quiet());
    // Start, a, b at the end of a word, "in", "ct", end: 512 tokens of bytes, then the merges.
    const [start, a, b, inWord, ctWord, end] = [514, 64, 321, 513, 512, 515];
    expect(texts).toEqual([[start, a, b, inWord, ctWord, end].join()]);
    expect(seen.runs.map(({ dims }) => dims.join()).slice(0, 2)).toEqual(['1,3,1', '1,6,1']);
    expect(first.notes.join(' ')).toMatch(/window "soft".*window "wide"/);
    expect(first.outcomes[1]).toMatchObject({ status: 'found', presence: expect.closeTo(0.953, 3) });
    await model.segment(volume, [words('ab')], quiet());
    expect(texts).toHaveLength(1);
    await model.segment(volume, [words('abdominal CT')], quiet());
    expect(texts[1]).toMatch(/,512,515$/);
  });

  it('is refused where its files are missing or its prompts do not fit', () => {
    const parsed = (changed: object) =>
      biomedparse3dManifestSchema.safeParse({
        ...packaged,
        texts: { ...packaged.texts, freeText: { ...freeText, ...changed } },
      });
    expect(parsed({}).success).toBe(true);
    expect(parsed({ prompts: prompts.slice(1) }).error?.message).toMatch(/one prompt for each of the modalities/);
    expect(parsed({ prompts: [{ ...prompts[0], window: 'bone' }, prompts[1]] }).error?.message).toMatch(/ctWindows/);
    const files = new Map([
      ['image.onnx', 1],
      ['prompt.onnx', 1],
      ['bank.f32', bankBytes],
      ['text.onnx', 1],
    ]);
    const problems = biomedparse3dProblems(
      biomedparse3dManifestSchema.parse(withFreeText),
      { targets: [], groups: [] },
      files,
    );
    expect(problems.filter(({ message }) => message.includes('missing')).map(({ file }) => file)).toEqual([
      'merges.txt',
    ]);
  });
});

describe('a model of the family biomedparse-3d', () => {
  it('looks at each slice once for each window, and not again for a further prompt on the same image', async () => {
    const { seen, model } = await open();
    const volume = ct();
    await model.segment(volume, [target('left'), target('lung')], quiet());
    expect(seen.images).toHaveLength(2 * slices);
    const { notes } = await model.segment(volume, [target('right')], quiet());
    expect(seen.images).toHaveLength(2 * slices);
    expect(notes.join(' ')).toMatch(/only the prompts were run/);
    await model.segment(ct(), [target('right')], quiet());
    expect(seen.images).toHaveLength(3 * slices);
  });

  it('keeps no more features than half of the memory that is left', async () => {
    const masks = Math.ceil((6 * 4 * slices) / 8);
    // 16 bytes of features per slice: two of them.
    const { seen, model } = await open(1000 + masks + 2 * 33);
    const volume = ct();
    await model.segment(volume, [target('left')], quiet());
    await model.segment(volume, [target('left')], quiet());
    expect(seen.images).toHaveLength(slices + slices - 2);
  });

  it('asks texts of one length together, as many as a run takes, each with the noise of its slice', async () => {
    const { seen, model } = await open();
    await model.segment(ct(), [target('left'), target('third'), target('right')], quiet());
    expect(seen.runs.slice(0, 2).map(({ dims }) => dims)).toEqual([
      [2, 2, 1],
      [1, 3, 1],
    ]);
    expect(seen.runs).toHaveLength(2 * slices);
    expect(seen.runs[0]!.noise).toEqual(seen.runs[1]!.noise);
    expect(seen.runs[0]!.noise).not.toEqual(seen.runs[2]!.noise);
  });

  it('asks fewer texts at once after memory ran out, with the same masks, and says so', async () => {
    const asked = [target('left'), target('third'), target('right')];
    const { runtime, seen } = knownRuntime(1);
    const model = await openBiomedparse3d(manifest, folder, runtime, async () => 1e9);
    const { outcomes, notes } = await model.segment(ct(), asked, quiet());
    expect(seen.runs.map(({ dims }) => dims[0])).toEqual(new Array(3 * slices).fill(1));
    expect(notes).toContain('The model ran on one prompt at a time, because memory ran out with 2.');
    expect(outcomes).toEqual((await (await open()).model.segment(ct(), asked, quiet())).outcomes);
  });

  it('shows a slice with its neighbours, and at an end the only one twice', async () => {
    const { seen, model } = await open();
    await model.segment(ct(), [target('left')], quiet());
    const channel = (image: Float32Array, n: number) => image.slice(n * 1024, (n + 1) * 1024);
    const red = seen.images.map((image) => channel(image, 0));
    expect(channel(seen.images[0]!, 1)).toEqual(red[1]);
    expect(channel(seen.images[0]!, 2)).toEqual(red[1]);
    expect(channel(seen.images[2]!, 1)).toEqual(red[1]);
    expect(channel(seen.images[2]!, 2)).toEqual(red[3]);
    expect(channel(seen.images[4]!, 2)).toEqual(red[3]);
  });

  it('shows a single slice three times', async () => {
    const { seen, model } = await open();
    const { outcomes } = await model.segment(
      { ...ct(), grid: { ...grid, size: [6, 4, 1] }, voxels: Int16Array.from({ length: 24 }, (_, n) => n) },
      [target('left')],
      quiet(),
    );
    const [image] = seen.images;
    expect(image!.slice(0, 1024)).toEqual(image!.slice(2048));
    expect(outcomes[0]).toMatchObject({ status: 'found' });
  });

  it('says how likely a target is to be there, found or not, and why it was not found', async () => {
    const { model } = await open();
    const { outcomes } = await model.segment(ct(), [target('third'), target('left')], quiet());
    expect(outcomes[0]).toMatchObject({ status: 'not-found', reason: expect.stringContaining('at most 0.05') });
    expect(outcomes[0]!.presence).toBeCloseTo(1 / (1 + Math.exp(3)), 6);
    expect(outcomes[1]).toMatchObject({ status: 'found' });
    expect(outcomes[1]!.presence).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
  });

  it('does not find what it looks for in other modalities only', async () => {
    const { model } = await open();
    const mr = { ...ct(), modality: 'MR' };
    const { outcomes } = await model.segment(mr, [target('right'), target('left')], quiet());
    expect(outcomes).toMatchObject([
      { status: 'not-found', reason: 'The model looks for it in images of modality CT only.' },
      { status: 'found', target: { id: 'left' } },
    ]);
    const { outcomes: none } = await model.segment(mr, [target('right')], quiet());
    expect(none).toMatchObject([{ status: 'not-found' }]);
  });

  it('refuses what it cannot do: another modality, too little memory', async () => {
    const { model } = await open();
    await expect(model.segment({ ...ct(), modality: 'PT' }, [target('left')], quiet())).rejects.toMatchObject({
      code: 'modality-not-served',
    });
    const { model: poor } = await open(900);
    await expect(poor.segment(ct(), [target('left')], quiet())).rejects.toMatchObject({
      code: 'memory-insufficient',
    });
  });

  it('stops between two slices when it is cancelled, and works afterwards', async () => {
    const { model, seen } = await open();
    const controller = new AbortController();
    const run = model.segment(ct(), [target('left')], {
      signal: controller.signal,
      onProgress: (done) => done === 2 && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.images.length).toBeLessThan(slices);
    await expect(model.segment(ct(), [target('left')], quiet())).resolves.toMatchObject({ executionProvider: 'cpu' });
  });

  it('refuses a prompt graph that gives no square masks', async () => {
    const { runtime } = knownRuntime();
    const odd: ManyOutputRuntime = {
      ...runtime,
      open: async (file) => {
        const graph = await runtime.open(file);
        return {
          ...graph,
          async runAll(feeds, outputs) {
            const results = await graph.runAll(feeds, outputs);
            return { ...results, masks: { data: new Float32Array(63), dims: [1, 7, 9] } };
          },
        };
      },
    };
    const model = await openBiomedparse3d(manifest, folder, odd, async () => 1e9);
    await expect(model.segment(ct(), [target('left')], quiet())).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
  });

  it('gives its graphs back', async () => {
    const { model, seen } = await open();
    await model.dispose();
    expect(seen.released).toBe(2);
  });
});

describe('the manifest of the family biomedparse-3d', () => {
  const problemsOf = (change: object) =>
    biomedparse3dManifestSchema.safeParse({ ...packaged, ...change }).error?.issues;
  it.each([
    ['a text for CT without a window', { texts: { ...packaged.texts, rows: [{ ...rows[0], window: undefined }] } }],
    ['a window that is not there', { texts: { ...packaged.texts, rows: [{ ...rows[0], window: 'bone' }] } }],
    ['two texts for one target and modality', { texts: { ...packaged.texts, rows: [rows[0], rows[0]] } }],
    ['a modality that it does not serve', { modalities: ['CT'] }],
    ['percentiles that do not ascend', { input: { ...packaged.input, percentiles: [99, 1] } }],
    ['an image of no multiple of 32', { input: { ...packaged.input, size: 500 } }],
  ])('refuses %s', (_, change) => {
    expect(problemsOf(change)).toHaveLength(1);
  });

  it('is compared with vocabulary and files', () => {
    const known = (id: string, ...modalities: string[]) => ({ ...target(id), synonyms: [], modalities });
    const vocabulary = (...targets: ReturnType<typeof known>[]) => ({ targets, groups: [] }) as never;
    const all = [known('left', 'CT', 'MR'), known('right', 'CT'), known('third', 'CT'), known('lung', 'CT')];
    const files = new Map([
      ['image.onnx', 1],
      ['prompt.onnx', 1],
      ['bank.f32', bankBytes],
    ]);
    expect(biomedparse3dProblems(manifest, vocabulary(...all), files)).toEqual([]);
    expect(biomedparse3dProblems(manifest, vocabulary(...all.slice(1)), files)).toMatchObject([
      { message: expect.stringContaining('"left"') },
      { message: expect.stringContaining('"left"') },
    ]);
    const more = vocabulary(...all, known('heart', 'CT'));
    expect(biomedparse3dProblems(manifest, more, files)).toMatchObject([{ message: expect.stringContaining('heart') }]);
    expect(biomedparse3dProblems(manifest, vocabulary(...all), new Map([...files, ['bank.f32', 8]]))).toMatchObject([
      { file: 'bank.f32' },
    ]);
    expect(biomedparse3dProblems(manifest, vocabulary(...all), new Map([...files].slice(1)))).toMatchObject([
      { file: 'image.onnx' },
    ]);
  });
});
