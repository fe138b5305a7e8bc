import { describe, expect, it } from '@jest/globals';
import { makeTarget, makeVolume } from '../results/syntheticSegments.js';
import type { ModelManifest } from '../segmenter/packages/modelManifest.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import { fromAxes } from '../values/affine.js';
import type { SliceGrid } from '../values/grid.js';
import { askSegmenter } from './askSegmenter.js';

const manifest = {} as ModelManifest;
const options = { signal: new AbortController().signal, onProgress: () => undefined };

/** How many slices the model looks at, and what is noted. */
async function asked(
  slices: number,
  { slicePositions, looksAtSlices = false }: { slicePositions?: readonly number[]; looksAtSlices?: boolean } = {},
) {
  const grid: SliceGrid = {
    size: [4, 4, slices],
    voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 5], [0, 0, 0]),
    ...(slicePositions && { slicePositions }),
  };
  let seen = 0;
  const segmenter: Segmenter = {
    async segment({ grid: { size } }, targets) {
      [, , seen] = size;
      const outcomes = targets.map((target) => ({ target, status: 'not-found' as const, reason: 'none' }));
      return { outcomes, executionProvider: 'cpu', notes: ['of the model'], sessionRunMs: 0 };
    },
    ...(looksAtSlices && { segmentImage: () => Promise.reject(new Error('not asked')) }),
    dispose: async () => undefined,
  };
  const { notes } = await askSegmenter(segmenter, manifest, makeVolume(grid)).ask([makeTarget('brain')], options);
  return { seen, notes };
}

describe('a model that looks at volumes', () => {
  it.each([
    [1, 'The series has only 1 slice,'],
    [2, 'The series has only 2 slices,'],
    [3, 'The series has only 3 slices,'],
    [7, 'The series has only 7 slices,'],
  ])('on %i slices: it is said that they are too few', async (slices, beginning) => {
    const { notes } = await asked(slices);
    expect(notes).toEqual(['of the model', expect.stringContaining(beginning)]);
  });

  it('on 8 slices: nothing is said', async () => {
    expect((await asked(8)).notes).toEqual(['of the model']);
  });

  it('across gaps: what was interpolated between the slices does not count as slices', async () => {
    const { seen, notes } = await asked(5, { slicePositions: [0, 1, 3, 6, 9] });
    expect(seen).toBe(10);
    expect(notes).toEqual(['of the model', expect.stringContaining('only 5 slices')]);
  });
});

it('a model that looks at each slice alone says nothing of their number', async () => {
  expect((await asked(3, { looksAtSlices: true })).notes).toEqual(['of the model']);
});
