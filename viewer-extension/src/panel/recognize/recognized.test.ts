import { describe, expect, it } from '@jest/globals';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import type { Job } from '../../../../server/contract/job.js';
import { aCompletedJob, aJob, leftLung, storedResult } from '../../testing/jobs.js';
import { recognitionOf, titleOf } from '../ask/recognition.js';
import { boxCorners, boxSize } from './box.js';
import { isBeingStored, recognizedOf, restOf, storedSegmentOf, storingOf } from './recognized.js';

const [, lung] = aCompletedJob().findings as [unknown, FoundFinding];
const named = (id: string, name: string) => ({ ...leftLung, id, name });
const found = (id: string, change: Partial<FoundFinding> = {}): FoundFinding => ({
  ...lung,
  target: named(id, id),
  ...change,
});

function aRecognition(findings: Job['findings'], change: Partial<Job> = {}): Job {
  const { result: _, ...job } = aCompletedJob({ findings });
  return {
    ...job,
    id: 'recognition',
    request: { ...job.request, prompts: ['everything'], recognize: { withinSeconds: 300, store: false } },
    model: { id: 'sat-nano', version: '1.0.0', sha256: 'f' },
    recognition: { answered: findings.length, unanswered: [] },
    ...change,
  };
}

describe('a recognition', () => {
  it('asks the chosen model for everything, in time, and stores nothing on its own', () => {
    const series = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', modality: 'CT' };
    const question = { prompts: [{ key: 1, text: 'bone' }], text: 'fat', model: 'sat-nano' };
    expect(recognitionOf(question, series)).toEqual({
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      prompts: ['everything'],
      model: 'sat-nano',
      recognize: { withinSeconds: 300, store: false },
    });
    expect(titleOf(recognitionOf(question, series))).toBe('What is in this series?');
    expect(titleOf(aJob().request)).toBe('left lung');
  });

  it.each([
    ['presence', [found('a', { presence: 0.5 }), found('b', { presence: 0.9, score: 0.1 })], ['b', 'a']],
    ['score', [found('a', { score: 0.9 }), found('b', { score: 0.8 })], ['a', 'b']],
    [undefined, [found('a', { voxelCount: 1 }), found('b', { voxelCount: 9 })], ['b', 'a']],
  ])('lists what is surest first, by %s', (confidence, findings, ids) => {
    const recognized = recognizedOf(aRecognition(findings));
    expect(recognized.confidence).toBe(confidence);
    expect(recognized.found.map(({ target }) => target.id)).toEqual(ids);
  });

  it('names what was not found, and what there was no time for', () => {
    const missing = { status: 'not-found' as const, prompt: 'everything', target: leftLung, reason: 'Not there.' };
    const job = aRecognition([missing], { recognition: { answered: 1, unanswered: ['Spleen'] } });
    expect(recognizedOf(job)).toEqual({
      found: [],
      confidence: undefined,
      notFound: ['Left lung'],
      asked: 1,
      unanswered: ['Spleen'],
    });
  });
});

describe('what follows from it', () => {
  it('stores what was ticked, by the same model on the same stack, names of several words as one', () => {
    const job = aRecognition([found('a')]);
    const { recognize: _, ...request } = { ...job.request, stack: 'echo-1' };
    expect(
      storingOf({ ...job, request: { ...job.request, stack: 'echo-1' } }, [
        'Left lung',
        'Portal vein and splenic vein',
      ]),
    ).toEqual({ ...request, model: 'sat-nano', prompts: ['Left lung', '"Portal vein and splenic vein"'] });
  });

  it('asks for the rest of hundreds within what the server takes', () => {
    const unanswered = Array.from({ length: 378 }, (_, n) => `vertebra number ${n}`);
    const { prompts, recognize } = restOf(aRecognition([], { recognition: { answered: 120, unanswered } }));
    expect(recognize).toEqual({ withinSeconds: 300, store: false });
    expect(prompts.length).toBeLessThanOrEqual(100);
    expect(prompts.every((prompt) => prompt.length <= 1000)).toBe(true);
    expect(prompts.flatMap((prompt) => prompt.split(', '))).toEqual(unanswered);
  });

  it('finds the segment of a target where a result of the same model on the same images holds it', () => {
    const job = aRecognition([found('left-lung')]);
    const stored = aCompletedJob({ model: job.model! });
    expect(storedSegmentOf(job, 'left-lung', [job, stored])).toMatchObject({
      result: { stored: { sopInstanceUID: storedResult.sopInstanceUID } },
      segmentNumber: 3,
    });
    const others: Partial<Job>[] = [
      { model: { ...job.model!, id: 'other' } },
      { request: { ...job.request, seriesInstanceUID: '1.2.3.5' } },
      { request: { ...job.request, stack: 'echo-2' } },
      { resultDeletedAt: '2026-01-02T00:00:00.000Z' },
    ];
    for (const change of others) expect(storedSegmentOf(job, 'left-lung', [{ ...stored, ...change }])).toBeUndefined();
    expect(storedSegmentOf(job, 'bone', [stored])).toBeUndefined();
  });

  it('shows that a target is being stored, not that a recognition looks for it again', () => {
    const job = aRecognition([found('left-lung')]);
    const running = aJob({ state: 'segmenting', model: job.model! });
    expect(isBeingStored(job, 'left-lung', [job, running])).toBe(true);
    expect(isBeingStored(job, 'bone', [running])).toBe(false);
    expect(isBeingStored(job, 'left-lung', [{ ...running, state: 'failed' }])).toBe(false);
    expect(isBeingStored(job, 'left-lung', [{ ...running, request: job.request }])).toBe(false);
  });
});

describe('the box of a target', () => {
  const boundingBoxLps = {
    least: [-106.25, -71, 0] as [number, number, number],
    greatest: [105.75, 72, 1250.4] as [number, number, number],
  };
  it('is given in mm', () => {
    expect(boxSize({ boundingBoxLps })).toBe('212 × 143 × 1,250 mm');
    expect(boxCorners({ boundingBoxLps })).toEqual([
      ['Right to left (x)', '−106.3 … 105.8 mm'],
      ['Front to back (y)', '−71.0 … 72.0 mm'],
      ['Feet to head (z)', '0.0 … 1,250.4 mm'],
    ]);
  });
  it('is not given for jobs from before there was one', () => {
    expect([boxSize({}), boxCorners({})]).toEqual(['', []]);
  });
});
