import { describe, expect, it } from '@jest/globals';
import type { Job } from '#contract/job.js';
import { acceptedCase } from './acceptedCase.js';

const found = (id: string, segmentNumber: number) => ({ status: 'found', target: { id, name: id }, segmentNumber });
const jobWith = (parts: object): Job =>
  ({
    result: { seriesInstanceUID: '1.2', sopInstanceUID: '1.2.3' },
    findings: [found('liver', 1), { status: 'not-found' }, found('spleen', 2)],
    ...parts,
  }) as unknown as Job;
const judged = (findingIndex: number, verdict: string) => ({ findingIndex, verdict });
const edited = (sopInstanceUID: string, more: object = {}) => ({
  seriesInstanceUID: '1.4',
  sopInstanceUID,
  findings: [found('spleen', 1)],
  ...more,
});
const idsOf = (job: Job) =>
  acceptedCase(job)?.structures.map(({ target, segmentNumber }) => [target.id, segmentNumber]);

describe('what a person has confirmed of a job', () => {
  it('is what was accepted, not what was rejected or not looked at', () => {
    expect(acceptedCase(jobWith({}))).toBeUndefined();
    expect(acceptedCase(jobWith({ feedback: [judged(0, 'rejected')] }))).toBeUndefined();
    expect(idsOf(jobWith({ feedback: [judged(0, 'rejected'), judged(1, 'accepted'), judged(2, 'accepted')] }))).toEqual(
      [['spleen', 2]],
    );
  });

  it('is the newest edit that was not deleted, as a whole', () => {
    const job = jobWith({
      feedback: [judged(0, 'accepted')],
      editedResults: [edited('1.4.1'), edited('1.4.2'), edited('1.4.3', { deletedAt: '2026-01-31T00:00:00Z' })],
    });
    expect(acceptedCase(job)).toMatchObject({ origin: 'edited', segmentation: { sopInstanceUID: '1.4.2' } });
    expect(idsOf(job)).toEqual([['spleen', 1]]);
  });

  it('is nothing of a result that was deleted, or of a job that stored none', () => {
    const feedback = [judged(0, 'accepted')];
    expect(acceptedCase(jobWith({ feedback, resultDeletedAt: '2026-01-31T00:00:00Z' }))).toBeUndefined();
    expect(acceptedCase(jobWith({ feedback, result: undefined }))).toBeUndefined();
  });
});
