import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import { validateXML } from 'xmllint-wasm';
import { createFeeds } from '../../server/src/audit/feed/feeds.js';
import { type ReceiverSettings, readReceivers } from '../../server/src/audit/feed/receiversFile.js';
import { sendTrail } from '../../server/src/audit/feed/sendTrail.js';
import { recordAudit } from '../../server/src/database/auditTrail.js';
import type { Database, DatabaseLocation } from '../../server/src/database/database.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { until } from '../support/until.js';
import { emptyDatabase, eventNumber, openDatabase } from './auditParts.js';
import { certificateOf, startFhirReceiver, startSyslogReceiver, unusedPort } from './receivers.js';

const quick = {
  leaseMs: 10_000,
  pollMs: 5,
  firstRetryMs: 5,
  longestRetryMs: 20,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};

describeOnEachDatabase('the audit trail is sent', (kind) => {
  let location: DatabaseLocation;
  let database: Database;
  let host: Awaited<ReturnType<typeof certificateOf>>;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    host = await certificateOf('localhost');
    location = await kind.create();
    database = await openDatabase(location);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    // What was recorded before anybody was named stays here.
    await recordAudit(database, eventNumber(0));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => database?.close());

  const send = async (receivers: readonly ReceiverSettings[], on = database): Promise<void> => {
    closing.push(await sendTrail({ database: on, receivers, sourceId: 'here', timing: quick }));
  };
  const toSyslog = (port: number, more: object = {}): ReceiverSettings => ({
    name: 'siem',
    kind: 'syslog',
    syslog: { host: 'localhost', port, authorities: host.cert, ...more },
  });
  const toFhir = (url: string): ReceiverSettings => ({
    name: 'repository',
    kind: 'fhir',
    fhir: { url, authorization: 'Bearer t' },
  });
  const record = async (from: number, to: number): Promise<void> => {
    for (let number = from; number <= to; number++) await recordAudit(database, eventNumber(number));
  };
  const jobsIn = (messages: readonly string[]): string[] =>
    messages.map((message) => /ParticipantObjectID="(job \d+)"/.exec(message)?.[1] ?? '');
  const jobsFrom = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => `job ${from + index}`);
  const feed = async () => (await createFeeds(database).list())[0]!;

  it('as DICOM messages over syslog and TLS, in their order, to a receiver that knows this server', async () => {
    const client = await certificateOf('promptseg');
    const receiver = await startSyslogReceiver({
      ...host,
      requestCert: true,
      rejectUnauthorized: true,
      ca: client.cert,
    });
    closing.push(receiver.close);
    await send([toSyslog(receiver.port, { certificate: client.cert, key: client.key })]);
    await record(1, 5);
    await until(() => receiver.messages.length >= 5);
    await until(async () => (await feed()).waiting === 0);
    expect(jobsIn(receiver.messages)).toEqual(jobsFrom(1, 5));
    const schema = await readFile(path.join(import.meta.dirname, 'dicomAuditMessage.rng'), 'utf8');
    for (const [index, message] of receiver.messages.entries()) {
      const [, header, sequenceId, xml = ''] = /^(.*) \[meta sequenceId="(\d+)"\] \ufeff(.*)$/s.exec(message) ?? [];
      expect(header).toMatch(/^<85>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]+ promptseg \d+ DICOM\+RFC3881$/);
      expect(Number(sequenceId)).toBe(index + 2);
      expect(await validateXML({ xml, schema, extension: 'relaxng' })).toMatchObject({ valid: true });
    }
  });

  it('to a receiver that was down: nothing is lost, nobody waits for it, and it is never given up', async () => {
    const port = await unusedPort();
    await send([toSyslog(port)]);
    await record(1, 250);
    await until(async () => (await feed()).attempts >= 3);
    // An hour and more, by the database's clock.
    await database.executeSql(`UPDATE promptseg.audit_feeds SET trying_since = now() - interval '90 days'`);
    const { attempts } = await feed();
    await until(async () => (await feed()).attempts > attempts + 1);
    expect(await feed()).toMatchObject({ sentUpTo: 1, waiting: 250 });
    const receiver = await startSyslogReceiver(host, { port });
    closing.push(receiver.close);
    await until(async () => (await feed()).waiting === 0);
    expect(jobsIn(receiver.messages)).toEqual(jobsFrom(1, 250));
    // Counted from 0 again once the last messages are marked as sent, a moment later.
    await until(async () => (await feed()).attempts <= 1);
  });

  it('again from where it was, where the receiver breaks the connection off', async () => {
    const receiver = await startSyslogReceiver(host, { breakAfter: 3 });
    closing.push(receiver.close);
    await record(1, 20);
    await database.executeSql(`INSERT INTO promptseg.audit_feeds (target, sent_up_to) VALUES ('siem', 1)`);
    await send([toSyslog(receiver.port)]);
    await until(async () => (await feed()).waiting === 0);
    // At least once: the first three came twice.
    expect(jobsIn(receiver.messages)).toEqual([...jobsFrom(1, 3), ...jobsFrom(1, 20)]);
    expect(receiver.connections()).toBe(2);
  });

  it('to nobody whose certificate is not of the authority that the settings name', async () => {
    const stranger = await certificateOf('localhost');
    const receiver = await startSyslogReceiver(stranger);
    closing.push(receiver.close);
    await send([toSyslog(receiver.port)]);
    await record(1, 2);
    await until(async () => (await feed()).attempts >= 3);
    expect([receiver.messages, (await feed()).sentUpTo]).toEqual([[], 1]);
    const { rows } = await database.executeSql('SELECT problem FROM promptseg.audit_feeds WHERE problem IS NOT NULL');
    expect(rows[0]?.problem).toMatchObject({
      code: 'audit-receiver-unreachable',
      detail: expect.stringContaining('CERT'),
    });
  });

  it('as FHIR AuditEvents, in their order and once, where the server refuses some and responses are lost', async () => {
    const trouble = new Map<number, number | 'response-lost'>([
      [1, 503],
      [3, 'response-lost'],
      [5, 307],
      [7, 'response-lost'],
    ]);
    const receiver = await startFhirReceiver((request) => trouble.get(request));
    closing.push(receiver.close);
    await send([toFhir(receiver.url)]);
    await record(1, 6);
    await until(async () => (await feed()).waiting === 0);
    const jobs = receiver.resources.map(
      ({ entity }) => (entity as { what: { identifier: { value: string } } }[])[1]?.what.identifier.value,
    );
    expect(jobs).toEqual(jobsFrom(1, 6));
    expect([...receiver.authorizations]).toEqual(['Bearer t']);
    for (const resource of receiver.resources)
      expect(new Fhir().validate(JSON.stringify(resource), { errorOnUnexpected: true }).valid).toBe(true);
  });

  it('once by several servers, and each receiver at its own pace', async () => {
    const away = toSyslog(await unusedPort());
    const receiver = await startFhirReceiver();
    closing.push(receiver.close);
    const receivers = [away, toFhir(receiver.url)];
    await send(receivers);
    if (kind.name === 'PostgreSQL') {
      const other = await openDatabase(location);
      closing.push(() => other.close());
      await send(receivers, other);
    }
    await record(1, 30);
    const sent = async () => (await createFeeds(database).list()).map(({ target, waiting }) => [target, waiting]);
    await until(async () => (await sent())[0]?.[1] === 0);
    expect(await sent()).toEqual([
      ['repository', 0],
      ['siem', 30],
    ]);
    expect(receiver.resources.length).toBe(30);
  });

  it('from where it was after a restart, and from now on to a receiver that is new', async () => {
    const first = await startFhirReceiver();
    closing.push(first.close);
    const stop = await sendTrail({ database, receivers: [toFhir(first.url)], sourceId: 'here', timing: quick });
    await record(1, 2);
    await until(async () => (await feed()).waiting === 0);
    await stop();
    await record(3, 4);
    const receiver = await startSyslogReceiver(host);
    closing.push(receiver.close);
    await send([toFhir(first.url), toSyslog(receiver.port)]);
    await record(5, 5);
    await until(async () => (await createFeeds(database).list()).every(({ waiting }) => waiting === 0));
    expect([first.resources.length, jobsIn(receiver.messages)]).toEqual([5, ['job 5']]);
    await send([]);
    expect(await createFeeds(database).list()).toEqual([]);
  });
});

describe('the file of the receivers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newDataFolder('promptseg-receivers-');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const read = async (receivers: string, variables: NodeJS.ProcessEnv = {}) => {
    const file = path.join(folder, 'receivers.yaml');
    await writeFile(file, `version: 1\nreceivers:\n${receivers}`);
    return readReceivers(file, variables);
  };

  it('names syslog and FHIR receivers; secrets are elsewhere', async () => {
    const pem = path.join(folder, 'ca.pem');
    await writeFile(pem, 'PEM');
    const receivers = await read(
      `  siem: { syslog: { host: siem.example, authorities: ${pem}, certificate: ${pem}, key: { environment: KEY } } }
  repository: { fhir: { url: "https://repository.example/fhir/", token: { environment: TOKEN } } }`,
      { KEY: 'k', TOKEN: 't' },
    );
    expect(receivers).toEqual([
      {
        name: 'siem',
        kind: 'syslog',
        syslog: { host: 'siem.example', port: 6514, authorities: 'PEM', certificate: 'PEM', key: 'k' },
      },
      { name: 'repository', kind: 'fhir', fhir: { url: 'https://repository.example/fhir', authorization: 'Bearer t' } },
    ]);
    expect(await readReceivers(undefined)).toEqual([]);
  });

  it.each([
    ['  siem: {}', 'either syslog or fhir'],
    ['  siem: { syslog: { host: a, certificate: b } }', 'belong together'],
    ['  siem: { fhir: { url: "https://u:p@host/fhir" } }', 'contains credentials'],
    ['  siem: { fhir: { url: "https://host/fhir", token: { environment: MISSING } } }', 'MISSING'],
    ['  "a b": { syslog: { host: a } }', 'not the name of a receiver'],
    ['  siem: { syslog: { host: a, authorities: /does/not/exist } }', 'cannot be read'],
  ])('is refused with place and reason: %s', async (receivers, reason) => {
    await expect(read(receivers)).rejects.toMatchObject({
      code: 'settings-file-invalid',
      message: expect.stringContaining(reason),
    });
  });
});
