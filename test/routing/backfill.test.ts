import { expect, it } from '@jest/globals';
import { createBackfillRunner } from '../../server/src/routing/backfill.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { never, routingOn, rules } from './routingOn.js';

describeOnEachDatabase('backfills', (kind) => {
  const t = routingOn(kind);

  it('fills the past day by day, once, on over a restart, and ends', async () => {
    for (let day = 1; day <= 9; day++)
      for (const series of [1, 2])
        t.orthanc.receive(`1.${day}.${series}`, 3, {
          study: `1.${day}`,
          studyDate: `2026010${day}`,
          modality: series === 1 ? 'CT' : 'MR',
        });
    const { id } = await t.routing.backfills.create({ from: '2026-01-02', to: '2026-01-05' });
    let runner = createBackfillRunner(t.routing.backfills, t.routing);
    for (let step = 0; step < 3; step++) expect(await runner.step(rules, never)).toBe(true);
    const halfway = await t.routing.backfills.get(id);
    expect(halfway).toMatchObject({ state: 'running', day: '2026-01-03' });
    await t.restart();
    runner = createBackfillRunner(t.routing.backfills, t.routing);
    while (await runner.step(rules, never));
    expect(await t.routing.backfills.get(id)).toMatchObject({
      state: 'completed',
      fraction: 1,
      counts: { studies: 4, series: 8, routed: 4, routedBefore: 0, refused: 0, unreadable: 0 },
      jobs: { open: 4 },
    });
    expect(await t.seriesOfJobs()).toEqual(['1.2.1', '1.3.1', '1.4.1', '1.5.1']);
    expect((await t.allJobs())[0]?.request.priority).toBe('backfill');

    const again = await t.routing.backfills.create({ from: '2026-01-05', to: '2026-01-06', rules: ['ct'] });
    while (await runner.step(rules, never));
    expect((await t.routing.backfills.get(again.id)).counts).toMatchObject({ routed: 1, routedBefore: 1 });
  });

  it('fills the past no faster than its jobs end, behind all other jobs, and stops when it is cancelled', async () => {
    for (let series = 0; series < 30; series++)
      t.orthanc.receive(`1.2.${series}`, 3, { study: `1.2.${series}`, studyDate: '20260101' });
    const { id } = await t.routing.backfills.create({ from: '2026-01-01', to: '2026-01-01' });
    const runner = createBackfillRunner(t.routing.backfills, t.routing);
    while (await runner.step(rules, never));
    expect(await t.allJobs()).toHaveLength(20);
    await t.routing.service.submit({
      studyInstanceUID: '1.2.29',
      seriesInstanceUID: '1.2.29',
      prompts: ['bone'],
      priority: 'routed',
    });
    expect((await t.jobs.lists.openInTurn())[0]?.id).toBe((await t.allJobs())[0]?.id);

    for (const jobId of await t.routing.backfills.cancel(id)) await t.routing.service.cancel(jobId);
    await t.follow();
    expect(await t.routing.backfills.get(id)).toMatchObject({ state: 'cancelled', jobs: { open: 0, cancelled: 20 } });
    expect(await runner.step(rules, never)).toBe(false);
    await expect(t.routing.backfills.cancel(id)).rejects.toMatchObject({ code: 'backfill-ended' });
  });
});
