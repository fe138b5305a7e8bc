import { describe, expect, it } from '@jest/globals';
import type { Job } from '#contract/job.js';
import type { Archive } from '../../pacs/archive.js';
import type { ObjectReference } from '../../pacs/objectDeletion.js';
import { PromptsegError } from '../../platform/errors.js';
import { createResultsService } from './resultsService.js';

const object = (uid: string) => ({
  seriesInstanceUID: `${uid}.1`,
  sopInstanceUID: uid,
  sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  seriesDescription: 'bone',
  bytes: 1,
});
const target = {
  id: 'bone',
  name: 'bone',
  code: { value: '1', scheme: 'SCT', meaning: 'Bone' },
  displayColour: [1, 2, 3],
};
const found = { status: 'found', prompt: 'bone', target, segmentNumber: 1, volumeMl: 2 };
const completed = {
  id: '00000000-0000-4000-8000-000000000001',
  state: 'completed',
  request: { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] },
  createdAt: '2026-01-01T00:00:00.000Z',
  findings: [{ status: 'not-found', prompt: 'fat', target, reason: 'no' }, found],
  result: {
    ...object('2.25.1'),
    studyInstanceUID: '1.2',
    alsoStored: [{ ...object('2.25.2'), kind: 'rt-structure-set' }],
  },
  stacks: [
    { id: 'echo-1', description: '', images: 1, chosen: false },
    { id: 'echo-2', description: '', images: 1, chosen: true },
  ],
} as unknown as Job;

/** The service over one job, with what it asked of the others. */
function serviceOver(job: Job, deletionFails?: PromptsegError) {
  let record = job;
  const deleted: ObjectReference[] = [];
  const asked: { kind: string; request: unknown }[] = [];
  const service = createResultsService({
    store: {
      get: async () => record,
      amend: async (_id, change) => {
        record = { ...record, ...change(record) };
        return record;
      },
    },
    archive: { retrieveInstance: async () => undefined } as unknown as Archive,
    deletion: {
      async deleteObjects(objects) {
        if (deletionFails) throw deletionFails;
        deleted.push(...objects);
      },
    },
    results: {
      ask: async (kind, request) => {
        asked.push({ kind, request });
        return (
          kind === 'storeEdited' ? { ...object('2.25.9'), findings: [], removed: [] } : new Uint8Array(3)
        ) as never;
      },
    },
  });
  return { service, deleted, asked, current: () => record };
}

describe('the operations on a result', () => {
  it('are made of the stack that the job has chosen', async () => {
    const { service, asked } = serviceOver(completed);
    await service.picture(completed.id, undefined, undefined);
    expect(asked).toMatchObject([
      { kind: 'draw', request: { result: { stack: 'echo-2', segmentation: { sopInstanceUID: '2.25.1' } } } },
    ]);
  });

  it('delete the companions and the segmentation, and nothing twice', async () => {
    const { service, deleted, current } = serviceOver(completed);
    await service.deleteResult(completed.id);
    expect(deleted.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(['2.25.2', '2.25.1']);
    expect(current().resultDeletedAt).toBeDefined();
    await service.deleteResult(completed.id);
    expect(deleted).toHaveLength(2);
    await expect(service.picture(completed.id, undefined, undefined)).rejects.toMatchObject({ code: 'result-deleted' });
  });

  it('say nothing of a deletion that an archive cannot do', async () => {
    const { service, current } = serviceOver(completed, new PromptsegError('archive-cannot-delete', 'no'));
    await expect(service.deleteResult(completed.id)).rejects.toMatchObject({ code: 'archive-cannot-delete' });
    expect(current().resultDeletedAt).toBeUndefined();
    await expect(service.segmentation(completed.id, undefined)).rejects.toMatchObject({
      code: 'result-not-in-archive',
    });
  });

  it('distinguish a job that has not ended, or found nothing, from one whose result is unknown', async () => {
    const { result: _result, ...without } = completed;
    const open = serviceOver({ ...without, state: 'segmenting', findings: [] } as unknown as Job);
    await expect(open.service.structureSet(completed.id, undefined)).rejects.toMatchObject({ code: 'result-missing' });
    const { service } = serviceOver(completed);
    await expect(service.deleteEdited(completed.id, '2.25.77')).rejects.toMatchObject({ code: 'result-missing' });
  });

  it('record an edit once, and again after it was deleted', async () => {
    const { service, deleted, current } = serviceOver(completed);
    const store = () => service.storeEdited(completed.id, undefined, new Uint8Array());
    expect((await store()).created).toBe(true);
    expect((await store()).created).toBe(false);
    expect(current().editedResults).toHaveLength(1);
    await service.deleteEdited(completed.id, '2.25.9');
    expect(deleted).toMatchObject([{ sopInstanceUID: '2.25.9' }]);
    expect(current().editedResults?.[0]?.deletedAt).toBeDefined();
    expect((await store()).created).toBe(true);
    expect(current().editedResults).toHaveLength(1);
    expect(current().editedResults?.[0]?.deletedAt).toBeUndefined();
  });
});
