import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { voxelCount } from '../../../values/grid.js';
import { randomNumbers } from '../../../values/randomNumbers.js';
import type { Target } from '../../../values/target.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import { orientedGrid } from '../../orientedGrid.js';
import { modelManifestSchema } from '../../packages/modelManifest.js';
import { emptyProbabilityMap } from '../../probabilityMap.js';
import type { SegmentOptions } from '../../segmenter.js';
import { randomGrid, target, volumeOn } from '../../testSupport.js';
import { lastProbabilities } from './lastProbabilities.js';
import type { TextQueryManifest } from './manifest.js';
import { planRun } from './planRun.js';
import { openTextQuery } from './textQuery.js';

const folder = fileURLToPath(new URL('../../../../../models/testing/text-query-package', import.meta.url));
const packaged = JSON.parse(await readFile(`${folder}/model.json`, 'utf8'));

/** The packaged test model, with the logits of its two rows as the image graph's channels. */
function manifestWith(change: Partial<TextQueryManifest> = {}): TextQueryManifest {
  const manifest = modelManifestSchema.parse({ ...packaged, mask: { kind: 'channels' }, ...change });
  if (manifest.family !== 'text-query') throw new Error('another family');
  return manifest;
}

/** Counts the windows that went through the graph; `failAt` fails one of them. */
function countingRuntime(failAt?: number) {
  const seen = { windows: 0 };
  const runtime: GraphRuntime = {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    open: async () => ({
      async run({ image }) {
        seen.windows++;
        if (seen.windows === failAt) throw new Error('the graph fails');
        const { data, dims } = image!;
        const logits = Float32Array.from({ length: 2 * data.length }, (_, n) =>
          n < data.length ? 20 * Number(data[n]) - 6 : 40 * Number(data[n - data.length]) - 20,
        );
        return { data: logits, dims: [1, 2, ...dims.slice(2)] };
      },
      release: async () => undefined,
    }),
  };
  return { seen, runtime };
}

function noisyVolume(seed: number) {
  const random = randomNumbers(seed);
  const volume = volumeOn(randomGrid(random));
  volume.voxels.forEach((_, n) => {
    volume.voxels[n] = 1000 * random() ** 2;
  });
  return volume;
}

const [grey, bright] = ['grey-region', 'bright-region'].map(target) as [Target, Target];

const quietly = (change: Partial<SegmentOptions> = {}): SegmentOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...change,
});

const knownNote = 'The image was segmented for an earlier prompt already; only the masks were made again.';

describe('a further prompt on the last image', () => {
  const volume = noisyVolume(31);

  it('gets exactly the masks and probabilities of a run of its own, without a run of the graph', async () => {
    const { seen, runtime } = countingRuntime();
    const segmenter = await openTextQuery(manifestWith(), folder, runtime, async () => 1e9);
    const first = await segmenter.segment(volume, [grey], quietly());
    expect(first.notes).toEqual(['a note of the runtime']);
    const windows = seen.windows;
    expect(windows).toBeGreaterThan(1);

    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const again = await segmenter.segment(volume, [bright, grey], quietly({ probabilities: true, onProgress }));
    expect(seen.windows).toBe(windows);
    expect(progress).toEqual([]);
    expect(again).toMatchObject({ sessionRunMs: 0, notes: ['a note of the runtime', knownNote] });

    const alone = await openTextQuery(manifestWith(), folder, countingRuntime().runtime, async () => 1e9);
    const { outcomes } = await alone.segment(volume, [bright, grey], quietly({ probabilities: true }));
    expect(outcomes.map(({ status }) => status)).toEqual(['found', 'found']);
    expect(again.outcomes).toEqual(outcomes);
    expect([again.outcomes[1]]).toMatchObject(first.outcomes);
  });

  it('runs the graph again after another image, and after the model was closed', async () => {
    const { seen, runtime } = countingRuntime();
    const segmenter = await openTextQuery(manifestWith(), folder, runtime);
    const windowsOf = async (image: typeof volume) => {
      const before = seen.windows;
      const { notes } = await segmenter.segment(image, [grey], quietly());
      expect(notes.includes(knownNote)).toBe(seen.windows === before);
      return seen.windows - before;
    };
    const other = noisyVolume(32);
    const alone = await windowsOf(volume);
    expect(await windowsOf(other)).toBeGreaterThan(0);
    expect(await windowsOf(other)).toBe(0);
    expect(await windowsOf(volume)).toBe(alone);
    await segmenter.dispose();
    expect(await windowsOf(volume)).toBe(alone);
  });

  it('runs the graph again for a model with a threshold: its channels are the targets of one prompt', async () => {
    const { seen, runtime } = countingRuntime();
    const manifest = manifestWith({ decision: { kind: 'threshold', threshold: 0.5 } });
    const segmenter = await openTextQuery(manifest, folder, runtime);
    await segmenter.segment(volume, [grey], quietly());
    const windows = seen.windows;
    await segmenter.segment(volume, [grey], quietly());
    expect(seen.windows).toBe(2 * windows);
  });

  it('never builds on a run that was cancelled or failed between windows', async () => {
    const whole = countingRuntime();
    const expected = await (await openTextQuery(manifestWith(), folder, whole.runtime)).segment(
      volume,
      [grey],
      quietly(),
    );
    const { seen, runtime } = countingRuntime(2);
    const segmenter = await openTextQuery(manifestWith(), folder, runtime);
    await expect(segmenter.segment(volume, [grey], quietly())).rejects.toThrow('the graph fails');
    const cancel = new AbortController();
    const cancelled = quietly({ signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(segmenter.segment(volume, [grey], cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    const before = seen.windows;
    const { outcomes, notes } = await segmenter.segment(volume, [grey], quietly());
    expect(seen.windows - before).toBe(whole.seen.windows);
    expect(notes).not.toContain(knownNote);
    expect(outcomes).toEqual(expected.outcomes);
  });

  it('builds on a run that was cancelled when all windows were done', async () => {
    const { seen, runtime } = countingRuntime();
    const segmenter = await openTextQuery(manifestWith(), folder, runtime);
    const cancel = new AbortController();
    const onProgress = (done: number, total: number) => {
      if (done === total) cancel.abort();
    };
    await expect(
      segmenter.segment(volume, [grey], quietly({ signal: cancel.signal, onProgress })),
    ).rejects.toMatchObject({ code: 'cancelled' });
    const windows = seen.windows;
    expect((await segmenter.segment(volume, [grey], quietly())).notes).toContain(knownNote);
    expect(seen.windows).toBe(windows);
  });
});

describe('the memory of the last image', () => {
  const volume = noisyVolume(33);
  const other = { ...volume, voxels: volume.voxels.slice() };
  const manifest = manifestWith();
  const grid = orientedGrid(volume.grid, manifest.input.orientation, manifest.input.spacing);
  const { bytesNeeded } = planRun(manifest, volume.grid, grid, 1, 1e9);
  const mapBytes = 4 * manifest.rows.length * voxelCount(grid);

  it('counts as available to another image, and is no more than that', async () => {
    let available = bytesNeeded;
    const segmenter = await openTextQuery(manifest, folder, countingRuntime().runtime, async () => available);
    await segmenter.segment(volume, [grey], quietly());
    available = bytesNeeded - mapBytes;
    expect((await segmenter.segment(other, [grey], quietly())).notes).not.toContain(knownNote);
    available--;
    await expect(segmenter.segment(volume, [grey], quietly())).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesNeeded, bytesAvailable: bytesNeeded - 1 },
    });
  });

  it('is enough for a further prompt where a run would not fit; a prompt that does not fit is refused', async () => {
    let available = bytesNeeded;
    const segmenter = await openTextQuery(manifest, folder, countingRuntime().runtime, async () => available);
    await segmenter.segment(volume, [grey], quietly());
    const toRestore = 8 * voxelCount(grid) + Math.ceil(voxelCount(volume.grid) / 8);
    available = toRestore;
    expect((await segmenter.segment(volume, [grey], quietly())).notes).toContain(knownNote);
    available--;
    await expect(segmenter.segment(volume, [grey], quietly())).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesNeeded: toRestore },
    });
  });

  it('is let go of with the next image, and by forgetting', () => {
    const last = lastProbabilities();
    expect(last.forget()).toBe(0);
    const map = emptyProbabilityMap(grid, 2);
    last.keep(volume.voxels, map);
    expect(last.of(volume.voxels)).toBe(map);
    last.keep(other.voxels, emptyProbabilityMap(grid, 2));
    expect(last.of(volume.voxels)).toBeUndefined();
    expect(last.forget()).toBe(map.values.byteLength);
    expect(last.of(other.voxels)).toBeUndefined();
  });
});
