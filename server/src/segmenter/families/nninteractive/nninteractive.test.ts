import { describe, expect, it } from '@jest/globals';
import { emptyBits } from '../../../values/maskBits.js';
import type { Graph, GraphRuntime } from '../../onnxRuntime.js';
import { quiet } from '../../testSupport.js';
import { brightnessOf } from './brightness.js';
import { nninteractiveManifestSchema, nninteractiveProblems } from './manifest.js';
import { openNninteractive } from './nninteractive.js';
import { nearestOdd } from './seenClicks.js';
import { bitsAfter, expectScene, image, manifest as plain, readScenes, watched } from './testing/scenes.js';

const manifest = nninteractiveManifestSchema.parse(plain);

/** Logits that depend on the values at the voxel alone, as KnownNetwork of nninteractive_session.py gives them. */
const known: Graph = {
  async run({ image: seen }) {
    const values = seen!.data as Float32Array;
    const voxels = values.length / 8;
    const at = (channel: number, n: number): number => values[channel * voxels + n]!;
    const data = new Float32Array(voxels);
    for (let n = 0; n < voxels; n++) data[n] = 1.5 * at(0, n) + 0.5 * at(1, n) + 4 * at(4, n) - 12 * at(5, n) - 1.2;
    return { data, dims: [] };
  },
  release: async () => undefined,
};

async function open(bytes = 2 ** 40) {
  const { graph, runs } = watched(known);
  const runtime: GraphRuntime = { executionProvider: 'cpu', notes: ['A note.'], open: async () => graph };
  return { runs, segmenter: await openNninteractive(manifest, runtime, async () => bytes) };
}

const [fromNothing, onMask] = readScenes('known');
const nothing = () => {
  const volume = image();
  return { volume, mask: { grid: volume.grid, bits: emptyBits(volume.voxels.length) } };
};

describe('clicks with a network that is known', () => {
  it.each([fromNothing!, onMask!])('are followed as by nnInteractive, $name', async (scene) => {
    // The scenes have what makes the difference: windows beyond the image, zoom, refinement.
    const zooms = scene.clicks.map(({ views }) => views.at(-1)!.zoom);
    expect(new Set(zooms).size).toBeGreaterThan(1);
    const { segmenter, runs } = await open();
    await expectScene(scene, segmenter, runs, { logits: 0.01, dice: 1 });
  });

  it('give the same mask at once as one after another, and what ran', async () => {
    const { segmenter } = await open();
    const [first, ...others] = fromNothing!.clicks;
    const before = bitsAfter(first!);
    const { volume, mask } = nothing();
    const steps: number[] = [];
    const together = await segmenter.correctByClicks(
      volume,
      { ...mask, bits: before },
      others.map(({ voxel, part }) => ({ voxel, part })),
      { ...quiet(), onProgress: (done, total) => steps.push(done / total) },
      [first!],
    );
    expect(together.mask.bits).toEqual(bitsAfter(others.at(-1)!));
    // The mask that was given stays.
    expect(before).toEqual(bitsAfter(first!));
    expect(before).not.toEqual(together.mask.bits);
    expect(steps).toEqual([0.5, 1]);
    expect(together).toMatchObject({ executionProvider: 'cpu', notes: ['A note.'] });
  });

  it('stop between windows when they are cancelled', async () => {
    const { volume, mask } = nothing();
    const controller = new AbortController();
    const { segmenter, runs } = await open();
    const push = runs.push.bind(runs);
    runs.push = (...run) => {
      if (runs.length === 4) controller.abort();
      return push(...run);
    };
    const { voxel, part } = fromNothing!.clicks[0]!;
    const running = segmenter.correctByClicks(volume, mask, [{ voxel, part }], {
      ...quiet(),
      signal: controller.signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(runs).toHaveLength(5);
  });

  it('are refused with the figures if memory is short, and for a modality that is not served', async () => {
    const { volume, mask } = nothing();
    const click = { voxel: [70, 36, 28], part: true } as const;
    const short = await open(9_000_000);
    await expect(short.segmenter.correctByClicks(volume, mask, [click], quiet())).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesAvailable: 9_000_000 },
    });
    const { segmenter, runs } = await open();
    await expect(
      segmenter.correctByClicks({ ...volume, modality: 'PT' }, mask, [click], quiet()),
    ).rejects.toMatchObject({ code: 'modality-not-served' });
    expect([...short.runs, ...runs]).toEqual([]);
  });

  it('are refused with a sentence if they are a scribble or lasso, also an earlier one', async () => {
    const { volume, mask } = nothing();
    const click = { voxel: [70, 36, 28], part: true } as const;
    const scribble = { voxels: Uint32Array.of(4, 5, 6), part: true };
    const { segmenter, runs } = await open();
    const refused = {
      code: 'click-unsuitable',
      message: 'The model takes clicks, but no scribbles and lassos: click, or name another model.',
    };
    await expect(segmenter.correctByClicks(volume, mask, [click, scribble], quiet())).rejects.toMatchObject(refused);
    await expect(segmenter.correctByClicks(volume, mask, [click], quiet(), [scribble])).rejects.toMatchObject(refused);
    expect(runs).toEqual([]);
  });
});

describe('an image', () => {
  it('with one value everywhere becomes 0', () => {
    const { volume } = nothing();
    const { mean, deviation } = brightnessOf({ ...volume, voxels: new Int16Array(volume.voxels.length).fill(7) });
    expect([mean, deviation]).toEqual([7, 1]);
    expect(brightnessOf({ ...volume, voxels: new Int16Array(volume.voxels.length) })).toEqual({
      mean: 0,
      deviation: 1,
    });
  });
});

describe('a package', () => {
  const files = new Map([['window.onnx', 1]]);

  it('is whole', () => {
    expect(nninteractiveProblems(manifest, files)).toEqual([]);
  });

  it.each([
    ['is named in model.json but missing', manifest, new Map()],
    ['gives the mask and the clicks channels', { ...manifest, channels: { ...plain.channels, mask: 3 } }, files],
    ['gives the mask and the clicks channels', { ...manifest, channels: { ...plain.channels, count: 4 } }, files],
    ['leaves nothing of a window', { ...manifest, window: [72, 64, 48] }, files],
  ] as [string, typeof manifest, Map<string, number>][])('that %s … is refused', (message, wrong, there) => {
    expect(nninteractiveProblems(wrong, there)).toEqual([
      { file: expect.any(String), message: expect.stringContaining(message) },
    ]);
  });
});

it('a dilation has an odd width', () => {
  // Factors 1.5, 2.25, 3.375 and 4.
  expect([2, 3.5, 5.75, 7].map(nearestOdd)).toEqual([3, 3, 5, 7]);
});
