import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ClickPrompt, RegionPrompt } from '../../server/contract/imagePrompts.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { deleteDraftsBefore, deleteEndedBefore } from '../../server/src/jobs/retention.js';
import { system } from '../../server/src/values/principal.js';
import { until } from '../support/until.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { queuedJob } from './jobParts.js';

describeOnEachDatabase('drafts', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  afterAll(() => jobs?.close());

  const model = { id: 'clicks', version: '1.0.0', sha256: 'c'.repeat(64) };
  async function begun() {
    const { job } = await jobs.store.insert(queuedJob(), `key ${Math.random()}`, async () => {});
    const { studyInstanceUID, seriesInstanceUID } = job.request;
    const corrects = { job: job.id, segmentNumber: 1 };
    const draft = await jobs.drafts.create({ corrects, studyInstanceUID, seriesInstanceUID, model }, system);
    return { ...draft, jobId: job.id };
  }
  const click = (x: number): ClickPrompt => ({ kind: 'click', place: [x, 0, 0], part: x % 2 === 0 });
  const placesOf = ({ clicks }: { readonly clicks: readonly RegionPrompt[] }) =>
    clicks.map((prompt) => (prompt.kind === 'click' ? prompt.place[0] : prompt.kind));

  it('keep their clicks in order, also of many at once, and through a restart', async () => {
    const { id, version, clicks } = await begun();
    expect([version, clicks]).toEqual([1, []]);
    for (const x of [3, 1, 2]) await jobs.drafts.addClick(id, click(x), system);
    expect(await jobs.drafts.removeLast(id, system)).toMatchObject({ version: 5 });
    await jobs.drafts.addClick(id, click(7), system);
    await jobs.close();
    jobs = await openJobs(location);
    expect(placesOf(await jobs.drafts.get(id))).toEqual([3, 1, 7]);
    await Promise.all(Array.from({ length: 10 }, (_, n) => jobs.drafts.addClick(id, click(10 + n), system)));
    const after = await jobs.drafts.get(id);
    expect(after.version).toBe(16);
    expect(placesOf(after).slice(0, 3)).toEqual([3, 1, 7]);
    expect(placesOf(after).slice(3).toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => 10 + n));
  });

  it('of something new belong to no job, and keep their name', async () => {
    const code = { value: '10200004', scheme: 'SCT', meaning: 'Liver' };
    const target = { id: 'liver', name: 'Liver', code, displayColour: [1, 2, 3] as const };
    const content = {
      studyInstanceUID: '1.7',
      seriesInstanceUID: '1.7.1',
      stack: 'phase-2',
      name: 'liver',
      target,
      model,
    };
    const { id } = await jobs.drafts.create(content, system);
    await jobs.drafts.addClick(id, click(4), system);
    expect(await jobs.drafts.list('1.7')).toMatchObject([{ ...content, id, version: 2, clicks: [{ part: true }] }]);
    await jobs.drafts.end(id, 'accepted', system, { version: 2 });
    expect(await jobs.drafts.list('1.7')).toEqual([]);
  });

  it('have nothing to undo without a click, and take 200', async () => {
    const { id } = await begun();
    expect(await jobs.drafts.removeLast(id, system)).toMatchObject({ version: 1, clicks: [] });
    for (let n = 0; n < 200; n++) await jobs.drafts.addClick(id, click(n), system);
    await expect(jobs.drafts.addClick(id, click(200), system)).rejects.toMatchObject({ code: 'draft-full' });
    expect((await jobs.drafts.get(id)).clicks).toHaveLength(200);
  });

  it('keep scribbles and lassos among them, with 5000 points in all, and record what was undone', async () => {
    const { id } = await begun();
    const outline = Array.from({ length: 1000 }, (_, n): [number, number, number] => [n, n % 7, 4]);
    const lasso: RegionPrompt = { kind: 'lasso', outline, part: true, throughSlices: false };
    const scribble: RegionPrompt = { kind: 'scribble', line: outline, part: false };
    await jobs.drafts.addClick(id, click(1), system);
    for (const prompt of [lasso, scribble, lasso, scribble, lasso]) await jobs.drafts.addClick(id, prompt, system);
    await expect(jobs.drafts.addClick(id, lasso, system)).rejects.toMatchObject({
      code: 'draft-full',
      message: 'The scribbles and lassos of a draft have at most 5000 points together.',
    });
    const { clicks } = await jobs.drafts.get(id);
    expect(placesOf({ clicks })).toEqual([1, 'lasso', 'scribble', 'lasso', 'scribble', 'lasso']);
    expect(clicks.slice(1, 3)).toEqual([lasso, scribble]);
    await jobs.drafts.removeLast(id, system);
    expect(placesOf(await jobs.drafts.removeLast(id, system))).toEqual([1, 'lasso', 'scribble', 'lasso']);
    const { rows } = await jobs.database.executeSql(
      'SELECT event FROM promptseg.audit_trail ORDER BY number DESC LIMIT 3',
    );
    const changes = rows.map(({ event }) => JSON.parse(String(event)).things[0].detail.change);
    expect(changes).toEqual(['scribble removed', 'lasso removed', 'lasso added']);
  });

  it('end once, and not for somebody who has not seen the last change', async () => {
    const { id } = await begun();
    await jobs.drafts.addClick(id, click(1), system);
    await expect(jobs.drafts.end(id, 'accepted', system, { version: 1 })).rejects.toMatchObject({
      code: 'draft-changed',
    });
    const ends = await Promise.allSettled([1, 2].map(() => jobs.drafts.end(id, 'accepted', system, { version: 2 })));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(jobs.drafts.get(id)).rejects.toMatchObject({ code: 'draft-not-found' });
    await expect(jobs.drafts.addClick(id, click(1), system)).rejects.toMatchObject({ code: 'draft-not-found' });
    await expect(jobs.drafts.get(randomUUID())).rejects.toMatchObject({ code: 'draft-not-found' });
  });

  it('stay if what goes with their end fails', async () => {
    const { id } = await begun();
    const failing = jobs.database.transaction(async (sql) => {
      await jobs.drafts.end(id, 'accepted', system, { sql });
      throw new Error('no job');
    });
    await expect(failing).rejects.toThrow('no job');
    expect(await jobs.drafts.get(id)).toMatchObject({ version: 1 });
  });

  it('announce each change', async () => {
    const { id } = await begun();
    let heard = 0;
    const stop = jobs.drafts.subscribe(id, () => heard++);
    await jobs.drafts.addClick(id, click(1), system);
    await until(() => heard >= 1);
    await jobs.drafts.end(id, 'discarded', system);
    await until(() => heard >= 2);
    stop();
  });

  it('are deleted with the record of their job, and when they are old', async () => {
    const [one, two] = [await begun(), await begun()];
    await jobs.drafts.addClick(one.id, click(1), system);
    const endedAt = '2026-01-01T00:00:00.000Z';
    await jobs.store.update(one.jobId, { state: 'completed', endedAt });
    await deleteEndedBefore(jobs.database, new Date('2026-01-02T00:00:00Z'));
    await expect(jobs.drafts.get(one.id)).rejects.toMatchObject({ code: 'draft-not-found' });
    await deleteDraftsBefore(jobs.database, new Date(Date.now() - 86_400_000));
    expect(await jobs.drafts.get(two.id)).toMatchObject({ id: two.id });
    await jobs.database.executeSql(`UPDATE promptseg.drafts SET changed_at = now() - interval '2 days' WHERE id = $1`, [
      two.id,
    ]);
    await deleteDraftsBefore(jobs.database, new Date(Date.now() - 86_400_000));
    await expect(jobs.drafts.get(two.id)).rejects.toMatchObject({ code: 'draft-not-found' });
  });
});
