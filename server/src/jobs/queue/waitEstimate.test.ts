import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { OpenJob, PastRun } from '../records/jobLists.js';
import { estimateQueue } from './waitEstimate.js';

const now = new Date('2026-01-01T12:00:00Z');
const secondsAgo = (seconds: number): string => new Date(now.getTime() - 1000 * seconds).toISOString();

const job = (changes: Partial<OpenJob> = {}): OpenJob => ({
  id: randomUUID(),
  state: 'queued',
  createdAt: secondsAgo(100),
  model: 'a',
  ...changes,
});
const running = (seconds: number, changes: Partial<OpenJob> = {}): OpenJob =>
  job({ state: 'segmenting', startedAt: secondsAgo(seconds), ...changes });
const took = (...seconds: number[]): PastRun[] => seconds.map((each) => ({ model: 'a', seconds: each }));
const estimatesOf = (open: readonly OpenJob[], workers: number, past: readonly PastRun[]) => {
  const estimates = estimateQueue(open, workers, past, now);
  return open.map(({ id }) => estimates.get(id));
};

describe('the estimate of the wait', () => {
  it('hands the queue to one worker, each job for the median time', () => {
    expect(estimatesOf([running(4), job(), job()], 1, took(10, 9, 300))).toEqual([
      { endsInSeconds: 6 },
      { startsInSeconds: 6, endsInSeconds: 16 },
      { startsInSeconds: 16, endsInSeconds: 26 },
    ]);
  });

  it('shares the queue among several workers', () => {
    const starts = estimatesOf([running(4), job(), job(), job()], 3, took(10, 10, 10)).map(
      (each) => each?.startsInSeconds,
    );
    expect(starts).toEqual([undefined, 0, 0, 6]);
  });

  it('scales by the images of the series where they are known', () => {
    const past = [50, 100, 200].map((numberOfInstances) => ({
      model: 'a',
      seconds: numberOfInstances / 10,
      numberOfInstances,
    }));
    expect(estimatesOf([job({ numberOfInstances: 1000 })], 1, past)).toEqual([
      { startsInSeconds: 0, endsInSeconds: 100 },
    ]);
    expect(estimatesOf([job()], 1, past)).toEqual([{ startsInSeconds: 0, endsInSeconds: 10 }]);
  });

  it('never says that a job which is overdue has ended', () => {
    expect(estimatesOf([running(1000)], 1, took(10, 10, 10))).toEqual([{ endsInSeconds: 1 }]);
  });

  it('says nothing where nothing is known, nor of those that wait behind', () => {
    expect(estimatesOf([job()], 1, took(10, 10))).toEqual([undefined]);
    expect(estimatesOf([job()], 0, took(10, 10, 10))).toEqual([undefined]);
    const unknown = job({ model: 'b' });
    expect(estimatesOf([unknown, job()], 1, took(10, 10, 10))).toEqual([undefined, undefined]);
    // Another worker goes on.
    expect(estimatesOf([unknown, job()], 2, took(10, 10, 10))).toEqual([
      undefined,
      { startsInSeconds: 0, endsInSeconds: 10 },
    ]);
  });

  it('lets no worker stand still for a job that waits for another attempt', () => {
    const later = job({ retryAt: secondsAgo(-60) });
    expect(estimatesOf([later, job()], 1, took(10, 10, 10))).toEqual([
      { startsInSeconds: 60, endsInSeconds: 70 },
      { startsInSeconds: 0, endsInSeconds: 10 },
    ]);
  });

  it('gives a job whose moment has come its place in the line', () => {
    const due = job({ retryAt: secondsAgo(1) });
    expect(estimatesOf([due, job()], 1, took(10, 10, 10)).map((each) => each?.startsInSeconds)).toEqual([0, 10]);
  });

  it('gives an estimate for thousands at once', () => {
    expect(
      estimatesOf(
        Array.from({ length: 5000 }, () => job()),
        4,
        took(...Array(100).fill(8)),
      ).at(-1),
    ).toEqual({
      startsInSeconds: 9992,
      endsInSeconds: 10_000,
    });
  });
});
