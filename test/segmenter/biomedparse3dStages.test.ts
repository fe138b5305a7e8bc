import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openBiomedparse3d } from '../../server/src/segmenter/families/biomedparse/biomedparse3d.js';
import type { Biomedparse3dManifest } from '../../server/src/segmenter/families/biomedparse/manifest3d.js';
import { squareImage } from '../../server/src/segmenter/families/biomedparse/squareImage.js';
import { grayImage, percentileScale, windowScale } from '../../server/src/segmenter/families/slices/grayImages.js';
import { type SliceOrder, sliceOrder } from '../../server/src/segmenter/families/slices/sliceOrder.js';
import type { FloatTensor, ManyOutputRuntime } from '../../server/src/segmenter/onnxRuntime.js';
import { target } from '../../server/src/segmenter/testSupport.js';
import type { Vector3 } from '../../server/src/values/affine.js';
import { getBit } from '../../server/src/values/maskBits.js';
import type { EvenVolume } from '../../server/src/values/volume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { partsOfSeries, readPart } from './partsOfSeries.js';

/** Sum of all values, and some: slice, row, column and the value there. */
interface Samples {
  readonly sum: number;
  readonly at: readonly (readonly [number, number, number, number])[];
}

/**
 * What upstream's own code makes of a part of the series: see
 * models/tools/converters/upstream/biomedparse_3d_stages.py.
 */
interface Stages {
  readonly shape: Vector3;
  readonly axis: number;
  readonly gray: Samples;
  readonly images: Samples;
  readonly prompts: readonly { weights: Vector3; constant: number; presence: readonly [number, number] }[];
  readonly cases: readonly {
    readonly prompts: number;
    readonly presence: readonly number[];
    readonly voxelsOfSlice: readonly (readonly number[])[];
    readonly labels: Samples;
  }[];
}

const [size, coarse] = [512, 128];
const { signal } = new AbortController();

for (const part of partsOfSeries)
  describeWithSharedData(
    `${part.name} on its way through BiomedParse v2, against upstream's code`,
    [part.name],
    ([folder]) => {
      let upstream: Stages;
      let volume: EvenVolume;
      let order: SliceOrder;
      let gray: Uint8Array[];
      beforeAll(async () => {
        const fixture = `../../server/src/segmenter/families/biomedparse/testing/${part.name}.json`;
        upstream = JSON.parse(await readFile(path.join(import.meta.dirname, fixture), 'utf8'));
        volume = await readPart(folder!, part, signal);
        order = sliceOrder(volume.grid);
        const scale = scaleOf(volume);
        gray = Array.from({ length: order.slices }, (_, n) => grayImage(volume.voxels, scale, order, n));
      });

      it('is cut into the same slices', () => {
        expect([order.slices, order.rows, order.columns]).toEqual(upstream.shape);
        expect(upstream.axis).toBe(0);
      });

      it('has the same grey values', () => {
        expectSamples(gray, order.columns, upstream.gray);
      });

      it('is filled up and resized to the same bytes', () => {
        const images = gray.map((image) => squareImage(image, order.columns, order.rows, size));
        expectSamples(images, size, upstream.images);
      });

      it.each([0, 1])(
        'is marked in the same voxels for the same output of the network (case %i)',
        async (n) => {
          const expected = upstream.cases[n]!;
          const targets = upstream.prompts.slice(0, expected.prompts).map((_, prompt) => target(`prompt-${prompt}`));
          const { outcomes } = await withModel(upstream, (model) =>
            model.segment(volume, targets, { signal, onProgress: () => undefined }),
          );
          for (const [prompt, presence] of expected.presence.entries())
            expect(outcomes[prompt]!.presence).toBeCloseTo(presence, 5);
          const labels = labelsOf(outcomes, order);
          const marked = targets.map((_, prompt) =>
            labels.map((slice) => slice.reduce((sum, label) => sum + Number(label === prompt + 1), 0)),
          );
          // Sums of float32 in another order: a logit of 0 to the last digit falls to either side.
          const others = marked.flatMap((slices, prompt) =>
            slices.map((count, slice) => Math.abs(count - expected.voxelsOfSlice[prompt]![slice]!)),
          );
          expect(marked.flat().reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10_000);
          expect(others.reduce((sum, difference) => sum + difference, 0)).toBeLessThanOrEqual(3);
          const wrong = expected.labels.at.filter(
            ([k, row, column, label]) => labels[k]![row * order.columns + column] !== label,
          );
          expect(wrong).toEqual([]);
        },
        120_000,
      );
    },
  );

const scaleOf = ({ voxels, modality }: EvenVolume) =>
  modality === 'CT' ? windowScale(voxels, 40, 400) : percentileScale(voxels, 0.5, 99.5);

function expectSamples(images: readonly Uint8Array[], columns: number, { sum, at }: Samples): void {
  expect(at.map(([slice, row, column]) => images[slice]![row * columns + column])).toEqual(at.map(([, , , v]) => v));
  expect(images.reduce((total, image) => image.reduce((part, value) => part + value, total), 0)).toBe(sum);
}

/** 1 + the prompt whose mask has the voxel, for every voxel of every slice as seen on the screen. */
function labelsOf(
  outcomes: Awaited<ReturnType<Awaited<ReturnType<typeof openBiomedparse3d>>['segment']>>['outcomes'],
  { columns, rows, slices, offset, steps }: SliceOrder,
): Uint8Array[] {
  return Array.from({ length: slices }, (_, slice) =>
    Uint8Array.from({ length: rows * columns }, (_, pixel) => {
      const [column, row] = [pixel % columns, Math.floor(pixel / columns)];
      const voxel = offset + column * steps[0] + row * steps[1] + slice * steps[2];
      return 1 + outcomes.findIndex((outcome) => outcome.status === 'found' && getBit(outcome.mask.bits, voxel));
    }),
  );
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A model whose network is the known function; the embedding of a prompt is its number. */
async function withModel<T>(
  { prompts }: Stages,
  use: (model: Awaited<ReturnType<typeof openBiomedparse3d>>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-biomedparse-'));
  folders.push(folder);
  const rows = (['CT', 'MR'] as const).flatMap((modality) =>
    prompts.map((_, n) => ({ target: `prompt-${n}`, modality, text: 'x', tokens: 1, window: 'soft-tissue' })),
  );
  const manifest = {
    id: 'known',
    modalities: ['CT', 'MR'],
    input: { size, ctWindows: { 'soft-tissue': { level: 40, width: 400 } }, percentiles: [0.5, 99.5] },
    image: { file: 'image', input: 'image', outputs: ['coarse', 'mean', 'b', 'c'] },
    prompt: {
      file: 'prompt',
      features: ['coarse', 'mean', 'b', 'c'],
      embeddings: 'embeddings',
      noise: [],
      maskOutput: 'masks',
      presenceOutput: 'presence',
      promptsPerRun: 2,
    },
    noiseSeed: 1,
    texts: { bank: { file: 'bank.f32', dimension: 1 }, rows },
    decision: { presence: 0.5, overlap: 0.5 },
    memory: { graphBytes: 0 },
  } as unknown as Biomedparse3dManifest;
  await writeFile(
    path.join(folder, 'bank.f32'),
    new Uint8Array(Float32Array.from(rows, (_, n) => n % prompts.length).buffer),
  );
  const model = await openBiomedparse3d(manifest, folder, knownRuntime(prompts));
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** The function of biomedparse_3d_stages.py: means of 4 × 4 pixels of each channel, and of the whole first one. */
const knownRuntime = (prompts: Stages['prompts']): ManyOutputRuntime => ({
  executionProvider: 'cpu',
  notes: [],
  open: async (file) => ({
    run: () => Promise.reject(new Error('one output is not asked for')),
    release: async () => undefined,
    async runAll(feeds): Promise<Record<string, FloatTensor>> {
      if (file === 'image') {
        const image = feeds.image!.data as Float32Array;
        const means = new Float32Array(3 * coarse * coarse);
        let sum = 0;
        for (let row = 0, n = 0; row < 3 * size; row++)
          for (let column = 0; column < size; column++, n++)
            means[(row >> 2) * coarse + (column >> 2)]! += image[n]! / 16;
        for (let n = 0; n < size * size; n++) sum += image[n]!;
        const nothing = { data: new Float32Array(1), dims: [1] };
        const mean = { data: Float32Array.of(sum / (size * size)), dims: [1] };
        return { coarse: { data: means, dims: [3, coarse, coarse] }, mean, b: nothing, c: nothing };
      }
      const means = feeds.coarse!.data as Float32Array;
      const asked = Array.from(feeds.embeddings!.data as Float32Array, (n) => prompts[n]!);
      const masks = asked.flatMap(({ weights, constant }) =>
        Array.from({ length: coarse * coarse }, (_, pixel) =>
          weights.reduce(
            (logit, weight, channel) => logit + weight * means[channel * coarse * coarse + pixel]!,
            constant,
          ),
        ),
      );
      const presence = asked.map(({ presence: [slope, constant] }) => slope * Number(feeds.mean!.data[0]) + constant);
      return {
        masks: { data: Float32Array.from(masks), dims: [asked.length, coarse, coarse] },
        presence: { data: Float32Array.from(presence), dims: [asked.length] },
      };
    },
  }),
});
