import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { blendPrompts } from '../../server/src/segmenter/families/blendPrompts.js';
import type { PreparedImage } from '../../server/src/segmenter/families/preparedImage.js';
import { evenWindows } from '../../server/src/segmenter/families/voxtell/evenWindows.js';
import type { VoxtellManifest } from '../../server/src/segmenter/families/voxtell/manifest.js';
import { prepareImage } from '../../server/src/segmenter/families/voxtell/prepareImage.js';
import { importanceWeights } from '../../server/src/segmenter/importanceWeights.js';
import type { Graph } from '../../server/src/segmenter/onnxRuntime.js';
import type { ProbabilityMap } from '../../server/src/segmenter/probabilityMap.js';
import { reorientedGrid } from '../../server/src/segmenter/reorientedGrid.js';
import { type Affine, apply, multiply, type Vector3 } from '../../server/src/values/affine.js';
import type { EvenVolume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/src/volume/onEvenGrid.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { filesOf, streamOf } from '../volume/streamOf.js';

/** x, y, z and the value there. */
type Sample = readonly [number, number, number, number];

/** What upstream's own code makes of the series: see models/tools/converters/upstream/voxtell_stages.py. */
interface Stages {
  readonly turned: { readonly size: Vector3; readonly voxelToRas: Affine };
  readonly crop: { readonly first: Vector3; readonly size: Vector3 };
  readonly normalised: { readonly samples: readonly Sample[] };
  readonly windows: readonly Vector3[];
  readonly weights: { readonly samples: readonly Sample[]; readonly sum: number; readonly least: number };
  /** Of the first prompt, blended. */
  readonly logits: { readonly samples: readonly Sample[] };
  /** For each prompt how many voxels upstream marks, whose sums of windows are float16. */
  readonly marked: readonly number[];
  /** For each prompt and each slice of the cropped grid how many it would mark with sums in float32. */
  readonly markedInFloat32: readonly (readonly number[])[];
}

const window: VoxtellManifest['window'] = [192, 192, 192];
const manifest: Pick<VoxtellManifest, 'window' | 'graph' | 'queries'> = {
  window,
  graph: { file: 'window.onnx', image: 'image', queries: 'queries', output: 'logits', promptsPerRun: 4 },
  queries: { kind: 'bank', file: 'embeddings.f32', dimension: 1 },
};
const { signal } = new AbortController();

const series = [
  { name: 'ct_thigh', data: 'ct_mr_pet_thigh', images: 'ibsi_validation/dicom/STS_004/CT/image' },
  { name: 'mr_t1_head_sagittal', data: 'mr_t1_head_sagittal', images: '.' },
];
const weights = importanceWeights(window);

for (const { name, data, images } of series)
  describeWithSharedData(`${name} on its way through VoxTell, against upstream's code`, [data], ([folder]) => {
    let upstream: Stages;
    let volume: EvenVolume;
    let image: PreparedImage;
    beforeAll(async () => {
      const fixture = `../../server/src/segmenter/families/voxtell/testing/${name}.json`;
      upstream = JSON.parse(await readFile(path.join(import.meta.dirname, fixture), 'utf8'));
      volume = onEvenGrid(await assembleVolume(streamOf(filesOf(path.join(folder!, images))), { signal }));
      image = (await prepareImage(volume, [{ step: 'z-score', scope: 'all' }], signal))!;
    });

    it('is turned to the same axes and places', () => {
      const { size, voxelToLps } = reorientedGrid(volume.grid, 'RAS');
      expect(size).toEqual(upstream.turned.size);
      const inLps = multiply(rasToLps, upstream.turned.voxelToRas);
      voxelToLps.forEach((value, n) => {
        expect(Math.abs(value - inLps[n]!)).toBeLessThan(2e-3);
      });
    });

    it('is cropped to the same box', () => {
      expect(image.grid.size).toEqual(upstream.crop.size);
      const whole = reorientedGrid(volume.grid, 'RAS');
      apply(image.grid.voxelToLps, [0, 0, 0]).forEach((mm, axis) => {
        expect(mm).toBeCloseTo(apply(whole.voxelToLps, upstream.crop.first)[axis]!, 6);
      });
    });

    it('is normalised to the same values', () => {
      expectSamples(image.voxels, image.grid.size, upstream.normalised.samples, 2e-5);
    });

    it('is cut into the same windows', () => {
      const ours = evenWindows(image.grid, window).map(([x, y, z]) => [x.start, y.start, z.start].join());
      expect(ours.sort()).toEqual(upstream.windows.map((place) => place.join()).sort());
    });

    it('has windows of the same weights', () => {
      expectSamples(weights, window, upstream.weights.samples, 1e-8);
      expect(weights.reduce((sum, weight) => sum + weight, 0) / upstream.weights.sum).toBeCloseTo(1, 6);
      expect(weights.reduce((least, weight) => Math.min(least, weight))).toBeCloseTo(upstream.weights.least, 12);
    });

    it('is marked in the same voxels where the same logits are blended', async () => {
      const queries = upstream.marked.map((_, n) => Float32Array.of(n));
      const { map } = await blendPrompts(
        { manifest, graph: knownNetwork, weights },
        image,
        evenWindows(image.grid, window),
        queries,
        signal,
        () => {},
      );
      const firstPrompt = map.values.filter((_, n) => n % queries.length === 0);
      expectSamples(firstPrompt, image.grid.size, upstream.logits.samples, 2e-5);
      const marked = markedPerSlice(map);
      const differences = marked.flat().map((count, n) => Math.abs(count - upstream.markedInFloat32.flat()[n]!));
      // Where a logit is 0 to the last digit, rounding decides.
      expect(sum(upstream.marked)).toBeGreaterThan(100_000);
      expect(sum(differences) / sum(upstream.marked)).toBeLessThan(1e-5);
      // Upstream's sums are float16: where all weights are below 1e-3, toward the corners of an image, its logits
      // vanish or are rounded to a few steps. 99 % of the voxels that differ are there.
      marked.forEach((slices, n) => {
        expect(Math.abs(sum(slices) / upstream.marked[n]! - 1)).toBeLessThan(0.01);
      });
    });
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** For each channel and slice how many voxels are above 0. */
function markedPerSlice({ grid, channels, values }: ProbabilityMap): number[][] {
  const [columns, rows, slices] = grid.size;
  const marked = Array.from({ length: channels }, () => new Array<number>(slices).fill(0));
  for (let n = 0; n < columns * rows * slices; n++)
    for (let c = 0; c < channels; c++)
      if (values[n * channels + c]! > 0) marked[c]![Math.floor(n / (columns * rows))]!++;
  return marked;
}

/** Logits that depend on the voxel and on its place in the window, as KnownNetwork of voxtell_stages.py gives them. */
const knownNetwork: Graph = {
  async run({ image, queries }) {
    const [voxels, prompts] = [image!.data as Float32Array, queries!.data as Float32Array];
    const [x, y, z] = window;
    const data = new Float32Array(voxels.length * prompts.length);
    for (let k = 0, n = 0; k < z; k++)
      for (let j = 0; j < y; j++) {
        const alongLine = Math.cos(0.07 * j) + Math.sin(0.31 * k);
        for (let i = 0; i < x; i++, n++)
          for (let c = 0; c < prompts.length; c++)
            data[n * prompts.length + c] = (voxels[n]! - 0.4 + 0.3 * prompts[c]!) * 1.5 + alongLine + alongX[i]!;
      }
    return { data, dims: [z, y, x, prompts.length] };
  },
  release: async () => undefined,
};
const alongX = Float64Array.from({ length: window[0] }, (_, i) => Math.sin(0.11 * i));

const rasToLps: Affine = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function expectSamples(values: Float32Array, [nx, ny]: Vector3, samples: readonly Sample[], tolerance: number): void {
  expect(samples.length).toBeGreaterThan(50);
  for (const [x, y, z, expected] of samples)
    expect(Math.abs(values[x + nx * (y + ny * z)]! - expected)).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected)),
    );
}
