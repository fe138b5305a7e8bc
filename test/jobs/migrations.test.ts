import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import PgBoss from 'pg-boss';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import { runOnce } from '../../scripts/test/postgresServer.mjs';
import type { Database, DatabaseLocation } from '../../server/src/database/database.js';
import { migrate, migrations } from '../../server/src/database/migrations.js';
import { openDatabase } from '../../server/src/database/openDatabase.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { openJobs } from '../../server/src/jobs/openJobs.js';
import { killAt } from '../support/killAt.mjs';
import { differences } from './differences.js';
import { describeOnEachDatabase } from './eachDatabase.js';
import { queuedJob, storedBone } from './jobParts.js';
import { idleStatus, workerOn } from './scriptedWorker.js';

/** A database as the program before one of the migrations left it, found by a word in its script. */
async function openBefore(word: string, location: DatabaseLocation): Promise<Database> {
  const old = await openDatabase(location);
  // The folder may come with the tables of today.
  await old.executeSql('DROP SCHEMA IF EXISTS promptseg CASCADE; DROP SCHEMA IF EXISTS pgboss CASCADE');
  await old.executeSql('CREATE SCHEMA promptseg; CREATE TABLE promptseg.migrations (version int PRIMARY KEY)');
  const version = migrations.findIndex((script) => script.includes(word));
  for (const [index, script] of migrations.slice(0, version).entries())
    await old.executeSql(`${script}; INSERT INTO promptseg.migrations VALUES (${index + 1})`);
  return old;
}

describeOnEachDatabase('the schema', (kind) => {
  it('is refused where a newer program made it', async () => {
    const location = await kind.create();
    const jobs = await openJobs(location);
    await jobs.database.executeSql('INSERT INTO promptseg.migrations VALUES (1000)');
    await jobs.close();
    await expect(openJobs(location)).rejects.toMatchObject({ code: 'database-newer' });
  });
});

describe('a data folder of the first version', () => {
  it('is taken over with its jobs; one that ran then waits again', async () => {
    const dataFolder = await newDataFolder('promptseg-first-');
    const job = queuedJob();
    const old = await openDatabase({ kind: 'embedded', dataFolder });
    await old.executeSql('DROP SCHEMA promptseg CASCADE; DROP SCHEMA pgboss CASCADE');
    await old.executeSql('CREATE SCHEMA promptseg; CREATE TABLE promptseg.migrations (version int PRIMARY KEY)');
    await old.executeSql(migrations[0]!);
    await old.executeSql('INSERT INTO promptseg.migrations VALUES (1)');
    await old.executeSql(
      `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
       VALUES ($1, nextval('promptseg.job_event_sequence'), 'segmenting', '1.2', 'key', now(), $2)`,
      [job.id, JSON.stringify({ ...job, state: 'segmenting' })],
    );
    // Its message as pg-boss left it: taken.
    const boss = new PgBoss({ db: old, supervise: false, schedule: false });
    await boss.start();
    await boss.createQueue('segmentations');
    await boss.send('segmentations', {}, { id: job.id });
    await boss.fetch('segmentations');
    await boss.stop({ graceful: false, close: false });
    await old.close();

    const jobs = await openJobs({ kind: 'embedded', dataFolder });
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    expect(await jobs.store.get(job.id)).toMatchObject({ state: 'queued', queuePosition: 0 });
    expect((await jobs.leases.takeNext(worker))?.job.id).toBe(job.id);
    await jobs.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
});

describeOnEachDatabase('a database whose cautions were sentences', (kind) => {
  it('keeps them, with a code', async () => {
    const location = await kind.create();
    const old = await openBefore('with_coded_cautions', location);
    const [doubted, sure] = [{ status: 'found', cautions: ['It is small.', 'It is alone.'] }, { status: 'found' }];
    const stored = {
      ...queuedJob(),
      state: 'completed',
      findings: [doubted, sure],
      editedResults: [{ findings: [sure] }, { findings: [sure, doubted] }, { findings: [] }],
    };
    for (const job of [stored, { ...queuedJob(), id: randomUUID(), state: 'completed', findings: [sure] }])
      await old.executeSql(
        `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
         VALUES ($1, nextval('promptseg.job_event_sequence'), 'completed', '1.2', gen_random_uuid(), now(), $2)`,
        [job.id, JSON.stringify(job)],
      );
    await old.executeSql(
      `INSERT INTO promptseg.feedback (job_id, finding_index, given_at, feedback, subject)
       VALUES ($1, 0, now(), '{"verdict": "accepted"}', $2)`,
      [stored.id, JSON.stringify({ finding: doubted })],
    );
    await old.close();

    const jobs = await openJobs(location);
    const coded = {
      status: 'found',
      cautions: [
        { code: 'earlier-version', text: 'It is small.' },
        { code: 'earlier-version', text: 'It is alone.' },
      ],
    };
    expect(await jobs.store.get(stored.id)).toMatchObject({
      findings: [coded, sure],
      editedResults: [{ findings: [sure] }, { findings: [sure, coded] }, { findings: [] }],
    });
    const { rows } = await jobs.database.executeSql('SELECT subject FROM promptseg.feedback');
    expect(rows).toEqual([{ subject: { finding: coded } }]);
    await jobs.close();
  });
});

describeOnEachDatabase('a database whose deliveries sent one result each', (kind) => {
  it('knows what they sent, and what they are to send', async () => {
    const location = await kind.create();
    const old = await openBefore('ADD COLUMN content', location);
    const stored = { ...queuedJob(), state: 'completed', result: storedBone };
    await old.executeSql(
      `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
       VALUES ($1, nextval('promptseg.job_event_sequence'), 'completed', '1.2', gen_random_uuid(), now(), $2)`,
      [stored.id, JSON.stringify(stored)],
    );
    await old.executeSql(
      `INSERT INTO promptseg.deliveries (job_id, target, state, delivered_at) VALUES
         ('${stored.id}', 'gone', 'failed', NULL), ('${stored.id}', 'ward', 'delivered', '2026-01-31T12:00:00Z')`,
    );
    await old.close();

    const jobs = await openJobs(location);
    const { sopInstanceUID } = storedBone;
    expect((await jobs.store.get(stored.id)).deliveries).toEqual([
      expect.not.objectContaining({ sent: expect.anything() }),
      expect.objectContaining({ sent: [{ sopInstanceUID, at: '2026-01-31T12:00:00.000Z' }] }),
    ]);
    await jobs.deliveries.retry(stored.id, 'gone');
    expect((await jobs.deliveries.take('gone', 60_000))?.content).toBe(sopInstanceUID);
    await jobs.close();
  });
});

describeOnEachDatabase('a database whose deliveries and webhook messages had a queue of their own', (kind) => {
  const uuid = (digit: number): string => `${digit}`.repeat(8).concat('-1111-4111-8111-111111111111');
  const [later, before] = [`now() + interval '1 hour'`, `now() - interval '1 hour'`];
  const step = (id: number, target: string, state: string, due: string, lease?: string): string =>
    `('${uuid(id)}', '${uuid(0)}', '${target}', '${state}', ${due},
      ${lease ? `gen_random_uuid(), ${lease}` : 'NULL, NULL'})`;
  const columns = '(id, job_id, target, state, next_attempt_at, lease, leased_until)';
  const routed = (series: number, state: string, job: number, retryAt: string): string =>
    `('ct', 1, 'work', '1.2', '1.2.${series}', 'content', 'model', '${state}', '${uuid(job)}', ${retryAt})`;

  it('is taken over with all that waits, also where the program was killed while it did so', async () => {
    const location = await kind.create();
    const old = await openBefore('remove_message', location);
    const boss = new PgBoss({ db: old, supervise: false, schedule: false });
    await boss.start();
    await boss.createQueue('segmentations');

    const retryAt = new Date(Date.now() + 3_600_000).toISOString();
    for (const [id, state, more] of [
      [0, 'completed', {}],
      [1, 'queued', {}],
      [2, 'queued', { retryAt }],
      [3, 'queued', {}],
    ] as const)
      await old.executeSql(
        `INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job)
         VALUES ($1, nextval('promptseg.job_event_sequence'), $2, '1.2', gen_random_uuid(), now(), $3)`,
        [uuid(id), state, JSON.stringify({ ...queuedJob(), id: uuid(id), state, ...more })],
      );
    await boss.send('segmentations', {}, { id: uuid(1), priority: 200_000_000 });
    await boss.send('segmentations', {}, { id: uuid(2), priority: 200_000_000, startAfter: new Date(retryAt) });
    await old.executeSql(
      `INSERT INTO promptseg.deliveries ${columns} VALUES ${[
        step(1, 'due', 'waiting', before),
        step(2, 'later', 'waiting', later),
        step(3, 'left', 'delivering', before, before),
        step(4, 'delivered', 'delivered', before),
        step(5, 'failed', 'failed', before),
      ]};
      INSERT INTO promptseg.webhooks VALUES ('ris', '{}');
      INSERT INTO promptseg.webhook_messages ${columns} VALUES ${step(6, 'ris', 'waiting', before)};
      INSERT INTO promptseg.routed (rule_name, rule_version, rule_work, study_instance_uid, series_instance_uid,
        content, model, state, job_id, retry_at)
        VALUES ${[routed(1, 'waiting', 7, before), routed(2, 'parked', 8, 'NULL'), routed(3, 'waiting', 9, later)]}`,
    );
    await boss.stop({ graceful: false, close: false });
    const undo = killAt(old, 2, () => Promise.reject(new Error('killed')));
    await expect(migrate(old)).rejects.toThrow('killed');
    undo();
    await old.close();

    const jobs = await openJobs(location);
    expect(await differences(jobs.database)).toEqual([]);
    const targets = ['due', 'later', 'left', 'delivered', 'failed'];
    const taken = [];
    for (const target of targets) taken.push((await jobs.deliveries.take(target, 60_000))?.id);
    expect(taken).toEqual([uuid(1), undefined, uuid(3), undefined, undefined]);
    expect(await jobs.deliveries.retry(uuid(0), 'failed')).toBe('failed');
    expect((await jobs.deliveries.take('failed', 60_000))?.id).toBe(uuid(5));
    expect((await jobs.webhookMessages.take('ris', 60_000))?.id).toBe(uuid(6));
    const ofLedger = () => jobs.database.transaction((sql) => jobs.messages.take(sql, 'routed'));
    expect([await ofLedger(), await ofLedger()]).toEqual([uuid(7), undefined]);
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    const run = [await jobs.leases.takeNext(worker)];
    await jobs.leases.end(run[0]!.lease, { state: 'completed' });
    run.push(await jobs.leases.takeNext(worker));
    await jobs.leases.end(run[1]!.lease, { state: 'completed' });
    run.push(await jobs.leases.takeNext(worker));
    expect(run.map((each) => each?.job.id).toSorted()).toEqual([uuid(1), uuid(3), undefined]);
    await jobs.close();
  });
});

describe('a PostgreSQL server', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres?.stop());

  it('gets the schema once from six programs that start at the same time', async () => {
    const url = await postgres.createDatabase();
    const opened = await Promise.all(Array.from({ length: 6 }, () => openJobs({ kind: 'server', url })));
    for (const jobs of opened) await jobs.close();
    const { rows } = await runOnce(url, 'SELECT version FROM promptseg.migrations ORDER BY version');
    expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.length).toBeGreaterThan(1);
  });

  it('that is down is named, without its password', async () => {
    const url = 'postgres://promptseg:secret@127.0.0.1:1/promptseg';
    const error = await openJobs({ kind: 'server', url }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'database-unreachable' });
    expect(String(error)).not.toContain('secret');
  });
});
