import { expect, it } from '@jest/globals';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import type { PreparedRule } from '../../server/src/routing/rules/chooseRules.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { library } from '../jobs/jobParts.js';
import { routingOn, rules } from './routingOn.js';
import { rulesOf } from './routingParts.js';

describeOnEachDatabase('what rules make of it', (kind) => {
  const t = routingOn(kind);
  const fail = (id: string, code: 'slices-uneven' | 'worker-lost') =>
    t.jobs.store.update(id, { state: 'failed', problem: toProblem(new PromptsegError(code, 'It failed.')) });
  const makeDue = () => t.jobs.database.executeSql(`UPDATE pgboss.job SET start_after = now() WHERE name = 'routed'`);

  it('handles a series again that has grown, in place of the job that waits, and not one that has not', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    t.orthanc.receive('1.2.2', 3);
    await t.readAll();
    await t.routeAll();
    const waiting = (await t.entries()).find(({ seriesInstanceUID }) => seriesInstanceUID === '1.2.1');
    t.orthanc.receive('1.2.1', 2);
    t.orthanc.becomeStable('1.2.2');
    await t.readAll();
    await t.routeAll();
    await t.follow();
    expect((await t.entries()).map(({ seriesInstanceUID, state }) => [seriesInstanceUID, state])).toEqual([
      ['1.2.1', 'submitted'],
      ['1.2.2', 'submitted'],
      ['1.2.1', 'superseded'],
    ]);
    expect((await t.jobs.store.get(waiting!.jobId!)).state).toBe('cancelled');
    expect((await t.allJobs())[0]).toMatchObject({ numberOfInstances: 5 });
  });

  it('handles a series again for a rule that asks for something else, and for another model', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    const again = async (asked: readonly PreparedRule[]): Promise<string[]> => {
      t.orthanc.becomeStable('1.2.1');
      await t.readAll();
      return (await t.routeAll(asked)).map(({ outcome }) => outcome);
    };
    expect(await again(rules)).toEqual(['routed']);
    expect(await again(rulesOf({ description: 'the same in other words' }))).toEqual(['routed before']);
    expect(await again(rulesOf({ prompts: ['skeleton'] }))).toEqual(['routed']);
    const newer = {
      packages: library.packages.map((model) => ({ ...model, sha256: 'e'.repeat(64) })),
      promptable: [],
      refused: [],
    };
    t.routing = {
      ...t.routing,
      service: createJobService({ jobs: t.jobs, archive: t.orthanc.archive, library: newer }),
    };
    expect(await again(rules)).toEqual(['routed']);
    expect(await again(rules)).toEqual(['routed before']);
  });

  it('never starts from results, secondary and derived objects', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 1, { modality: 'SEG' });
    t.orthanc.receive('1.2.2', 1, { modality: 'SR' });
    t.orthanc.receive('1.2.3', 3, { imageType: ['DERIVED', 'PRIMARY'] });
    t.orthanc.receive('1.2.4', 3, { imageType: ['ORIGINAL', 'SECONDARY'] });
    t.orthanc.receive('1.2.5', 3, { manufacturer: 'Promptseg' });
    await t.readAll();
    expect(await t.routeAll(rulesOf({ match: { all: [] } }))).toEqual([]);
    expect(await t.allJobs()).toEqual([]);
  });

  it('asks the rules in their order until one says stop', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    const asked = rulesOf(
      { name: 'off', enabled: false },
      { name: 'mr', match: { attribute: 'Modality', equals: 'MR' }, afterMatch: 'stop' },
      { name: 'first' },
      { name: 'second', afterMatch: 'stop', priority: 'interactive' },
      { name: 'third' },
    );
    expect((await t.routeAll(asked)).map(({ rule }) => rule)).toEqual(['first', 'second']);
    expect((await t.allJobs()).map(({ request }) => request.priority)).toEqual(['interactive', 'routed']);
  });

  it('lets jobs wait for the hour of their rule, all of them, and again when the rule changes', async () => {
    await t.readAll();
    for (let series = 0; series < 5; series++) t.orthanc.receive(`1.2.${series}`, 3);
    await t.readAll();
    await t.routeAll(rulesOf({ limits: { perHour: 2 } }));
    const waits = async (): Promise<number[]> =>
      (await t.allJobs())
        .map(({ mayStartAt }) =>
          mayStartAt === undefined ? 0 : Math.round((Date.parse(mayStartAt) - Date.now()) / 3.6e6),
        )
        .map((hours) => Math.max(0, hours))
        .sort();
    expect(await waits()).toEqual([0, 0, 1, 1, 2]);
    expect(await t.jobs.lists.queueLength()).toMatchObject({ queued: 2, waitingForRule: 3 });
    expect((await t.entries()).filter(({ mayStartAt }) => mayStartAt !== undefined)).toHaveLength(3);
    await t.follow(rulesOf({ limits: { perHour: 4 } }));
    expect(await waits()).toEqual([0, 0, 0, 0, 1]);
    expect((await t.jobs.lists.queueLength()).queued).toBe(4);
  });

  it('moves what has not begun when the window closes to the next opening', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    await t.routeAll();
    const hour = (offset: number): string =>
      `${String((new Date().getHours() + offset + 24) % 24).padStart(2, '0')}:00`;
    const closed = rulesOf({ timeWindow: { from: hour(2), to: hour(5) } });
    await t.follow(closed);
    const [job] = await t.allJobs();
    expect(new Date(job?.mayStartAt ?? '').getMinutes()).toBe(0);
    expect(await t.jobs.lists.queueLength()).toMatchObject({ queued: 0, waitingForRule: 1 });
    expect(await t.jobs.database.transaction((sql) => t.jobs.queue.take(sql))).toBeUndefined();
    await t.follow(rulesOf({}));
    expect(await t.jobs.database.transaction((sql) => t.jobs.queue.take(sql))).toBe(job?.id);
  });

  it('tries a series whose job failed with a new job, parks it after the third, and tries it on request', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    await t.routeAll();
    for (const failures of [1, 2, 3]) {
      const [job] = await t.allJobs();
      await fail(job!.id, 'worker-lost');
      await t.follow();
      expect(await t.entries()).toMatchObject([{ state: failures < 3 ? 'waiting' : 'parked', attempts: failures }]);
      await t.follow();
      expect(await t.allJobs()).toHaveLength(failures);
      await makeDue();
      await t.follow();
    }
    expect(await t.allJobs()).toHaveLength(3);
    expect(await t.routing.history.parked()).toMatchObject([
      { seriesInstanceUID: '1.2.1', rule: 'ct', attempts: 3, problem: { code: 'worker-lost' } },
    ]);
    await t.routing.history.release('1.2.1', await t.routing.history.studiesOfParked('1.2.1'));
    await t.follow();
    const [fourth] = await t.allJobs();
    await t.jobs.store.update(fourth!.id, { state: 'completed' });
    await t.follow();
    expect(await t.entries()).toMatchObject([{ state: 'completed', jobId: fourth!.id }]);
    await expect(t.routing.history.release('1.2.1', ['1.2'])).rejects.toMatchObject({ code: 'series-not-parked' });
  });

  it('parks a series at once if waiting cannot help, and adopts a job that somebody ran again', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    t.orthanc.receive('1.2.2', 3);
    await t.readAll();
    await t.routeAll();
    const [second, first] = await t.allJobs();
    await fail(first!.id, 'slices-uneven');
    await fail(second!.id, 'worker-lost');
    await t.follow();
    expect((await t.entries()).map(({ state }) => state)).toEqual(['waiting', 'parked']);
    const rerun = await t.routing.service.rerun(second!.id);
    expect(rerun.job.rule?.name).toBe('ct');
    await makeDue();
    await t.follow();
    expect((await t.entries())[0]).toMatchObject({ state: 'submitted', jobId: rerun.job.id });
    expect(await t.allJobs()).toHaveLength(3);
  });

  it('says in the history why no job could be made, and makes it when that is corrected', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    expect(await t.routeAll(rulesOf({ prompts: ['left elbow'] }))).toEqual([{ rule: 'ct', outcome: 'refused' }]);
    expect(await t.entries()).toMatchObject([{ state: 'refused', problem: { code: 'prompt-not-understood' } }]);
    expect((await t.routing.history.counts()).get('ct')).toMatchObject({ refused: 1, submitted: 0 });
  });
});
