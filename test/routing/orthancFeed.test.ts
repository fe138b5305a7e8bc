import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { createOrthancChanges } from '../../server/src/pacs/orthancChanges.js';
import { createBackfillRunner } from '../../server/src/routing/backfill.js';
import { createDicomWebTrigger } from '../../server/src/routing/triggers/dicomWebTrigger.js';
import { createOrthancTrigger } from '../../server/src/routing/triggers/orthancTrigger.js';
import type { Trigger } from '../../server/src/routing/triggers/trigger.js';
import { uidsOf } from '../endToEnd/productClient.js';
import { until } from '../support/until.js';
import { type OrthancNode, startOrthancNode } from './orthancNode.js';
import { openTestRouting, rulesOf, type TestRouting } from './routingParts.js';

const never = new AbortController().signal;
const today = new Date().toISOString().slice(0, 10);

const seriesOn = (name: string, day: string): Promise<Uint8Array[]> =>
  createSeries({
    name,
    modality: 'CT',
    grid: { size: [8, 8, 3], voxelToLps: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
    valueAt: () => 0,
    attributes: () => ({ ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], StudyDate: day.replaceAll('-', '') }),
  });

/** What the tests with an archive of their own take for granted of the real one. */
describe('what arrives in a real Orthanc', () => {
  let orthanc: OrthancNode;
  let archive: Archive;
  let folder: string;
  let jobs: Jobs;
  let routing: TestRouting;
  const gaps: string[] = [];

  beforeAll(async () => {
    orthanc = await startOrthancNode({});
    archive = createDicomWebArchive({ baseUrl: orthanc.dicomWebUrl, ...orthanc.headers });
    folder = await newDataFolder('promptseg-feed-');
    jobs = await openJobs({ kind: 'embedded', dataFolder: folder });
    routing = await openTestRouting(jobs, archive);
  });
  afterAll(async () => {
    await jobs?.close();
    await orthanc?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => jobs.database.executeSql('DELETE FROM promptseg.routing_series'));

  const readyUIDs = async (): Promise<string[]> =>
    (await routing.arrivals.ready(10)).map(({ seriesInstanceUID }) => seriesInstanceUID);
  async function untilReady(trigger: Trigger, part10s: readonly Uint8Array[]): Promise<void> {
    const { seriesInstanceUID } = uidsOf(part10s[0]!);
    await until(async () => {
      while (await trigger.read(never));
      return (await readyUIDs()).includes(seriesInstanceUID);
    });
  }

  it('is known from its list of changes, also after it was killed, and after the list was cleared', async () => {
    const changes = createOrthancChanges({ baseUrl: orthanc.url, authorization: orthanc.headers.authorization });
    const trigger = createOrthancTrigger({
      ...routing,
      changes,
      settleSeconds: 1,
      onGap: (kind) => gaps.push(kind),
    });
    await trigger.read(never);
    const whole = await seriesOn('whole', today);
    await orthanc.upload(whole);
    await untilReady(trigger, whole);

    const cutShort = await seriesOn('cut short', today);
    await orthanc.upload(cutShort);
    await orthanc.kill();
    await expect(trigger.read(never)).rejects.toMatchObject({ code: 'archive-unreachable' });
    await orthanc.restart();
    await untilReady(trigger, cutShort);

    const unread = await seriesOn('unread', today);
    await orthanc.upload(unread);
    await fetch(`${orthanc.url}/changes`, { method: 'DELETE', headers: orthanc.headers });
    await untilReady(trigger, unread);
    expect(gaps).toEqual(['cleared']);
  });

  it('is found by searches, and filled in for past days', async () => {
    const search = createDicomWebTrigger({ ...routing, settleSeconds: 0 });
    while (await search.read(never));
    const found = await seriesOn('found', today);
    const past = await seriesOn('past', '2020-02-29');
    await orthanc.upload([...found, ...past]);
    await untilReady(search, found);
    expect(await readyUIDs()).toEqual([uidsOf(found[0]!).seriesInstanceUID]);

    const { id } = await routing.backfills.create({ from: '2020-02-28', to: '2020-03-01' });
    const runner = createBackfillRunner(routing.backfills, routing);
    while (await runner.step(rulesOf({}), never));
    expect(await routing.backfills.get(id)).toMatchObject({ state: 'completed', counts: { studies: 1, routed: 1 } });
    const [entry] = (await routing.history.of('ct', { limit: 10 })).entries;
    expect(entry).toMatchObject({ seriesInstanceUID: uidsOf(past[0]!).seriesInstanceUID, backfillId: id });
  });
});
