import { expect, it } from '@jest/globals';
import { apply, type Vector3 } from '../../../values/affine.js';
import { type Grid, voxelCount } from '../../../values/grid.js';
import { emptyBits, setBit } from '../../../values/maskBits.js';
import type { Segmenter, TargetOutcome } from '../../segmenter.js';
import { anyManifest, quiet, target, volumeOn } from '../../testSupport.js';

export const zScore = { step: 'z-score', scope: 'all' } as const;

/** The common part of the test manifests of models prompted by queries. */
export const manifestOfQueries = {
  ...anyManifest,
  modalities: ['CT', 'MR'],
  threshold: 0.5,
  existence: { minimumVolumeMl: 0 },
  memory: { graphBytes: 1_000_000, bytesPerPrompt: 1_000 },
};

/** Prompts so large that two do not fit where one does. */
export const greedyMemory = { graphBytes: 1_000_000, bytesPerPrompt: 10_000_000 };

/** A bright ball in a dim image whose outermost voxels are 0; and the ball's bits. @param dim value of the rest */
export function ball(grid: Grid, dim: number): { voxels: Float32Array; bits: Uint8Array } {
  const [nx, ny, nz] = grid.size;
  const middle = apply(grid.voxelToLps, [(nx - 1) / 2, (ny - 1) / 2, (nz - 1) / 2]);
  const voxels = new Float32Array(voxelCount(grid));
  const bits = emptyBits(voxels.length);
  for (let k = 0, n = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, n++) {
        const inside = i > 0 && j > 0 && k > 0 && i < nx - 1 && j < ny - 1 && k < nz - 1;
        const mm = apply(grid.voxelToLps, [i, j, k]);
        const within = Math.hypot(...mm.map((value, axis) => value - middle[axis]!)) < 11;
        voxels[n] = within ? 200 : inside ? dim : 0;
        if (within) setBit(bits, n);
      }
  return { voxels, bits };
}

/** The ball on an upright grid of 1 × 1 × 3 mm. */
export function ballImage(size: Vector3, modality: string, dim: number) {
  const grid: Grid = { size, voxelToLps: [1, 0, 0, -7, 0, 1, 0, 3, 0, 0, 3, 50, 0, 0, 0, 1] };
  return { ...volumeOn(grid, ball(grid, dim).voxels), modality };
}

export const found = (outcome: TargetOutcome | undefined): Uint8Array => {
  if (outcome?.status !== 'found') throw new Error(`not found: ${outcome?.reason}`);
  return outcome.mask.bits;
};

interface Opened {
  readonly opened: Promise<Segmenter>;
  /** The queries of each run. */
  readonly runs: readonly (readonly number[])[];
}

/**
 * Tests of the common behaviour of models prompted by queries.
 * @param open with the manifest's memory, or with {@link greedyMemory} and this many bytes available
 * @param prompts two targets and their queries
 */
export function behavesAsPromptedModel(
  open: (greedyBytes?: number) => Opened,
  image: (size?: Vector3, modality?: string) => ReturnType<typeof ballImage>,
  prompts: readonly (readonly [id: string, query: number])[],
): void {
  const [[first] = ['']] = prompts;

  it('stops between windows when it is cancelled', async () => {
    const { opened, runs } = open();
    const controller = new AbortController();
    const running = (await opened).segment(image(), [target(first)], {
      signal: controller.signal,
      onProgress: (done) => done === 3 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(runs).toHaveLength(3);
  });

  it('runs fewer prompts at a time if memory is short, and refuses with the figures if one does not fit', async () => {
    const targets = prompts.map(([id]) => target(id));
    const short = open(15_000_000);
    await (await short.opened).segment(image(), targets, quiet());
    expect(new Set(short.runs.map(String))).toEqual(new Set(prompts.map(([, query]) => String(query))));
    const none = open(9_000_000);
    await expect((await none.opened).segment(image(), targets, quiet())).rejects.toMatchObject({
      code: 'memory-insufficient',
      details: { bytesAvailable: 9_000_000 },
    });
    expect(none.runs).toEqual([]);
  });

  it('refuses a modality that it does not serve, and a target that it does not have', async () => {
    const segmenter = await open().opened;
    await expect(segmenter.segment(image([5, 5, 5], 'PT'), [target(first)], quiet())).rejects.toMatchObject({
      code: 'modality-not-served',
    });
    await expect(segmenter.segment(image(), [target('toString')], quiet())).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });
}
