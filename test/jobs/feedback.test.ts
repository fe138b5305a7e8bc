import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Finding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { reviewStates } from '../../server/contract/jobState.js';
import { moveJobs } from '../../server/src/jobs/moveJobs.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { FeedbackFilter } from '../../server/src/jobs/records/feedbackStore.js';
import { deleteEndedBefore } from '../../server/src/jobs/retention.js';
import { type Actor, actorOf } from '../../server/src/values/principal.js';
import { until } from '../support/until.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { foundBone, queuedJob, storedBone } from './jobParts.js';

const refused: Finding = { status: 'refused', prompt: 'spleen', reason: 'The model does not know it.', nearest: [] };
const model = { id: 'test', version: '1.0.0', sha256: 'f'.repeat(64) };

const reader: Actor = { kind: 'user', subject: 'r', displayName: 'Rita Reader' };

describeOnEachDatabase('feedback', (kind) => {
  let jobs: Jobs;
  let job: Job;
  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
    job = await completedJob();
  });
  afterAll(() => jobs?.close());

  async function completedJob(): Promise<Job> {
    const { job: open } = await jobs.store.insert({ ...queuedJob(), model }, `key ${Math.random()}`, async () => {});
    const endedAt = new Date().toISOString();
    const ended = await jobs.store.update(open.id, { state: 'completed', endedAt, findings: [refused, refused] });
    return ended!;
  }

  async function listed(filter: FeedbackFilter = {}) {
    const given = [];
    for await (const each of jobs.feedback.list(filter)) given.push(each);
    return given;
  }

  it('is part of the job, and its change is sent as a change of the job', async () => {
    const heard: Job[] = [];
    const stop = jobs.events.subscribe(job.id, (event) => heard.push(event.job));
    const first = await jobs.feedback.give(job.id, 1, { verdict: 'accepted' });
    expect(first.feedback).toMatchObject([{ findingIndex: 1, verdict: 'accepted' }]);
    expect(first.lastEventId).toBeGreaterThan(job.lastEventId);
    expect(first.amendedAt).toBeDefined();
    await jobs.feedback.give(job.id, 0, { verdict: 'rejected', reason: 'a\0b' });
    const second = await jobs.feedback.give(job.id, 1, { verdict: 'rejected', reason: 'leaks' });
    expect(second.feedback?.map(({ findingIndex, reason }) => [findingIndex, reason])).toEqual([
      [0, 'a\uFFFDb'],
      [1, 'leaks'],
    ]);
    expect(await jobs.store.get(job.id)).toEqual(second);
    expect((await jobs.lists.list({ limit: 10 })).jobs).toContainEqual(second);
    await until(() => heard.at(-1)?.lastEventId === second.lastEventId);
    stop();
    expect(await listed()).toHaveLength(2);
  });

  it('makes the review of a stored result: the latest act counts, and lists are filtered by it', async () => {
    const { job: open } = await jobs.store.insert({ ...queuedJob(), model }, 'reviewed', async () => {});
    const findings = [foundBone, refused, foundBone];
    const ended = { state: 'completed', endedAt: new Date().toISOString(), findings, result: storedBone } as const;
    const id = (await jobs.store.update(open.id, ended))!.id;
    const give = (index: number, verdict: 'accepted' | 'rejected') =>
      jobs.feedback.give(id, index, { verdict, ...(verdict === 'rejected' && { reason: 'leaks' }) }, reader);
    const edit = (more: object = {}) => {
      const at = { createdAt: new Date().toISOString(), by: actorOf(reader) };
      const edited = { ...storedBone, ...at, predecessor: '1.2', findings: [], removed: [], ...more };
      return jobs.store.amend(id, () => ({ editedResults: [edited] }));
    };
    async function reviewed() {
      const lists = await Promise.all(reviewStates.map((review) => jobs.lists.list({ review, limit: 9 })));
      const found = reviewStates.filter((_, place) => lists[place]?.jobs.some((each) => each.id === id));
      const { review } = await jobs.store.get(id);
      expect(found).toEqual([review?.state]);
      return [review?.state, review?.by?.displayName, review?.reason];
    }
    expect(await reviewed()).toEqual(['draft', undefined, undefined]);
    // What was refused is no part of the result.
    await give(1, 'rejected');
    await give(0, 'accepted');
    expect(await reviewed()).toEqual(['draft', undefined, undefined]);
    await give(2, 'rejected');
    expect(await reviewed()).toEqual(['rejected', 'Rita Reader', 'leaks']);
    await edit();
    expect(await reviewed()).toEqual(['edited', 'Rita Reader', undefined]);
    await give(2, 'accepted');
    expect(await reviewed()).toEqual(['accepted', 'Rita Reader', undefined]);
    await edit();
    await edit({ deletedAt: new Date().toISOString() });
    expect(await reviewed()).toEqual(['accepted', 'Rita Reader', undefined]);
    await jobs.feedback.takeBack(id, 0);
    expect(await reviewed()).toEqual(['draft', undefined, undefined]);
    for (const index of [1, 2]) await jobs.feedback.takeBack(id, index);
    expect((await jobs.store.get(job.id)).review).toBeUndefined();
  });

  it('is given to everything found at once, and to nothing else', async () => {
    const { job: open } = await jobs.store.insert({ ...queuedJob(), model }, 'all at once', async () => {});
    const findings = [foundBone, refused, foundBone];
    const ended = { state: 'completed', endedAt: new Date().toISOString(), findings, result: storedBone } as const;
    const id = (await jobs.store.update(open.id, ended))!.id;
    await jobs.feedback.give(id, 0, { verdict: 'rejected', reason: 'leaks' }, reader);
    const accepted = await jobs.feedback.giveToAll(id, { verdict: 'accepted' }, reader);
    expect(accepted.review).toMatchObject({ state: 'accepted', by: { displayName: 'Rita Reader' } });
    expect(accepted.feedback?.map((each) => [each.findingIndex, each.verdict, each.reason])).toEqual([
      [0, 'accepted', undefined],
      [2, 'accepted', undefined],
    ]);
    const rejected = await jobs.feedback.giveToAll(id, { verdict: 'rejected', reason: 'mirrored' }, reader);
    expect(rejected.review).toMatchObject({ state: 'rejected', reason: 'mirrored' });
    for (const index of [0, 2]) await jobs.feedback.takeBack(id, index);
    await expect(jobs.feedback.giveToAll(job.id, { verdict: 'accepted' })).rejects.toMatchObject({
      code: 'finding-not-found',
    });
  });

  it('is taken back, and there is nothing to take back after that', async () => {
    const { feedback, lastEventId } = await jobs.feedback.takeBack(job.id, 0);
    expect(feedback?.map(({ findingIndex }) => findingIndex)).toEqual([1]);
    expect((await jobs.feedback.takeBack(job.id, 0)).lastEventId).toBe(lastEventId);
  });

  it('needs a job that has ended, and a finding', async () => {
    const { job: open } = await jobs.store.insert(queuedJob(), 'open', async () => {});
    await expect(jobs.feedback.give(open.id, 0, { verdict: 'accepted' })).rejects.toMatchObject({ code: 'job-open' });
    await expect(jobs.feedback.give(job.id, 2, { verdict: 'accepted' })).rejects.toMatchObject({
      code: 'finding-not-found',
    });
    expect(await listed()).toHaveLength(1);
  });

  it('is found by model and moment, however much there is', async () => {
    const many = await completedJob();
    await jobs.database.executeSql(
      `INSERT INTO promptseg.feedback SELECT gen_random_uuid(), 0, now(), 'many', '{"verdict": "accepted"}', '{}'
       FROM generate_series(1, 1203)`,
    );
    expect(await listed({ model: 'many' })).toHaveLength(1203);
    expect(new Set((await listed()).map(({ jobId }) => jobId)).size).toBe(1204);
    expect((await listed({ model: 'test' })).map(({ jobId }) => jobId)).toEqual([job.id]);
    expect(await listed({ until: new Date(0) })).toEqual([]);
    expect(await listed({ since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(many.feedback).toBeUndefined();
  });

  it('stays when the record of its job is deleted, with what the finding said', async () => {
    await deleteEndedBefore(jobs.database, new Date(Date.now() + 60_000));
    await expect(jobs.store.get(job.id)).rejects.toMatchObject({ code: 'job-not-found' });
    expect(await listed({ model: 'test' })).toMatchObject([
      { jobId: job.id, verdict: 'rejected', subject: { finding: refused, model, seriesInstanceUID: '1.2.3.4' } },
    ]);
  });

  it('is not lost where two come at once', async () => {
    const both = await completedJob();
    await Promise.all([0, 1].map((finding) => jobs.feedback.give(both.id, finding, { verdict: 'accepted' })));
    expect((await jobs.store.get(both.id)).feedback).toHaveLength(2);
    await Promise.all([0, 1].map((finding) => jobs.feedback.takeBack(both.id, finding)));
    expect((await jobs.store.get(both.id)).feedback).toBeUndefined();
  });

  it('goes along when the jobs move', async () => {
    const target = await openJobs(await kind.create());
    try {
      await moveJobs(jobs, target);
      const { rows } = await target.database.executeSql('SELECT count(*)::int AS count FROM promptseg.feedback');
      expect(rows[0]?.count).toBe(1204);
    } finally {
      await target.close();
    }
  });
});
