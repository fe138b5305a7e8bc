import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { createResultsService } from '../../server/src/jobs/results/resultsService.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { parseRule } from '../../server/src/routing/rules/parseRules.js';
import { createRuleStore } from '../../server/src/routing/rules/ruleStore.js';
import { type Actor, nobody, type Principal } from '../../server/src/values/principal.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { archiveWith, library, requestNumber, series } from './jobParts.js';

const ada: Actor = { kind: 'user', subject: 'a-1', displayName: 'Ada L. Ö' };
const key: Actor = { kind: 'key', subject: 'k-1', displayName: 'nightly cohort' };
/** As a route has her: what she may do is not part of what is recorded. */
const signedIn: Principal = { ...ada, scopes: new Set(['jobs:write']) };

describeOnEachDatabase('who did it is on record', (kind) => {
  let jobs: Jobs;
  let service: JobService;
  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
    service = createJobService({ jobs, archive: archiveWith(async () => series), library });
  });
  afterAll(() => jobs?.close());

  const completed = async (id: string): Promise<Job> =>
    (await jobs.store.update(id, {
      state: 'completed',
      findings: [{ status: 'refused', prompt: 'spleen', reason: 'unknown', nearest: [] }],
      result: {
        studyInstanceUID: '1.2',
        seriesInstanceUID: '2.25.1',
        sopInstanceUID: '2.25.2',
        sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
        seriesDescription: 'bone',
        bytes: 1,
        alsoStored: [],
      },
    }))!;

  it('of a job: who asked, repeated and cancelled', async () => {
    const { job } = await service.submit(requestNumber(1), signedIn);
    expect(job.createdBy).toEqual(ada);
    expect((await service.cancel(job.id, key)).cancelledBy).toEqual(key);
    expect((await service.rerun(job.id, key)).job.createdBy).toEqual(key);
    expect((await jobs.store.get(job.id)).createdBy).toEqual(ada);
  });

  it('not where nobody had signed in', async () => {
    const { job } = await service.submit(requestNumber(2), nobody);
    expect(job).not.toHaveProperty('createdBy');
    expect(await service.cancel(job.id, nobody)).not.toHaveProperty('cancelledBy');
  });

  it('of feedback, edits and deletions', async () => {
    const { job } = await service.submit(requestNumber(3));
    await completed(job.id);
    const judged = await jobs.feedback.give(job.id, 0, { verdict: 'rejected' }, signedIn);
    expect(judged.feedback).toMatchObject([{ verdict: 'rejected', by: ada }]);

    const asked: unknown[] = [];
    const results = createResultsService({
      store: jobs.store,
      archive: {} as Archive,
      deletion: { deleteObjects: async () => {} },
      results: {
        async ask(_task: string, edit: unknown) {
          asked.push(edit);
          return {
            ...(await jobs.store.get(job.id)).result,
            sopInstanceUID: '2.25.3',
            findings: [],
            removed: [],
          } as never;
        },
      },
      institution: 'Example Hospital',
    });
    const { edited } = await results.storeEdited(job.id, undefined, new Uint8Array(), signedIn);
    const account = { subject: ada.subject, institution: 'Example Hospital' };
    expect([edited.by, asked]).toMatchObject([ada, [{ operator: { name: ada.displayName, account } }]]);
    expect((await results.deleteEdited(job.id, '2.25.3', key)).editedResults).toMatchObject([
      { by: ada, deletedBy: key },
    ]);
    expect((await results.deleteResult(job.id, signedIn)).resultDeletedBy).toEqual(ada);
  });

  it('of each version of a rule, and of its deletion', async () => {
    const rules = createRuleStore(jobs.database, false);
    const rule = (description: string) =>
      parseRule({ name: 'head', description, match: { attribute: 'Modality', equals: 'CT' }, prompts: ['bone'] });
    await rules.create(rule('one'), signedIn);
    await rules.put(rule('two'), undefined, key);
    await rules.put(rule('three'), undefined, nobody);
    await rules.remove('head', undefined, signedIn);
    const versions = await rules.history('head');
    expect(versions.map(({ changedBy, deletedBy }) => [changedBy, deletedBy])).toEqual([
      [undefined, ada],
      [key, undefined],
      [ada, undefined],
    ]);
    const set = await rules.replaceAll([rule('four')], 'api', undefined, signedIn);
    expect(set[0]?.changedBy).toEqual(ada);
    await rules.replaceAll([], 'api', undefined, key);
    expect((await rules.history('head'))[0]?.deletedBy).toEqual(key);
  });
});
