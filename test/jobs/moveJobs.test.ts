import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import { lockDataFolder } from '../../server/src/database/dataFolderLock.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { createArrivals } from '../../server/src/routing/records/arrivals.js';
import { createRoutingHistory } from '../../server/src/routing/records/history.js';
import { createTriggerStates } from '../../server/src/routing/records/triggerStates.js';
import { differences } from './differences.js';
import { archiveWith, library, requestNumber, series, storedBone } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

const promptseg = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');

describe('promptseg migrate', () => {
  let postgres: TestPostgres;
  let url: string;
  let folder: string;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    url = await postgres.createDatabase();
    folder = await newDataFolder('promptseg-move-');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const serviceOf = (jobs: Jobs) =>
    createJobService({ jobs, archive: archiveWith(async () => series), library, destinations: ['research'] });
  /** One job that ended, one that a killed server left running, one that waits. */
  async function fill(): Promise<string[]> {
    const jobs = await openJobs({ kind: 'embedded', dataFolder: folder });
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    const ids: string[] = [];
    for (const number of [1, 2, 3])
      ids.push((await serviceOf(jobs).submit({ ...requestNumber(number), destinations: ['research'] })).job.id);
    const first = await jobs.leases.takeNext(worker);
    await jobs.database.executeSql(`INSERT INTO promptseg.webhooks VALUES ('ris', '{}')`);
    await jobs.promptSets.create({ name: 'Thorax', prompts: ['lung'] });
    await jobs.database.executeSql(
      `INSERT INTO promptseg.routing_triggers VALUES ('orthanc', '{"cursor": 17}');
       INSERT INTO promptseg.routing_series (study_instance_uid, series_instance_uid, state)
       VALUES ('1.2', '1.2.3', 'ready');
       INSERT INTO promptseg.routed (rule_name, rule_version, rule_work, study_instance_uid, series_instance_uid,
         content, model, state)
         VALUES ('ct', 1, 'work', '1.2', '1.2.3', 'content', 'model', 'completed')`,
    );
    await jobs.leases.end(first!.lease, { state: 'completed', notes: ['done'], result: storedBone });
    await jobs.leases.takeNext(worker);
    await jobs.close();
    return ids;
  }
  async function migrate(): Promise<{ code: number; stdout: string; stderr: string }> {
    const args = [promptseg, 'migrate', '--from', folder, '--to', url, '--json'];
    return promisify(execFile)(process.execPath, args).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  }

  it('moves records, numbers and the queue, and leaves nothing that a second server could run', async () => {
    const [ended, running, waiting] = await fill();
    const { code, stdout } = await migrate();
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { jobs: 3, waiting: 2 }]);

    const jobs = await openJobs({ kind: 'server', url });
    expect(await jobs.store.get(ended!)).toMatchObject({ state: 'completed', notes: ['done'] });
    expect((await jobs.store.get(ended!)).deliveries).toMatchObject([{ destination: 'research', state: 'waiting' }]);
    expect(await jobs.webhookMessages.latest('ris', 10)).toMatchObject([{ jobId: ended, state: 'waiting' }]);
    expect(await jobs.promptSets.list()).toMatchObject([{ name: 'Thorax', prompts: ['lung'] }]);
    const arrivals = createArrivals(jobs.database);
    expect(await createTriggerStates(jobs.database).load('orthanc')).toEqual({ cursor: 17 });
    expect(await arrivals.ready(9)).toMatchObject([{ seriesInstanceUID: '1.2.3' }]);
    await arrivals.report(jobs.database, [{ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.4', state: 'ready' }]);
    expect((await createRoutingHistory(jobs.database, jobs.messages, arrivals).counts()).get('ct')).toMatchObject({
      completed: 1,
    });
    expect(await differences(jobs.database)).toEqual([]);
    expect(await jobs.deliveries.take('research', 60_000)).toMatchObject({ jobId: ended, attempts: 1 });
    expect(await jobs.webhookMessages.take('ris', 60_000)).toMatchObject({ jobId: ended, attempts: 1 });
    const worker = { id: randomUUID(), host: 'there' };
    await jobs.workers.register(worker.id, workerOn('there'), idleStatus);
    const taken = [await jobs.leases.takeNext(worker), await jobs.leases.takeNext(worker)];
    expect(taken.map((one) => one?.job.id)).toEqual([running, waiting]);
    const next = await serviceOf(jobs).submit(requestNumber(4));
    expect(next.job.lastEventId).toBeGreaterThan((await jobs.store.get(waiting!)).lastEventId);
    await jobs.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('database'))).toEqual([
      expect.stringMatching(/^database-moved-/),
    ]);
  });

  it('refuses a database on which a server has run, and a folder that is in use or empty', async () => {
    await fill();
    const jobs = await openJobs({ kind: 'server', url });
    await serviceOf(jobs).submit(requestNumber(9));
    expect(await migrate()).toMatchObject({ code: 1, stdout: expect.stringContaining('database-not-empty') });
    await jobs.close();

    url = await postgres.createDatabase();
    const lock = await lockDataFolder(folder);
    expect(await migrate()).toMatchObject({ code: 1, stdout: expect.stringContaining('data-folder-in-use') });
    await lock.release();

    await rm(path.join(folder, 'database'), { recursive: true });
    expect(await migrate()).toMatchObject({ code: 1, stdout: expect.stringContaining('options-invalid') });
  });
});
