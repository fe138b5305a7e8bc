import { expect, it } from '@jest/globals';
import type { ReadySeries } from '../../server/src/routing/records/arrivals.js';
import { routeSeries } from '../../server/src/routing/routeSeries.js';
import { createDicomWebTrigger } from '../../server/src/routing/triggers/dicomWebTrigger.js';
import { createOrthancTrigger, type OrthancFeedState } from '../../server/src/routing/triggers/orthancTrigger.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { never, routingOn, rules } from './routingOn.js';
import { openTestRouting } from './routingParts.js';

describeOnEachDatabase('what arrives', (kind) => {
  const t = routingOn(kind);

  it('makes one job for each series that arrives from the first look on, with its rule', async () => {
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    t.orthanc.receive('1.2.2', 3);
    t.orthanc.receive('1.2.3', 3);
    await t.readAll();
    expect(await t.routeAll()).toEqual([
      { rule: 'ct', outcome: 'routed' },
      { rule: 'ct', outcome: 'routed' },
    ]);
    expect(await t.seriesOfJobs()).toEqual(['1.2.2', '1.2.3']);
    expect((await t.allJobs())[0]).toMatchObject({ rule: { name: 'ct', version: 1 }, request: { priority: 'routed' } });
  });

  it('loses and doubles nothing where the server ends before, between and after the steps', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.restart();
    await t.readAll();
    await t.restart();
    const [ready] = await t.routing.arrivals.ready(1);
    await routeSeries(ready as ReadySeries, rules, t.routing);
    // Killed before the series was noted as routed: it is done again.
    await t.restart();
    expect(await t.routeAll()).toEqual([{ rule: 'ct', outcome: 'routed before' }]);
    await t.readAll();
    expect(await t.seriesOfJobs()).toEqual(['1.2.1']);
  });

  it('reads many pages, and says how far behind it is', async () => {
    await t.readAll();
    for (let series = 0; series < 300; series++) t.orthanc.receive(`1.2.${series}`, 3, { modality: 'MR' });
    await t.trigger.read(never);
    const state = await t.routing.states.load<OrthancFeedState>('orthanc');
    expect(state?.lagChanges).toBeGreaterThan(900);
    await t.readAll();
    expect(await t.routing.states.load('orthanc')).toMatchObject({ cursor: 1500, lagChanges: 0 });
    expect((await t.routing.arrivals.count()).ready).toBe(300);
  });

  it('waits until a series is complete, and asks Orthanc itself where a restart made it forget to say so', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3, { stable: false });
    await t.readAll();
    expect(await t.routing.arrivals.count()).toMatchObject({ arriving: 1, ready: 0 });
    await t.readAll();
    expect(await t.routing.arrivals.count()).toMatchObject({ arriving: 1, ready: 0 });
    t.orthanc.restart();
    await t.readAll();
    await t.routeAll();
    expect(await t.seriesOfJobs()).toEqual(['1.2.1']);
  });

  it.each([
    ['reset', () => t.orthanc.recreate()],
    ['cleared', () => t.orthanc.clearChanges()],
  ])('notices that the list of changes was %s, and finds what came meanwhile', async (gap, happen) => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    await t.readAll();
    await t.routeAll();
    t.orthanc.now = '20260102T120000';
    t.orthanc.receive('1.2.2', 3);
    t.orthanc.receive('1.2.3', 3);
    happen();
    await t.restart();
    await t.readAll();
    await t.routeAll();
    expect(t.gaps).toEqual([gap]);
    expect(await t.seriesOfJobs()).toEqual(['1.2.1', '1.2.2', '1.2.3']);
    // The one that came shortly before the gap is reported again; it has its job.
    expect(await t.routing.states.load('orthanc')).toMatchObject({ gaps: [{ kind: gap, seriesFound: 3 }] });
    t.orthanc.receive('1.2.4', 3);
    await t.readAll();
    await t.routeAll();
    expect(await t.seriesOfJobs()).toHaveLength(4);
  });

  it('goes on without a word where what it read was deleted', async () => {
    await t.readAll();
    for (const series of ['1.2.1', '1.2.2', '1.2.3']) t.orthanc.receive(series, 3);
    await t.readAll();
    t.orthanc.remove('1.2.3');
    t.orthanc.receive('1.2.4', 3);
    await t.readAll();
    expect(t.gaps).toEqual([]);
    const failed = await Promise.allSettled(
      (await t.routing.arrivals.ready(10)).map((series) => routeSeries(series, rules, t.routing)),
    );
    expect(failed.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'series-not-found' } },
    ]);
  });

  it('lets one of two servers read, and the other take over what it has left', async () => {
    await t.readAll();
    t.orthanc.receive('1.2.1', 3);
    const slow = { routing: t.routing, trigger: t.trigger };
    const other = await openTestRouting(t.jobs, t.orthanc.archive);
    if (t.jobs.database.shared) expect(await other.lease.take()).toBe(false);
    await t.jobs.database.executeSql('UPDATE promptseg.routing_lease SET held_until = now()');
    expect(await other.lease.take()).toBe(true);
    await expect(slow.trigger.read(never)).rejects.toThrow('another server routes');
    const [series] = [{ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.1' }];
    await expect(routeSeries(series!, rules, slow.routing)).rejects.toThrow('another server routes');
    expect(await t.allJobs()).toEqual([]);
    t.trigger = createOrthancTrigger({ ...other, changes: t.orthanc.changes, settleSeconds: 0, onGap: () => {} });
    t.routing = other;
    await t.readAll();
    await t.routeAll();
    expect(await t.seriesOfJobs()).toEqual(['1.2.1']);
  });

  it('looks through an archive without a list of changes: new series are routed when they are complete', async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const search = createDicomWebTrigger({ ...t.routing, settleSeconds: 0 });
    const look = async (): Promise<void> => {
      while (await search.read(never));
    };
    t.orthanc.receive('1.2.1', 3, { studyDate: day });
    await look();
    await look();
    expect(await t.routeAll()).toEqual([]);
    t.orthanc.receive('1.2.2', 3, { studyDate: day });
    t.orthanc.receive('1.3.1', 3, { studyDate: '20200101', study: '1.3' });
    await look();
    expect(await t.routeAll()).toEqual([]);
    t.orthanc.receive('1.2.2', 1, { studyDate: day });
    await look();
    expect(await t.routeAll()).toEqual([]);
    await look();
    await t.routeAll();
    expect(await t.allJobs()).toMatchObject([{ request: { seriesInstanceUID: '1.2.2' }, numberOfInstances: 4 }]);
    const asked = t.orthanc.requests.length;
    await look();
    // Nothing has changed: the studies are not opened.
    expect(t.orthanc.requests.slice(asked)).toEqual(['query studies']);

    search.pause();
    await new Promise((resolve) => setTimeout(resolve, 5));
    t.orthanc.receive('1.2.3', 3, { studyDate: day });
    await look();
    await look();
    expect(await t.routeAll()).toEqual([]);
  });
});
