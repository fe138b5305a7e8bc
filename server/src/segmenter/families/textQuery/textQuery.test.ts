import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../../platform/errors.js';
import { identity } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { countBits, diceOfBits, getBit } from '../../../values/maskBits.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import type { Target } from '../../../values/target.js';
import type { Graph, GraphRuntime, GraphTensor } from '../../onnxRuntime.js';
import { orientedGrid } from '../../orientedGrid.js';
import { type ModelManifest, modelManifestSchema } from '../../packages/modelManifest.js';
import type { SegmentOptions } from '../../segmenter.js';
import { randomGrid, target, volumeOn } from '../../testSupport.js';
import type { TextQueryManifest } from './manifest.js';
import { planRun } from './planRun.js';
import { openTextQuery } from './textQuery.js';

const folder = fileURLToPath(new URL('../../../../../models/testing/text-query-package', import.meta.url));
const packaged = modelManifestSchema.parse(JSON.parse(await readFile(`${folder}/model.json`, 'utf8')));

/** The packaged test model, changed, and checked again by the schema. */
function manifestWith(change: Partial<TextQueryManifest>): TextQueryManifest {
  const manifest: ModelManifest = modelManifestSchema.parse({ ...packaged, ...change });
  if (manifest.family !== 'text-query') throw new Error('another family');
  return manifest;
}

/** What the packaged graphs compute (see models/testing/make_text_query_package.py), without ONNX Runtime. */
function analyticRuntime(
  overrides: Record<string, Graph['run']> = {},
): GraphRuntime & { opened: string[]; released: string[] } {
  const graphs: Record<string, Graph['run']> = {
    'graphs/image.onnx': async ({ image }) => {
      const { data, dims } = floats(image);
      const features = new Float32Array(data.length * 2).fill(1);
      features.set(data);
      return { data: features, dims: [1, 2, ...dims.slice(2)] };
    },
    'graphs/mask.onnx': async (feeds) => {
      const features = floats(feeds.features);
      const queries = floats(feeds.queries);
      const voxels = features.data.length / 2;
      const logits = Float32Array.from({ length: queries.dims[0]! * voxels }, (_, n) => {
        const [row, e] = [Math.floor(n / voxels), n % voxels];
        return queries.data[2 * row]! * features.data[e]! + queries.data[2 * row + 1]!;
      });
      return { data: logits, dims: [1, queries.dims[0]!, ...features.dims.slice(2)] };
    },
    ...overrides,
  };
  const opened: string[] = [];
  const released: string[] = [];
  return {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    opened,
    released,
    async open(file) {
      opened.push(file);
      return {
        run: (feeds, output) => graphs[file]!(feeds, output),
        release: async () => {
          released.push(file);
        },
      };
    },
  };
}

function floats(tensor: GraphTensor | undefined): { data: Float32Array; dims: readonly number[] } {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('not a float tensor');
  return { data: tensor.data, dims: tensor.dims };
}

const [grey, bright, whole] = ['grey-region', 'bright-region', 'whole-region'].map(target) as [Target, Target, Target];

const quietly = (change: Partial<SegmentOptions> = {}): SegmentOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...change,
});

/** A ramp from 0 to 1000 along the columns: 0.3 and 0.7 are known columns. */
function ramp(size: [number, number, number]) {
  const grid: Grid = { size, voxelToLps: identity };
  const voxels = Int16Array.from({ length: size[0] * size[1] * size[2] }, (_, n) =>
    Math.round((1000 * (n % size[0])) / (size[0] - 1)),
  );
  return volumeOn(grid, voxels);
}

const native = { ...packaged, family: 'text-query' } as TextQueryManifest;
const nativeSpacing = { input: { ...native.input, spacing: null } };

const masksOf = async (manifest: TextQueryManifest, asked: Target[], volume = ramp([41, 9, 7]), bytes = 1e9) => {
  const segmenter = await openTextQuery(manifest, folder, analyticRuntime(), async () => bytes);
  const { outcomes } = await segmenter.segment(volume, asked, quietly());
  return outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : outcome.reason));
};

describe('the text-query family', () => {
  it('goes on in smaller windows when memory runs out, if the graph takes them, and says so', async () => {
    const small = { windows: { ...native.windows, size: [16, 8, 8], sizeMultiple: 4, step: [8, 4, 4] } } as const;
    const manifest = manifestWith({ ...nativeSpacing, ...small } as Partial<TextQueryManifest>);
    const tooLarge = new PromptsegError('memory-insufficient', 'Ran out.', { cause: new Error('out of memory') });
    const known = analyticRuntime();
    const graph = await known.open('graphs/image.onnx');
    const sides = new Set<number>();
    const runtime = analyticRuntime({
      'graphs/image.onnx': async (feeds, output) => {
        const side = Math.max(...feeds.image!.dims);
        sides.add(side);
        if (side > 8) throw tooLarge;
        return graph.run(feeds, output);
      },
    });
    const segmenter = await openTextQuery(manifest, folder, runtime, async () => 1e9);
    const { outcomes, notes } = await segmenter.segment(ramp([41, 9, 7]), [grey, whole], quietly());
    expect([...sides]).toEqual([16, 8]);
    expect(notes).toEqual([
      'a note of the runtime',
      'There was not enough memory for windows of 16 × 8 × 8 voxels. The image was segmented in smaller ones, which ' +
        'may change the edges of structures a little.',
    ]);
    const bits = outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : outcome.reason));
    expect(bits).toEqual(await masksOf(manifest, [grey, whole]));
    // The graph of the package takes windows of one size only.
    const fixed = analyticRuntime({ 'graphs/image.onnx': () => Promise.reject(tooLarge) });
    const other = await openTextQuery(manifestWith(nativeSpacing), folder, fixed, async () => 1e9);
    await expect(other.segment(ramp([41, 9, 7]), [grey], quietly())).rejects.toBe(tooLarge);
  });

  it('gives the masks that the analytic model must give, column by column', async () => {
    const volume = ramp([41, 9, 7]);
    const [greyBits, brightBits, wholeBits] = await masksOf(manifestWith(nativeSpacing), [grey, bright, whole], volume);
    for (let n = 0; n < volume.voxels.length; n++) {
      const column = n % 41;
      if (column === 12 || column === 28) continue; // exactly on a border: 0.3 and 0.7
      expect(getBit(greyBits as Uint8Array, n)).toBe(column > 12 && column < 28);
      expect(getBit(brightBits as Uint8Array, n)).toBe(column > 28);
      expect(getBit(wholeBits as Uint8Array, n)).toBe(column > 12);
    }
  });

  it.each<[string, Partial<TextQueryManifest>]>([
    ['tensors in the order x, y, z', { input: { ...native.input, tensorAxes: 'xyz' } }],
    ['axes Left-Posterior-Superior', { input: { ...native.input, orientation: 'LPS' } }],
    [
      'windows filled up on both sides',
      {
        windows: {
          ...native.windows,
          size: [60, 60, 60],
          step: [30, 30, 30],
          padding: { value: 0, where: 'both-sides' },
        },
      },
    ],
    ['uniform blending', { windows: { ...native.windows, blend: { kind: 'uniform' } } }],
    ['every window shown mirrored as well', { windows: { ...native.windows, mirrored: { pairs: [] } } }],
    [
      'windows as small as the image, at whole multiples in the patient',
      {
        windows: { ...native.windows, size: [64, 64, 64], step: [32, 32, 32], sizeMultiple: 4, startMultiple: 4 },
      },
    ],
    ['windows over the foreground only', { windows: { ...native.windows, foreground: { above: 0.2, margin: 1 } } }],
    [
      'dot products computed here',
      {
        mask: {
          kind: 'dot-product',
          embeddings: { kind: 'bank', file: 'embeddings.f32', dimension: 2 },
          scale: 1,
          bias: 0,
        },
      },
    ],
  ])('gives the same masks with %s', async (_what, change) => {
    const volume = volumeOn(randomGrid(randomNumbers(21)));
    const random = randomNumbers(22);
    volume.voxels.forEach((_, n) => {
      volume.voxels[n] = 1000 * random() ** 2;
    });
    const asked = [grey, bright, whole];
    const expected = await masksOf(native, asked, volume);
    const actual = await masksOf(manifestWith(change), asked, volume);
    asked.forEach((_, n) => {
      expect(countBits(expected[n] as Uint8Array)).toBeGreaterThan(100);
      expect(diceOfBits(actual[n] as Uint8Array, expected[n] as Uint8Array)).toBeGreaterThan(0.9999);
    });
  });

  it('runs only windows that reach where the targets are, with the same masks there', async () => {
    const volume = ramp([41, 9, 40]);
    const manifest = manifestWith(nativeSpacing);
    let runs = 0;
    const known = analyticRuntime();
    const graph = await known.open('graphs/image.onnx');
    const runtime = analyticRuntime({
      'graphs/image.onnx': (feeds, output) => {
        runs++;
        return graph.run(feeds, output);
      },
    });
    const segment = async (options: Partial<SegmentOptions>, asked = [bright]) => {
      const segmenter = await openTextQuery(manifest, folder, runtime, async () => 1e9);
      const first = await segmenter.segment(volume, asked, quietly(options));
      const before = runs;
      await segmenter.segment(volume, asked, quietly(options));
      const [outcome] = first.outcomes;
      return {
        bits: outcome?.status === 'found' ? outcome.mask.bits : undefined,
        notes: first.notes,
        again: runs - before,
      };
    };
    const all = await segment({});
    const ofAll = runs;
    // Slices 30 to 39.
    const ranges = [{ low: 300, high: 395 }];
    const some = await segment({ within: { heightOf: { gradient: [0, 0, 10], atOrigin: 0 }, ranges } });
    const [left, of] = /^(\d+) of (\d+) windows were left out/.exec(some.notes.at(-1)!)!.slice(1).map(Number);
    expect({ of, ran: runs - ofAll }).toEqual({ of: ofAll, ran: 2 * (of! - left!) });
    expect(left).toBeGreaterThan(of! / 2);
    for (let n = 0; n < volume.voxels.length; n++) {
      const slice = Math.floor(n / (41 * 9));
      if (slice >= 30) expect(getBit(some.bits!, n)).toBe(getBit(all.bits!, n));
      if (slice < 16) expect(getBit(some.bits!, n)).toBe(false);
    }
    // A further prompt may be about what was left out, so nothing is kept for it.
    expect({ all: all.again, some: some.again }).toEqual({ all: 0, some: of! - left! });
    const everywhere = await segment({ within: { heightOf: { gradient: [0, 0, 0], atOrigin: 350 }, ranges } });
    expect(everywhere.bits).toEqual(all.bits);
    expect(everywhere.notes).toEqual(all.notes);
  });

  it('keeps the largest part of rows that are one connected whole, for the first and a further prompt', async () => {
    const [nx, ny, nz] = [41, 9, 7];
    const voxels = new Int16Array(nx * ny * nz);
    const fill = (first: number, end: number, value: number) => {
      for (let n = 0; n < voxels.length; n++) if (n % nx >= first && n % nx < end) voxels[n] = value;
    };
    fill(0, 20, 1000);
    voxels[30 + nx * (4 + ny * 3)] = 1000;
    const volume = volumeOn({ size: [nx, ny, nz], voxelToLps: identity }, voxels);
    const connectedOf = (row: string): Partial<TextQueryManifest> => ({
      decision: { kind: 'argmax', connected: { rows: [row], smallestPart: 0.1 } },
    });
    const [apart] = await masksOf(manifestWith({ ...nativeSpacing, decision: { kind: 'argmax' } }), [bright], volume);
    expect(countBits(apart as Uint8Array)).toBe(20 * ny * nz + 1);

    const manifest = manifestWith({ ...nativeSpacing, ...connectedOf('bright') });
    const segmenter = await openTextQuery(manifest, folder, analyticRuntime(), async () => 1e9);
    for (const isFurther of [false, true]) {
      const { outcomes, sessionRunMs } = await segmenter.segment(volume, [bright], quietly());
      expect(outcomes.map((outcome) => outcome.status === 'found' && countBits(outcome.mask.bits))).toEqual([
        20 * ny * nz,
      ]);
      expect(sessionRunMs === 0).toBe(isFurther);
    }
    expect(() => manifestWith(connectedOf('dark'))).toThrow('name \\"dark\\", which is not a row');
  });

  it('compares features with texts inside the image graph, where the graph takes the queries', async () => {
    const { run } = await analyticRuntime().open('graphs/image.onnx');
    /** For each voxel a column per query, as the two graphs' logits and a softmax with a background of 0. */
    const whole: Graph['run'] = async ({ image, queries }) => {
      const features = await run({ image: image! }, 'features');
      const { data, dims } = await (await analyticRuntime().open('graphs/mask.onnx')).run(
        { features, queries: queries! },
        'masks',
      );
      const [voxels, rows] = [data.length / dims[1]!, dims[1]!];
      const columns = Float32Array.from({ length: voxels * (rows + 1) }, (_, n) => {
        const [e, row] = [Math.floor(n / (rows + 1)), n % (rows + 1)];
        const powers = Array.from({ length: rows + 1 }, (_, r) => Math.exp(r < rows ? data[r * voxels + e]! : 0));
        return powers[row]! / powers.reduce((sum, power) => sum + power, 0);
      });
      return { data: columns, dims: [voxels, rows + 1] };
    };
    const softmax: Partial<TextQueryManifest> = {
      ...nativeSpacing,
      activation: { kind: 'softmax', background: 'zero-logit' },
      decision: { kind: 'argmax' },
    };
    const { channels: _, ...image } = native.image;
    if (native.mask.kind !== 'graph') throw new Error('another mask');
    const { embeddings, queriesInput } = native.mask;
    const joined: Partial<TextQueryManifest> = {
      ...softmax,
      image: { ...image, output: 'probabilities' },
      mask: { kind: 'in-image-graph', embeddings, queriesInput },
    };
    const runtime = analyticRuntime({ 'graphs/image.onnx': whole });
    const segmenter = await openTextQuery(manifestWith(joined), folder, runtime, async () => 1e9);
    const { outcomes } = await segmenter.segment(ramp([41, 9, 7]), [grey, bright], quietly());
    expect(outcomes.map((outcome) => outcome.status === 'found' && outcome.mask.bits)).toEqual(
      await masksOf(manifestWith(softmax), [grey, bright]),
    );
    expect(runtime.opened).not.toContain('graphs/mask.onnx');
    await segmenter.dispose();
    expect(runtime.released).toContain('graphs/image.onnx');

    const other = analyticRuntime({ 'graphs/image.onnx': async () => ({ data: new Float32Array(6), dims: [2, 3] }) });
    const broken = await openTextQuery(manifestWith(joined), folder, other, async () => 1e9);
    await expect(broken.segment(ramp([41, 9, 7]), [grey], quietly())).rejects.toMatchObject({
      message: expect.stringContaining('graphs/image.onnx gives probabilities of shape 2×3'),
    });
    expect(() => manifestWith({ ...joined, image: native.image })).toThrow('except with the mask kind');
    expect(() => manifestWith({ ...softmax, image })).toThrow('except with the mask kind');
  });

  it('takes left for right in the mirror, and for left again by the pairs of rows', async () => {
    const [nx, ny, nz] = [41, 9, 7];
    /** Calls "grey" what is bright in the first half of a window, and "bright" what is bright in the second. */
    const sided: Graph['run'] = async (feeds) => {
      const { data } = floats(feeds.features);
      const voxels = data.length / 2;
      const logits = Float32Array.from({ length: 2 * voxels }, (_, n) => {
        const isSecondHalf = n % nx >= nx / 2;
        return isSecondHalf === n >= voxels ? 20 * (data[n % voxels]! - 0.5) : -20;
      });
      return { data: logits, dims: [1, 2, nz, ny, nx] };
    };
    const outcome = async (mirrored?: { pairs: [string, string][] }) => {
      const windows = { ...native.windows, size: [nx, ny, nz] as [number, number, number], mirrored };
      const runtime = analyticRuntime({ 'graphs/mask.onnx': sided });
      const segmenter = await openTextQuery(
        manifestWith({ ...nativeSpacing, windows }),
        folder,
        runtime,
        async () => 1e9,
      );
      const voxels = new Int16Array(nx * ny * nz).fill(1000);
      voxels.fill(0, 0, nx);
      // Not its own mirror image.
      for (let n = nx; n < voxels.length; n += 3) voxels[n] = 0;
      const { outcomes } = await segmenter.segment(
        volumeOn({ size: [nx, ny, nz], voxelToLps: identity }, voxels),
        [grey, bright],
        quietly(),
      );
      return outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : undefined));
    };
    const asItIs = await outcome();
    expect(countBits(asItIs[0]!)).toBeGreaterThan(100);
    expect(await outcome({ pairs: [['grey', 'bright']] })).toEqual(asItIs);
    expect(await outcome({ pairs: [] })).not.toEqual(asItIs);
  });

  it('looks at nothing where nothing is bright enough, and finds nothing', async () => {
    let looks = 0;
    const runtime = analyticRuntime({
      'graphs/image.onnx': async () => {
        looks++;
        throw new Error('looked');
      },
    });
    const windows = { ...native.windows, foreground: { above: 1, margin: 3 } };
    const segmenter = await openTextQuery(
      manifestWith({ ...nativeSpacing, windows }),
      folder,
      runtime,
      async () => 1e9,
    );
    const { outcomes } = await segmenter.segment(ramp([41, 9, 7]), [grey], quietly());
    expect([looks, outcomes.map(({ status }) => status)]).toEqual([0, ['not-found']]);
  });

  it('gives a prompt the same mask alone and among others', async () => {
    const together = await masksOf(native, [grey, bright, whole]);
    for (const [n, alone] of [grey, bright, whole].entries())
      expect(await masksOf(native, [alone])).toEqual([together[n]]);
  });

  it('thresholds sigmoids of the asked rows, in one pass or in several', async () => {
    const sigmoid = manifestWith({
      ...nativeSpacing,
      activation: { kind: 'sigmoid' },
      decision: { kind: 'threshold', threshold: 0.5 },
      targets: { 'grey-region': ['grey'], 'bright-region': ['bright'], 'whole-region': ['grey'] },
    });
    const volume = ramp([41, 9, 7]);
    const [greyBits, brightBits] = await masksOf(sigmoid, [grey, bright], volume);
    for (let n = 0; n < volume.voxels.length; n++) {
      if ([12, 20].includes(n % 41)) continue;
      expect(getBit(greyBits as Uint8Array, n)).toBe(n % 41 > 12);
      expect(getBit(brightBits as Uint8Array, n)).toBe(n % 41 > 20);
    }

    const modelGrid = orientedGrid(volume.grid, 'RAS', null);
    const forOne =
      planRun(sigmoid, volume.grid, modelGrid, 1, 1e9).bytesNeeded + 2 * Math.ceil(volume.voxels.length / 8);
    expect(planRun(sigmoid, volume.grid, modelGrid, 3, forOne).targetsPerPass).toBe(1);
    expect(await masksOf(sigmoid, [grey, bright, whole], volume, forOne)).toEqual(
      await masksOf(sigmoid, [grey, bright, whole], volume),
    );
  });

  it('sums the rows of a target before the threshold, where softmax is thresholded', async () => {
    const manifest = manifestWith({ ...nativeSpacing, decision: { kind: 'threshold', threshold: 0.9 } });
    const volume = ramp([41, 3, 3]);
    const [wholeBits, brightBits] = await masksOf(manifest, [whole, bright], volume);
    // p(whole) = 1 − 1 / (1 + e^20(x−0.3) + e^40(x−0.5)); p(bright) crosses 0.9 where e^20(x−0.7) = 9.
    for (let column = 0; column < 41; column++) {
      const x = column / 40;
      const odds = Math.exp(20 * (x - 0.3)) + Math.exp(40 * (x - 0.5));
      expect(getBit(wholeBits as Uint8Array, column)).toBe(odds / (1 + odds) > 0.9);
      expect(getBit(brightBits as Uint8Array, column)).toBe(Math.exp(40 * (x - 0.5)) / (1 + odds) > 0.9);
    }
  });

  it('gives the probabilities of what it found where they are asked for, and the same masks', async () => {
    const manifest = manifestWith(nativeSpacing);
    const volume = ramp([41, 9, 7]);
    const segmenter = await openTextQuery(manifest, folder, analyticRuntime(), async () => 1e9);
    const plain = await segmenter.segment(volume, [bright, whole], quietly());
    const { outcomes } = await segmenter.segment(volume, [bright, whole], quietly({ probabilities: true }));
    outcomes.forEach((outcome, index) => {
      if (outcome.status !== 'found') throw new Error(outcome.reason);
      const { probability, ...rest } = outcome;
      expect(rest).toEqual(plain.outcomes[index]);
      expect(probability).toHaveLength(41 * 9 * 7);
      // the test model's threshold is 0.5
      expect([...probability!].map((value) => value > 127)).toEqual(
        Array.from(probability!, (_, n) => getBit(outcome.mask.bits, n)),
      );
    });
  });

  it('refuses probabilities that would not fit into memory, where the masks do', async () => {
    const manifest = manifestWith(nativeSpacing);
    const volume = ramp([41, 9, 7]);
    const grid = orientedGrid(volume.grid, manifest.input.orientation, null);
    const { bytesNeeded } = planRun(manifest, volume.grid, grid, 1, 1e9);
    const withProbabilities = planRun(manifest, volume.grid, grid, 1, 1e9, true).bytesNeeded;
    expect(withProbabilities - bytesNeeded).toBe(41 * 9 * 7 * (1 + 4 + 4));
    const segmenter = await openTextQuery(manifest, folder, analyticRuntime(), async () => bytesNeeded);
    await expect(segmenter.segment(volume, [whole], quietly({ probabilities: true }))).rejects.toMatchObject({
      code: 'memory-insufficient',
    });
  });

  it('normalises each modality by its own steps, and refuses one that has none', async () => {
    const ct = manifestWith({
      modalities: ['MR', 'CT'],
      input: {
        ...native.input,
        spacing: null,
        intensity: {
          MR: [{ step: 'min-max', scope: 'all' }],
          CT: [{ step: 'scale', low: 0, high: 2000 }],
        },
      },
    });
    const volume = ramp([41, 9, 7]);
    const [inMr] = await masksOf(ct, [whole], volume);
    const [inCt] = await masksOf(ct, [whole], { ...volume, modality: 'CT' });
    // "whole" begins at 0.3: at column 12 of 40 where the ramp goes to 1, at column 24 where it goes to 0.5.
    for (const [column, mr, ctExpected] of [
      [8, false, false],
      [16, true, false],
      [28, true, true],
    ] as const)
      expect([getBit(inMr as Uint8Array, column), getBit(inCt as Uint8Array, column)]).toEqual([mr, ctExpected]);
    await expect(masksOf(ct, [whole], { ...volume, modality: 'PT' })).rejects.toMatchObject({
      code: 'modality-not-served',
    });
  });

  it('reads channels of the image graph as logits', async () => {
    const runtime = analyticRuntime({
      'graphs/image.onnx': async ({ image }) => {
        const { data, dims } = floats(image);
        const logits = Float32Array.from({ length: 2 * data.length }, (_, n) =>
          n < data.length ? 20 * data[n]! - 6 : 40 * data[n - data.length]! - 20,
        );
        return { data: logits, dims: [1, 2, ...dims.slice(2)] };
      },
    });
    const segmenter = await openTextQuery(manifestWith({ mask: { kind: 'channels' } }), folder, runtime);
    const { outcomes } = await segmenter.segment(ramp([41, 9, 7]), [bright], quietly());
    expect(outcomes).toMatchObject([{ status: 'found', mask: { bits: (await masksOf(native, [bright]))[0] } }]);
    expect(runtime.opened).toEqual(['graphs/image.onnx']);
  });

  it('asks a text graph for the embeddings, with the bytes of the rows as tokens', async () => {
    let tokens: GraphTensor | undefined;
    const runtime = analyticRuntime({
      'graphs/text.onnx': async (feeds) => {
        tokens = feeds.tokens;
        return { data: Float32Array.of(20, -6, 40, -20), dims: [2, 2] };
      },
    });
    const embeddings = {
      kind: 'text-graph',
      file: 'graphs/text.onnx',
      tokenizer: 'utf8-bytes',
      maximumTokens: 5,
      input: 'tokens',
      output: 'embeddings',
      dimension: 2,
    } as const;
    const manifest = manifestWith({ mask: { kind: 'dot-product', embeddings, scale: 1, bias: 0 } });
    const segmenter = await openTextQuery(manifest, folder, runtime);
    expect(tokens?.dims).toEqual([2, 5]);
    expect([...(tokens?.data ?? [])].map(Number)).toEqual([...Buffer.from('grey'), 0, ...Buffer.from('brigh')]);
    expect(runtime.released).toEqual(['graphs/text.onnx']);
    const { outcomes } = await segmenter.segment(ramp([41, 9, 7]), [grey], quietly());
    expect(outcomes).toMatchObject([{ status: 'found', mask: { bits: (await masksOf(native, [grey]))[0] } }]);
  });

  it.each([[[1, 1, 1]], [[40, 1, 1]], [[1, 30, 2]], [[3, 3, 50]]] as [number, number, number][][])(
    'takes a volume of %j voxels',
    async (size) => {
      const volume = volumeOn({ size, voxelToLps: identity }, new Float32Array(size[0] * size[1] * size[2]).fill(5));
      const [reason] = await masksOf(native, [grey], volume);
      expect(reason).toContain('highest probability');
    },
  );
});

describe('a target that is not there', () => {
  const flat = volumeOn({ size: [9, 9, 9], voxelToLps: identity });

  it('is not found, with its highest probability', async () => {
    expect(await masksOf(native, [bright], flat)).toEqual([
      'It is nowhere the most probable structure; its highest probability is 0.00.',
    ]);
    const threshold = manifestWith({ decision: { kind: 'threshold', threshold: 0.6 } });
    expect(await masksOf(threshold, [bright], flat)).toEqual([
      'No voxel is above the threshold 0.6; the highest probability is 0.00.',
    ]);
  });

  it('is not found below the minimum volume or the existence threshold', async () => {
    const large = manifestWith({ existence: { minimumVolumeMl: 50 } });
    expect((await masksOf(large, [bright]))[0]).toMatch(/^Only 0\.\d+ mL were marked, less than the 50 mL/);
    const unsure = manifestWith({ existence: { minimumVolumeMl: 0, probability: 0.9999 } });
    expect((await masksOf(unsure, [grey]))[0]).toContain('below the existence threshold 0.9999');
  });

  it('is refused if the model does not know it', async () => {
    const segmenter = await openTextQuery(native, folder, analyticRuntime());
    await expect(segmenter.segment(flat, [target('toString')], quietly())).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });
});

describe('a run', () => {
  it('reports every window, the execution provider and the notes of the runtime', async () => {
    const seen: [number, number][] = [];
    const segmenter = await openTextQuery(native, folder, analyticRuntime());
    const onProgress = (done: number, total: number) => seen.push([done, total]);
    const result = await segmenter.segment(ramp([41, 9, 7]), [grey], quietly({ onProgress }));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map(([done]) => done)).toEqual(seen.map((_, n) => n + 1));
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([seen.length]));
    expect(result).toMatchObject({ executionProvider: 'cpu', notes: ['a note of the runtime'] });
  });

  it('stops between windows when it is cancelled', async () => {
    const cancel = new AbortController();
    let windows = 0;
    const segmenter = await openTextQuery(native, folder, analyticRuntime());
    const running = segmenter.segment(
      ramp([41, 9, 7]),
      [grey],
      quietly({
        signal: cancel.signal,
        onProgress: () => {
          windows++;
          // Like a message from another process: it arrives only if the run leaves the event loop a turn.
          setImmediate(() => cancel.abort());
        },
      }),
    );
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(windows).toBeLessThan(4);
    await expect(
      segmenter.segment(ramp([4, 4, 4]), [grey], quietly({ signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is refused with the figures where it would not fit', async () => {
    const segmenter = await openTextQuery(native, folder, analyticRuntime(), async () => 900_000);
    await expect(segmenter.segment(ramp([41, 9, 7]), [grey], quietly())).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesAvailable: 900_000, bytesNeeded: expect.any(Number) },
    });
  });

  it('goes on in smaller windows where only those fit', async () => {
    const windows = { ...native.windows, size: [16, 8, 8], sizeMultiple: 4, step: [8, 4, 4] } as const;
    const graphBytes = 1_000_000;
    const manifest = manifestWith({ ...nativeSpacing, windows, memory: { graphBytes } } as Partial<TextQueryManifest>);
    const volume = ramp([41, 9, 7]);
    const sides = new Set<number>();
    const known = analyticRuntime();
    const graph = await known.open('graphs/image.onnx');
    const runtime = analyticRuntime({
      'graphs/image.onnx': (feeds, output) => {
        sides.add(Math.max(...feeds.image!.dims));
        return graph.run(feeds, output);
      },
    });
    const segmenter = await openTextQuery(manifest, folder, runtime, async () => 700_000);
    const { outcomes, notes } = await segmenter.segment(volume, [grey], quietly());
    expect([...sides]).toEqual([8]);
    expect(notes.at(-1)).toContain('There was not enough memory for windows of 16 × 8 × 8 voxels.');
    const bits = outcomes.map((outcome) => (outcome.status === 'found' ? outcome.mask.bits : outcome.reason));
    expect(bits).toEqual(await masksOf(manifest, [grey]));
    const tiny = await openTextQuery(manifest, folder, analyticRuntime(), async () => 20_000);
    await expect(tiny.segment(volume, [grey], quietly())).rejects.toMatchObject({ code: 'memory-insufficient' });
  });

  it('needs less memory for an image that is smaller than a window', () => {
    const windows = { ...native.windows, size: [64, 64, 64], sizeMultiple: 4, step: [32, 32, 32] } as const;
    const manifest = manifestWith({
      ...nativeSpacing,
      windows,
      memory: { graphBytes: 1e9 },
    } as Partial<TextQueryManifest>);
    const { grid } = ramp([16, 16, 16]);
    expect(planRun(manifest, grid, grid, 1, 1e12).bytesNeeded).toBeLessThan(1e9 / 60);
  });

  it('is refused before anything is allocated for an absurdly large grid', async () => {
    const grid: Grid = { size: [2, 2, 2], voxelToLps: [1e6, 0, 0, 0, 0, 1e6, 0, 0, 0, 0, 1e6, 0, 0, 0, 0, 1] };
    const segmenter = await openTextQuery(native, folder, analyticRuntime());
    await expect(segmenter.segment(volumeOn(grid), [grey], quietly())).rejects.toMatchObject({
      code: 'memory-insufficient',
    });
  });

  it('refuses features and logits of another shape than the manifest says, and releases what it opened', async () => {
    const oneChannel: Graph['run'] = async ({ image }) => ({ data: floats(image).data, dims: floats(image).dims });
    const segmenter = await openTextQuery(native, folder, analyticRuntime({ 'graphs/image.onnx': oneChannel }));
    await expect(segmenter.segment(ramp([9, 9, 9]), [grey], quietly())).rejects.toMatchObject({
      code: 'model-package-corrupt',
      message: expect.stringContaining('graphs/image.onnx gives features of shape 1×1×8×12×10'),
    });
    const runtime = analyticRuntime();
    await (await openTextQuery(native, folder, runtime)).dispose();
    expect(runtime.released.sort()).toEqual(runtime.opened.sort());
  });
});
