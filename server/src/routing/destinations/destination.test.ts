import { describe, expect, it } from '@jest/globals';
import type { Job } from '#contract/job.js';
import { objectsOf, resultToSend } from './destination.js';

const object = (sopInstanceUID: string) => ({
  ...{ sopInstanceUID, seriesInstanceUID: `${sopInstanceUID}.1`, sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4' },
  ...{ seriesDescription: 'bone', bytes: 1, studyInstanceUID: '1.2' },
});
const edit = (sopInstanceUID: string, predecessor: string, deleted = false) => ({
  ...object(sopInstanceUID),
  ...{ predecessor, createdAt: '2026-01-31T12:00:00.000Z', findings: [], removed: [] },
  ...(deleted && { deletedAt: '2026-01-31T13:00:00.000Z' }),
});
const jobWith = (...editedResults: ReturnType<typeof edit>[]): Job =>
  ({
    ...{ state: 'completed', findings: [], createdAt: '2026-01-31T11:00:00.000Z', editedResults },
    result: { ...object('1.2.5'), alsoStored: [{ ...object('1.2.5.9'), kind: 'report' }] },
  }) as unknown as Job;
const sent = (job: Job, name: string | null): string[] | undefined => {
  const result = resultToSend(job, 'ward', name);
  return result && objectsOf(result).map(({ sopInstanceUID }) => sopInstanceUID);
};

describe('what a delivery sends', () => {
  it('is the result with what was stored beside it, or an edit of it', () => {
    const job = jobWith(edit('1.2.6', '1.2.5'), edit('1.2.7', '1.2.6'));
    expect([sent(job, null), sent(job, '1.2.5')]).toEqual(Array(2).fill(['1.2.5', '1.2.5.9']));
    expect([sent(job, '1.2.6'), sent(job, '1.2.7')]).toEqual([['1.2.6'], ['1.2.7']]);
    expect(() => sent(job, '1.2.8')).toThrow('no result with this SOP Instance UID');
  });

  it('is what an edit was made from, where the edit was deleted before it was sent', () => {
    expect(sent(jobWith(edit('1.2.6', '1.2.5'), edit('1.2.7', '1.2.6', true)), '1.2.7')).toEqual(['1.2.6']);
    const both = jobWith(edit('1.2.6', '1.2.5', true), edit('1.2.7', '1.2.6', true));
    expect(sent(both, '1.2.7')).toEqual(['1.2.5', '1.2.5.9']);
    const arrived = (destination: string) => ({
      ...{ destination, state: 'waiting' as const, attempts: 0 },
      sent: [{ sopInstanceUID: '1.2.5', at: '2026-01-31T11:30:00.000Z' }],
    });
    expect(sent({ ...both, deliveries: [arrived('ward')] }, '1.2.7')).toBeUndefined();
    expect(sent({ ...both, deliveries: [arrived('research')] }, '1.2.7')).toHaveLength(2);
  });
});
