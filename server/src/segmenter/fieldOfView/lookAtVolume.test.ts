import { describe, expect, it } from '@jest/globals';
import { apply } from '../../values/affine.js';
import { heightAt } from '../../values/heights.js';
import { lookAtVolume, type SeenVolume } from './lookAtVolume.js';
import { openFieldOfView } from './openFieldOfView.js';
import { bodyFrom, saidUpsideDown, testGraph, testNetwork, uprightGrid } from './testing.testSupport.js';

const signal = new AbortController().signal;
const look = (volume: ReturnType<typeof bodyFrom>): Promise<SeenVolume> =>
  lookAtVolume(testGraph, testNetwork.manifest, volume, signal);

describe('a look at a volume', () => {
  it('finds the kind, the orientation and the heights of both ends', async () => {
    const seen = await look(bodyFrom(1000, 32));
    expect(seen).toMatchObject({ kind: 'ct', orientation: { status: 'as-stated' } });
    expect(seen.probabilities.get('ct')).toBeGreaterThan(0.99);
    expect(Math.abs(seen.body!.low - 1000)).toBeLessThan(15);
    expect(Math.abs(seen.body!.high - 1256)).toBeLessThan(15);
    expect(seen.body!.confidence).toBeGreaterThan(0.8);
  });

  it('gives the height of every place in the patient', async () => {
    const volume = bodyFrom(900, 24, 0.9);
    const { body } = await look(volume);
    const place = apply(volume.grid.voxelToLps, [3, 5, 10]);
    expect(Math.abs(heightAt(body!.heightOf, place) - (900 + 10.5 * 8 * 0.9))).toBeLessThan(15);
  });

  it('reads the patient upside down where the attributes say so, and says how', async () => {
    const upright = bodyFrom(1000, 32);
    const volume = { ...upright, grid: saidUpsideDown(upright.grid) };
    const seen = await look(volume);
    expect(seen.orientation).toEqual({ status: 'differs', head: 'feet', front: 'front' });
    expect(Math.abs(seen.body!.low - 1000)).toBeLessThan(15);
    const place = apply(volume.grid.voxelToLps, [3, 5, 10]);
    expect(Math.abs(heightAt(seen.body!.heightOf, place) - 1084)).toBeLessThan(15);
  });

  it('does not know the orientation of what stands in no way', async () => {
    const { grid, voxels } = bodyFrom(1000, 16);
    const alternating = voxels.map((_, n) => n % 2);
    expect((await look({ grid, voxels: alternating })).orientation).toEqual({ status: 'unknown' });
  });

  it('sees nothing in a uniform image', async () => {
    const grid = uprightGrid([24, 16, 16]);
    const seen = await look({ grid, voxels: new Float32Array(24 * 16 * 16).fill(7) });
    expect(seen).toMatchObject({ kind: 'other', orientation: { status: 'unknown' } });
    expect(seen.body).toBeUndefined();
  });

  it('is not repeated for the same voxels', async () => {
    let opened = 0;
    const network = openFieldOfView(async () => {
      opened++;
      return { network: testNetwork, graph: testGraph };
    });
    const volume = bodyFrom(1000, 16);
    const first = await network.look(volume, signal);
    // A second run would be cancelled.
    const second = await network.look(volume, AbortSignal.abort());
    expect(second.seen).toBe(first.seen);
    expect(opened).toBe(1);
  });

  it('refuses a graph whose outputs have other shapes', async () => {
    const manifest = { ...testNetwork.manifest, rowSlices: 4 };
    await expect(lookAtVolume(testGraph, manifest, bodyFrom(1000, 16), signal)).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
  });
});
