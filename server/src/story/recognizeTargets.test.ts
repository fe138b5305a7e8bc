import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { ModelManifest } from '../segmenter/packages/modelManifest.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import { recognizeTargets } from './recognizeTargets.js';

const grid = { size: [4, 2, 1], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
const volume: Volume = {
  grid,
  voxels: new Int16Array(8),
  unit: 'HU',
  modality: 'CT',
  studyInstanceUID: '',
  seriesInstanceUID: '',
  frameOfReferenceUID: '',
  sourceImages: [],
  header: {},
  notes: [],
};
const targets = ['a', 'b', 'c', 'd', 'e'].map(
  (id): Target => ({
    id,
    name: id.toUpperCase(),
    prompt: 'everything',
    concept: {
      category: { value: '1', scheme: 'SCT', meaning: 'x' },
      type: { value: '1', scheme: 'SCT', meaning: 'x' },
      displayColour: [1, 2, 3],
    },
  }),
);
/** Takes two prompts per run. */
const manifest = { family: 'sat', graph: { promptsPerRun: 2 } } as ModelManifest;

/** Finds one voxel of b and of d; from the group on that is named, it works until the signal ends it. */
function segmenter(endless = Number.POSITIVE_INFINITY): Segmenter & { readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    async segment(_volume, group, { signal, onProgress, probabilities }) {
      const isEndless = asked.length >= endless;
      asked.push(group.map(({ id }) => id));
      onProgress(1, 2);
      while (isEndless) {
        await sleep(1);
        throwIfCancelled(signal);
      }
      return {
        outcomes: group.map((target) =>
          'bd'.includes(target.id)
            ? {
                target,
                status: 'found' as const,
                mask: { grid, bits: Uint8Array.of(1) },
                ...(probabilities && { probability: Uint8Array.from({ length: 8 }, () => 204) }),
              }
            : { target, status: 'not-found' as const, reason: 'No voxel is above the threshold.' },
        ),
        executionProvider: 'cpu',
        notes: ['a note'],
        sessionRunMs: 7,
      };
    },
    dispose: async () => undefined,
  };
}

const never = new AbortController().signal;
const patient = { deadline: never, signal: never, onProgress: () => undefined };

describe('recognizeTargets', () => {
  it('asks group after group, and gives every target once, with the mean probability and no more the map', async () => {
    const progress: number[] = [];
    const model = segmenter();
    const { measured, unanswered, sessionRunMs, notes } = await recognizeTargets(model, manifest, volume, targets, {
      ...patient,
      onProgress: ({ fraction }) => progress.push(fraction),
    });
    expect(model.asked).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(measured.map(({ target, status }) => `${target.id} ${status}`)).toEqual([
      'a not-found',
      'b found',
      'c not-found',
      'd found',
      'e not-found',
    ]);
    const found = measured.filter((each) => each.status === 'found');
    expect(found.map(({ segmentNumber }) => segmentNumber)).toEqual([1, 2]);
    for (const each of found) {
      expect(each.score).toBeCloseTo(0.8);
      expect(each).not.toHaveProperty('probability');
    }
    expect({ unanswered, sessionRunMs }).toEqual({ unanswered: [], sessionRunMs: 21 });
    // Each note once, though every group has it; the other one is of the thin volume.
    expect(notes).toEqual(['a note', expect.stringMatching(/only 1 slice/)]);
    expect(progress).toEqual([1 / 5, 3 / 5, 4.5 / 5]);
  });

  it('keeps what was checked when time is up, and names the rest', async () => {
    const deadline = new AbortController();
    const { measured, unanswered } = await recognizeTargets(segmenter(1), manifest, volume, targets, {
      ...patient,
      deadline: deadline.signal,
      onProgress: ({ fraction }) => fraction > 0.5 && deadline.abort(),
    });
    expect(measured.map(({ target }) => target.id)).toEqual(['a', 'b']);
    expect(unanswered.map(({ id }) => id)).toEqual(['c', 'd', 'e']);
  });

  it('fails where there was no time for any target', async () => {
    await expect(
      recognizeTargets(segmenter(0), manifest, volume, targets, { ...patient, deadline: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'recognition-unanswered' });
  });

  it('hides no other failure behind the time', async () => {
    const broken = segmenter();
    const error = new PromptsegError('memory-insufficient', 'It does not fit.');
    const deadline = new AbortController();
    const failing = {
      ...broken,
      segment: async () => {
        deadline.abort();
        throw error;
      },
    };
    await expect(
      recognizeTargets(failing, manifest, volume, targets, { ...patient, deadline: deadline.signal }),
    ).rejects.toBe(error);
  });

  it('ends at once when it is cancelled, whatever was checked', async () => {
    const cancel = new AbortController();
    const recognition = recognizeTargets(segmenter(1), manifest, volume, targets, {
      ...patient,
      signal: cancel.signal,
      onProgress: ({ fraction }) => fraction > 0.5 && cancel.abort(),
    });
    await expect(recognition).rejects.toMatchObject({ code: 'cancelled' });
  });
});
