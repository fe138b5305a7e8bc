import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { blendPrompts, windowsOf } from '../../server/src/segmenter/families/blendPrompts.js';
import type { PreparedImage } from '../../server/src/segmenter/families/preparedImage.js';
import type { SatManifest } from '../../server/src/segmenter/families/sat/manifest.js';
import { prepareImage, wholeGrid } from '../../server/src/segmenter/families/sat/prepareImage.js';
import { importanceWeights } from '../../server/src/segmenter/importanceWeights.js';
import type { IntensityStep } from '../../server/src/segmenter/intensitySteps.js';
import type { Graph } from '../../server/src/segmenter/onnxRuntime.js';
import { reorientedGrid } from '../../server/src/segmenter/reorientedGrid.js';
import { resample } from '../../server/src/segmenter/resample.js';
import { type Affine, apply, multiply, type Vector3 } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import type { EvenVolume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/src/volume/onEvenGrid.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { filesOf, streamOf } from '../volume/streamOf.js';

const { min } = Math;

/** x, y, z and the value there. */
type Sample = readonly [number, number, number, number];

/** What upstream's own code makes of the series: see models/tools/converters/upstream/sat_stages.py. */
interface Stages {
  readonly turned: { readonly size: Vector3; readonly voxelToRas: Affine };
  readonly resampled: { readonly size: Vector3; readonly voxelToRas: Affine; readonly samples: readonly Sample[] };
  readonly crop: { readonly first: Vector3; readonly size: Vector3 };
  readonly normalised: { readonly samples: readonly Sample[] };
  readonly windows: readonly Vector3[];
  readonly weights: { readonly samples: readonly Sample[]; readonly sum: number; readonly least: number };
  /** For each prompt and each slice of the cropped grid how many voxels are above 0.5. */
  readonly marked: readonly (readonly number[])[];
}

const clip: IntensityStep = { step: 'clip', low: -500, high: 1000 };
const clipPercentiles: IntensityStep = {
  step: 'clip-percentiles',
  low: { percent: 0.5, scope: 'all' },
  high: { percent: 99.5, scope: 'all' },
};
const standardise: IntensityStep = { step: 'z-score', scope: 'all' };

const window: Vector3 = [288, 288, 96];
const graphNames = {
  file: 'window.onnx',
  image: 'image',
  queries: 'queries',
  output: 'probabilities',
  promptsPerRun: 32,
};
const input: SatManifest['input'] = { orientation: 'RAS', spacing: [1, 1, 3], intensity: {} };
const manifest = {
  input,
  window,
  graph: graphNames,
  queries: { kind: 'bank', file: 'queries.f32', dimension: 1 },
} as SatManifest;
const { signal } = new AbortController();

const series = [
  // Its 27 windows take two minutes to blend, by the same code as those of the head.
  { name: 'ct_abdomen_pelvis', steps: [clip, standardise], blended: false },
  { name: 'mr_t1_head_sagittal', steps: [clipPercentiles, standardise], blended: true },
];

for (const { name, steps, blended } of series)
  describeWithSharedData(`${name} on its way through SAT, against upstream's code`, [name], ([folder]) => {
    let upstream: Stages;
    let volume: EvenVolume;
    let image: PreparedImage;
    beforeAll(async () => {
      const fixture = `../../server/src/segmenter/families/sat/testing/${name}.json`;
      upstream = JSON.parse(await readFile(path.join(import.meta.dirname, fixture), 'utf8'));
      volume = onEvenGrid(await assembleVolume(streamOf(filesOf(folder!)), { signal }));
      image = (await prepareImage(manifest, volume, steps, signal))!;
    });

    it('is turned to the same axes and places', () => {
      expectSameGrid(reorientedGrid(volume.grid, 'RAS'), upstream.turned);
    });

    it('is resampled to the same grid and values', async () => {
      const whole = wholeGrid(manifest, volume.grid);
      expectSameGrid(whole, upstream.resampled);
      const resampled = await resample(volume.voxels, volume.grid, whole, signal, 'edge');
      expectSamples(resampled, whole.size, upstream.resampled.samples, 2e-3);
    });

    it('is cropped to the same box', () => {
      const whole = wholeGrid(manifest, volume.grid);
      expect(image.grid.size).toEqual(upstream.crop.size);
      apply(image.grid.voxelToLps, [0, 0, 0]).forEach((mm, axis) => {
        expect(mm).toBeCloseTo(apply(whole.voxelToLps, upstream.crop.first)[axis]!, 6);
      });
    });

    it('is normalised to the same values', () => {
      expectSamples(image.voxels, image.grid.size, upstream.normalised.samples, 2e-5);
    });

    it('is cut into the same windows', () => {
      const ours = windowsOf(image.grid, window).map(([x, y, z]) => [x.start, y.start, z.start].join());
      expect(ours.sort()).toEqual(upstream.windows.map((place) => place.join()).sort());
    });

    it('has windows of the same weights', () => {
      const weights = importanceWeights(window);
      expectSamples(weights, window, upstream.weights.samples, 1e-8);
      expect(weights.reduce((sum, weight) => sum + weight, 0) / upstream.weights.sum).toBeCloseTo(1, 6);
      expect(weights.reduce((least, weight) => min(least, weight))).toBeCloseTo(upstream.weights.least, 12);
    });

    if (!blended) return;

    it('is marked in the same voxels where the same probabilities are blended', async () => {
      const queries = upstream.marked.map((_, n) => Float32Array.of(n));
      const places = windowsOf(image.grid, window);
      const weights = importanceWeights(window);
      const { map } = await blendPrompts(
        { manifest, graph: knownNetwork, weights },
        image,
        places,
        queries,
        signal,
        () => {},
      );
      const [columns, rows, slices] = image.grid.size;
      const marked = queries.map(() => new Array<number>(slices).fill(0));
      for (let n = 0; n < columns * rows * slices; n++)
        for (let c = 0; c < queries.length; c++)
          if (map.values[n * queries.length + c]! > 0.5) marked[c]![Math.floor(n / (columns * rows))]!++;
      // Where a probability is 0.5 to the last digit, rounding decides.
      const total = upstream.marked.flat().reduce((sum, count) => sum + count, 0);
      const others = marked.flat().reduce((sum, count, n) => sum + Math.abs(count - upstream.marked.flat()[n]!), 0);
      expect(total).toBeGreaterThan(100_000);
      expect(others / total).toBeLessThan(1e-5);
    });
  });

/** Logits that depend on the voxel and on its place in the window, as KnownNetwork of sat_stages.py gives them. */
const knownNetwork: Graph = {
  async run({ image, queries }) {
    const [voxels, prompts] = [image!.data as Float32Array, queries!.data as Float32Array];
    const [x, y, z] = window;
    const alongX = Float64Array.from({ length: x }, (_, i) => Math.sin(0.11 * i));
    const alongY = Float64Array.from({ length: y }, (_, j) => Math.cos(0.07 * j));
    const alongZ = Float64Array.from({ length: z }, (_, k) => Math.sin(0.31 * k));
    const data = new Float32Array(voxels.length * prompts.length);
    for (let k = 0, n = 0; k < z; k++)
      for (let j = 0; j < y; j++)
        for (let i = 0; i < x; i++, n++)
          for (let c = 0; c < prompts.length; c++) {
            const place = alongX[i]! + alongY[j]! + alongZ[k]!;
            const logit = (voxels[n]! - 0.4 + 0.3 * prompts[c]!) * 1.5 + place;
            data[n * prompts.length + c] = 1 / (1 + Math.exp(-logit));
          }
    return { data, dims: [z, y, x, prompts.length] };
  },
  release: async () => undefined,
};

const rasToLps: Affine = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function expectSameGrid({ size, voxelToLps }: Grid, expected: { size: Vector3; voxelToRas: Affine }): void {
  expect(size).toEqual(expected.size);
  const inLps = multiply(rasToLps, expected.voxelToRas);
  voxelToLps.forEach((value, n) => {
    expect(Math.abs(value - inLps[n]!)).toBeLessThan(2e-3);
  });
}

function expectSamples(values: Float32Array, [nx, ny]: Vector3, samples: readonly Sample[], tolerance: number): void {
  expect(samples.length).toBeGreaterThan(50);
  for (const [x, y, z, expected] of samples)
    expect(Math.abs(values[x + nx * (y + ny * z)]! - expected)).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected)),
    );
}
