import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBiomedparse2d } from '../../server/src/segmenter/families/biomedparse/biomedparse2d.js';
import { existenceOf } from '../../server/src/segmenter/families/biomedparse/existence.js';
import type { Biomedparse2dManifest } from '../../server/src/segmenter/families/biomedparse/manifest2d.js';
import { shownImage } from '../../server/src/segmenter/families/biomedparse/shownImage.js';
import {
  imagePictures,
  type SlicePictures,
  volumePictures,
} from '../../server/src/segmenter/families/biomedparse/slicePictures.js';
import type { FloatTensor, ManyOutputRuntime } from '../../server/src/segmenter/onnxRuntime.js';
import type { Segmenter, TargetOutcome } from '../../server/src/segmenter/segmenter.js';
import { target } from '../../server/src/segmenter/testSupport.js';
import type { MeasuredOutcome } from '../../server/src/story/measureOutcomes.js';
import { suppressOverlapped } from '../../server/src/story/suppressOverlapped.js';
import type { Grid, PixelGrid, SliceGrid } from '../../server/src/values/grid.js';
import { getBit } from '../../server/src/values/maskBits.js';
import type { SingleImage } from '../../server/src/values/singleImage.js';
import type { Target } from '../../server/src/values/target.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { partsOfSeries, readPart } from './partsOfSeries.js';

/** What upstream's own code makes of some images: see models/tools/converters/upstream/biomedparse_2d_stages.py. */
interface Stages {
  /** [slices, rows, columns] */
  readonly shape: readonly [number, number, number];
  readonly images: {
    readonly bytes: number;
    readonly nearWhole: number;
    /** Slice (of the picture: channel), row, column, and the value before its fraction is cut off. */
    readonly at: readonly (readonly [number, number, number, number])[];
  };
  readonly prompts: readonly {
    readonly weights: readonly [number, number, number];
    readonly constant: number;
    readonly existence: [number, number][];
  }[];
  readonly slices: readonly {
    /** Of each prompt. */
    readonly marked: readonly number[];
    readonly probability: readonly number[];
    /** Prompts that non-maximum suppression leaves, whatever their p-value. */
    readonly kept: readonly number[];
  }[];
  /** Slice · prompts + prompt, row, column, and 1 where it is marked. */
  readonly masks: readonly (readonly [number, number, number, number])[];
}

const [size, coarse] = [1024, 256];
const input = { size, ctWindows: { abdomen: { level: 50, width: 400 } }, percentiles: [0.5, 99.5] as [number, number] };
const { signal } = new AbortController();

for (const part of partsOfSeries)
  describeWithSharedData(
    `${part.name} on its way through BiomedParse v1, against upstream's code`,
    [part.name],
    ([folder]) => {
      compareWithUpstream(part.name, async () => {
        const volume = await readPart(folder!, part, signal);
        return {
          pictures: volumePictures(volume, input),
          segment: (model, targets) => model.segment(volume, targets, { signal, onProgress: () => undefined }),
        };
      });
    },
  );

describe("a picture in colour on its way through BiomedParse v1, against upstream's code", () => {
  const [rows, columns] = [1501, 1120];
  const values = new Uint8Array(3 * rows * columns);
  for (let row = 0, n = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let channel = 1; channel <= 3; channel++, n++)
        values[n] = ((row * row + 3 * column * column + 977 * row * channel) >> 9) & 255;
  const image: SingleImage = {
    modality: 'XC',
    studyInstanceUID: '1',
    seriesInstanceUID: '2',
    sourceImages: [],
    header: {},
    notes: [],
    grid: { size: [columns, rows, 1] },
    pixels: { kind: 'colour', values },
  };
  compareWithUpstream('picture', async () => ({
    pictures: imagePictures(image, input),
    segment: (model, targets) => model.segmentImage!(image, targets, { signal, onProgress: () => undefined }),
  }));
});

interface Seen {
  readonly pictures: SlicePictures<Grid | PixelGrid>;
  segment(
    model: Segmenter,
    targets: readonly Target[],
  ): Promise<{ readonly outcomes: readonly TargetOutcome<SliceGrid | PixelGrid>[] }>;
}

function compareWithUpstream(name: string, read: () => Promise<Seen>): void {
  let upstream: Stages;
  let seen: Seen;
  let shown: (readonly Uint8Array[])[];
  beforeAll(async () => {
    const fixture = `../../server/src/segmenter/families/biomedparse/testing/2d_${name}.json`;
    upstream = JSON.parse(await readFile(path.join(import.meta.dirname, fixture), 'utf8'));
    seen = await read();
    const { order, of } = seen.pictures;
    shown = Array.from({ length: order.slices }, (_, slice) => shownImage(of(slice, windowOf(seen)), size));
  });

  it('is shown to the network in the same bytes', () => {
    const { order } = seen.pictures;
    expect([order.slices, order.rows, order.columns]).toEqual(upstream.shape);
    const planes = shown.flat();
    expect(upstream.images.at.map(([plane, row, column]) => planes[plane]![row * size + column])).toEqual(
      upstream.images.at.map(([, , , value]) => Math.trunc(value)),
    );
    let bytes = 0;
    for (const plane of planes) for (let n = 0; n < plane.length; n++) bytes += plane[n]!;
    expect(bytes).toBe(upstream.images.bytes);
  });

  it('has the same p-values for the same output of the network', () => {
    const ours = shown.map((planes) =>
      upstream.prompts.map((prompt) =>
        existenceOf(logitsOf(prompt, meansOf(planes)), coarse, planes, size, [
          { imageType: 'known', beta: prompt.existence },
        ]),
      ),
    );
    const theirs = upstream.slices.map(({ probability }) => probability);
    const differences = ours.flatMap((slice, n) => slice.map((value, prompt) => Math.abs(value - theirs[n]![prompt]!)));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
    expect(Math.max(...theirs.flat())).toBeGreaterThan(0.05);
  });

  it('is marked in the same pixels, but for slices with too low a p-value', async () => {
    const count = upstream.prompts.length;
    const targets = ['alone', 'judged'].flatMap((kind) => upstream.prompts.map((_, n) => target(`${kind}-${n}`)));
    const manifest = manifestOf(upstream);
    const { outcomes } = await withModel(upstream, manifest, (model) => seen.segment(model, targets));
    const { order } = seen.pictures;
    const isMarked = (which: number, slice: number, row: number, column: number): boolean => {
      const outcome = outcomes[which]!;
      const [alongColumns, alongRows, alongSlices] = order.steps;
      const voxel = order.offset + column * alongColumns + row * alongRows + slice * alongSlices;
      return outcome.status === 'found' && getBit(outcome.mask.bits, voxel);
    };
    const markedIn = (which: number, slice: number) => {
      let marked = 0;
      for (let row = 0; row < order.rows; row++)
        for (let column = 0; column < order.columns; column++) if (isMarked(which, slice, row, column)) marked++;
      return marked;
    };
    let others = 0;
    for (const [slice, { marked, probability }] of upstream.slices.entries())
      for (let prompt = 0; prompt < count; prompt++) {
        others += Math.abs(markedIn(prompt, slice) - marked[prompt]!);
        const judged = probability[prompt]! < 0.05 ? 0 : marked[prompt]!;
        others += Math.abs(markedIn(count + prompt, slice) - judged);
      }
    expect(others).toBe(0);
    const wrong = upstream.masks.filter(
      ([mask, row, column, isSet]) => isMarked(mask % count, Math.floor(mask / count), row, column) !== (isSet === 1),
    );
    expect(wrong).toEqual([]);
    for (let prompt = 0; prompt < count; prompt++) {
      const best = Math.max(...upstream.slices.map(({ probability }) => probability[prompt]!));
      expect(Math.abs((outcomes[count + prompt]!.presence ?? 0) - best)).toBeLessThan(1e-6);
    }
    // Suppression looks at all slices at once; here upstream keeps the same prompts in every slice.
    const judged = outcomes.slice(count) as unknown as readonly MeasuredOutcome[];
    const left = suppressOverlapped(judged, manifest, seen.pictures.modality);
    for (const { probability, kept } of upstream.slices)
      expect(left.flatMap(({ status }, prompt) => (status === 'found' ? [prompt] : []))).toEqual(
        kept.filter((prompt) => probability[prompt]! >= 0.05),
      );
  });
}

const windowOf = ({ pictures }: Seen) => (pictures.modality === 'CT' ? 'abdomen' : undefined);

/** Means of 4 × 4 pixels of each channel, [3, coarse, coarse]. */
function meansOf(planes: readonly ArrayLike<number>[]): Float32Array {
  const means = new Float32Array(3 * coarse * coarse);
  for (let channel = 0; channel < 3; channel++) {
    const plane = planes[channel] ?? planes[0]!;
    const first = channel * coarse * coarse;
    for (let row = 0, n = 0; row < size; row++)
      for (let column = 0; column < size; column++, n++)
        means[first + (row >> 2) * coarse + (column >> 2)]! += plane[n]! / 16;
  }
  return means;
}

/** The function of biomedparse_2d_stages.py, in float32. */
function logitsOf({ weights, constant }: Stages['prompts'][number], means: Float32Array): Float32Array {
  const { fround } = Math;
  const pixels = coarse * coarse;
  const logits = new Float32Array(pixels);
  const [red, green, blue] = [fround(weights[0]), fround(weights[1]), fround(weights[2])];
  for (let n = 0; n < pixels; n++) {
    const colours = fround(fround(red * means[n]!) + fround(green * means[pixels + n]!));
    logits[n] = fround(colours + fround(blue * means[2 * pixels + n]!)) + fround(constant);
  }
  return logits;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Of a model whose network is the known function. Each prompt is asked with and without its distribution. */
function manifestOf({ prompts }: Stages): Biomedparse2dManifest {
  const rows = (['CT', 'MR', 'XC'] as const).flatMap((modality) =>
    prompts.flatMap(({ existence }, n) => {
      const row = { modality, text: 'x', tokens: 1, window: 'abdomen' };
      const judged = { ...row, target: `judged-${n}`, existence: [{ imageType: 'known', beta: existence }] };
      return [{ ...row, target: `alone-${n}` }, judged];
    }),
  );
  return {
    family: 'biomedparse-2d',
    id: 'known',
    modalities: ['CT', 'MR', 'XC'],
    input,
    image: { file: 'image', input: 'image', outputs: ['means', 'b', 'c', 'd'] },
    prompt: {
      file: 'prompt',
      features: ['means', 'b', 'c', 'd'],
      embeddings: 'embeddings',
      maskOutput: 'masks',
      promptsPerRun: 4,
    },
    texts: { bank: { file: 'bank.f32', dimension: 1 }, rows },
    decision: { probability: 0.5, existence: { minimumProbability: 0.05 }, overlap: 0.5 },
    memory: { graphBytes: 0 },
  } as unknown as Biomedparse2dManifest;
}

/** The embedding of a prompt is its number. */
async function withModel<T>(
  { prompts }: Stages,
  manifest: Biomedparse2dManifest,
  use: (model: Segmenter) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-biomedparse-'));
  folders.push(folder);
  const numbers = Float32Array.from(manifest.texts.rows, ({ target: id }) => Number(id.split('-')[1]));
  await writeFile(path.join(folder, 'bank.f32'), new Uint8Array(numbers.buffer));
  const model = await openBiomedparse2d(manifest, folder, knownRuntime(prompts));
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

const knownRuntime = (prompts: Stages['prompts']): ManyOutputRuntime => ({
  executionProvider: 'cpu',
  notes: [],
  open: async (file) => ({
    run: () => Promise.reject(new Error('one output is not asked for')),
    release: async () => undefined,
    async runAll(feeds): Promise<Record<string, FloatTensor>> {
      const pixels = coarse * coarse;
      if (file === 'image') {
        const image = feeds.image!.data as Float32Array;
        const planes = [0, 1, 2].map((channel) => image.subarray(channel * size * size, (channel + 1) * size * size));
        const nothing = { data: new Float32Array(1), dims: [1] };
        const means = { data: meansOf(planes), dims: [3, coarse, coarse] };
        return { means, b: nothing, c: nothing, d: nothing };
      }
      const asked = Array.from(feeds.embeddings!.data as Float32Array);
      const masks = new Float32Array(asked.length * pixels);
      for (const [place, n] of asked.entries())
        masks.set(logitsOf(prompts[n]!, feeds.means!.data as Float32Array), place * pixels);
      return { masks: { data: masks, dims: [asked.length, coarse, coarse] } };
    },
  }),
});
