import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../platform/errors.js';
import type { EvenVolume } from '../values/volume.js';
import type { ClickSegmenter } from './clickable.js';
import type { Segmenter, SegmentOptions } from './segmenter.js';
import { clicksWithSuccessor, withSuccessor } from './withSuccessor.js';

const deviceLost = new PromptsegError('internal', 'ONNX Runtime could not run a graph.', { cause: new Error('lost') });
const options = {} as SegmentOptions;
const volume = {} as EvenVolume;

/** A segmenter that says where it ran, and throws what it is given. */
function segmenter(executionProvider: 'webgpu' | 'cpu', failures: unknown[] = []) {
  let disposed = 0;
  const fake: Segmenter = {
    async segment() {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return { outcomes: [], executionProvider, notes: [], sessionRunMs: 1 };
    },
    async dispose() {
      disposed += 1;
    },
  };
  return { fake, disposed: () => disposed };
}

const ranOf = async (of: Segmenter): Promise<string> => (await of.segment(volume, [], options)).executionProvider;

describe('a segmenter with a successor', () => {
  it('goes over when its device breaks off, runs again there, and stays there', async () => {
    const gpu = segmenter('webgpu', [undefined, deviceLost]);
    const cpu = segmenter('cpu');
    const reasons: unknown[] = [];
    const both = withSuccessor(gpu.fake, async (error) => {
      reasons.push(error);
      return cpu.fake;
    });
    expect([await ranOf(both), await ranOf(both), await ranOf(both)]).toEqual(['webgpu', 'cpu', 'cpu']);
    expect([reasons, gpu.disposed(), cpu.disposed()]).toEqual([[deviceLost], 1, 0]);
    await both.dispose();
    expect([gpu.disposed(), cpu.disposed()]).toEqual([1, 1]);
  });

  it.each([
    ['a cancelled job', new PromptsegError('cancelled', 'Cancelled.')],
    ['memory that the machine lacks', new PromptsegError('memory-insufficient', 'Needs 9 GB.')],
    ['a damaged package', new PromptsegError('model-package-corrupt', 'Damaged.', { cause: new Error() })],
  ])('leaves %s to the caller', async (_what, failure) => {
    const both = withSuccessor(segmenter('webgpu', [failure]).fake, async () => segmenter('cpu').fake);
    await expect(ranOf(both)).rejects.toBe(failure);
    expect(await ranOf(both)).toBe('webgpu');
  });

  it('does not hide what the successor throws', async () => {
    const both = withSuccessor(segmenter('webgpu', [deviceLost]).fake, async () => segmenter('cpu', [deviceLost]).fake);
    await expect(ranOf(both)).rejects.toBe(deviceLost);
  });
});

it('clicks are followed on another device with all that was asked for', async () => {
  const asked: unknown[][] = [];
  const clicks = (failure?: Error): ClickSegmenter => ({
    async correctByClicks(...given) {
      asked.push(given);
      if (failure !== undefined) throw failure;
      return {} as Awaited<ReturnType<ClickSegmenter['correctByClicks']>>;
    },
    dispose: async () => undefined,
  });
  const both = clicksWithSuccessor(clicks(deviceLost), async () => clicks());
  const [click, earlier] = [[], []];
  const mask = {} as Parameters<ClickSegmenter['correctByClicks']>[1];
  await both.correctByClicks(volume, mask, click, options, earlier);
  expect(asked).toEqual([
    [volume, mask, click, options, earlier],
    [volume, mask, click, options, earlier],
  ]);
});
