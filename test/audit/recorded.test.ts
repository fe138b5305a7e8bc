import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import express from 'express';
import type { ErrorCode } from '../../server/contract/errorTable.js';
import { createApiKeys } from '../../server/src/access/apiKeys.js';
import { auditArchiveAccess } from '../../server/src/audit/archiveAccess.js';
import { auditArchiveReads } from '../../server/src/audit/archiveReads.js';
import { createOpenedStudies } from '../../server/src/audit/openedStudies.js';
import { auditRefusals } from '../../server/src/audit/refusals.js';
import { trimTrail } from '../../server/src/audit/retention.js';
import { verifyTrail } from '../../server/src/audit/verifyTrail.js';
import { recordAudit } from '../../server/src/database/auditTrail.js';
import { identify } from '../../server/src/http/principalOf.js';
import { sendProblems } from '../../server/src/http/problems.js';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { eraseRecord } from '../../server/src/jobs/records/eraseRecord.js';
import { createResultsService } from '../../server/src/jobs/results/resultsService.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { parseRule } from '../../server/src/routing/rules/parseRules.js';
import { createRuleStore } from '../../server/src/routing/rules/ruleStore.js';
import type { AuditEvent } from '../../server/src/values/auditEvent.js';
import { nobody } from '../../server/src/values/principal.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { archiveWith, library, request, requestNumber, series } from '../jobs/jobParts.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { until } from '../support/until.js';
import { emptyDatabase, eventNumber, rowsOf, someone } from './auditParts.js';

const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';
const result = {
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.4',
  sopInstanceUID: '1.2.5',
  sopClassUID: segmentation,
  seriesDescription: 'bone',
  bytes: 1000,
  alsoStored: [],
};

describeOnEachDatabase('the audit trail records', (kind) => {
  let jobs: Jobs;
  const servers: Server[] = [];
  beforeAll(async () => {
    jobs = await openJobs(await kind.create());
  });
  beforeEach(() => emptyDatabase(jobs.database));
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  afterAll(() => jobs?.close());

  const recorded = async (): Promise<AuditEvent[]> =>
    (await rowsOf(jobs.database)).map(({ event }) => JSON.parse(event));
  const inShort = async () =>
    (await recorded()).map(({ kind: what, actor, outcome, reason }) => [what, actor.subject, reason ?? outcome]);
  const service = () =>
    createJobService({ jobs, archive: archiveWith(async () => series), library, destinations: ['research'] });
  async function takeNext() {
    const worker = { id: randomUUID(), host: 'here' };
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    return (await jobs.leases.takeNext(worker))!;
  }
  async function completed() {
    const { job } = await service().submit({ ...request, destinations: ['research'] }, someone);
    const { lease } = await takeNext();
    await jobs.leases.beginStoring(lease, result.sopInstanceUID);
    await jobs.leases.end(lease, { state: 'completed', result });
    return job;
  }

  it('a job with who asked for it, what it stored and where that went, and no prompt', async () => {
    const job = await completed();
    const step = (await jobs.deliveries.take('research', 60_000))!;
    await jobs.deliveries.succeed(step);
    // It is delivered once: a process that has lost the step records nothing.
    await jobs.deliveries.succeed(step);
    expect(await recorded()).toEqual([
      {
        kind: 'segmentation-requested',
        actor: someone,
        outcome: 'success',
        study: { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' },
        things: [{ type: 'job', id: job.id }],
      },
      {
        kind: 'result-stored',
        actor: someone,
        outcome: 'success',
        study: {
          studyInstanceUID: '1.2',
          seriesInstanceUID: '1.2.4',
          objects: [{ sopClassUID: segmentation, sopInstanceUID: '1.2.5' }],
        },
        things: [{ type: 'job', id: job.id }],
      },
      {
        kind: 'result-delivered',
        actor: someone,
        outcome: 'success',
        study: {
          studyInstanceUID: '1.2',
          seriesInstanceUID: '1.2.4',
          objects: [{ sopClassUID: segmentation, sopInstanceUID: '1.2.5' }],
        },
        things: [
          { type: 'job', id: job.id },
          { type: 'destination', id: 'research' },
        ],
      },
    ]);
    expect(JSON.stringify(await rowsOf(jobs.database))).not.toContain('bone');
  });

  it('the same request twice at once one time', async () => {
    await service().submit(request, someone);
    await service().submit(request, someone);
    expect(await inShort()).toEqual([['segmentation-requested', someone.subject, 'success']]);
  });

  it('what may have been stored, and a delivery that was given up', async () => {
    await completed();
    const step = (await jobs.deliveries.take('research', 60_000))!;
    const away = toProblem(new PromptsegError('destination-refused', 'The destination refused it.'));
    await jobs.deliveries.fail(step, away, 0);
    await jobs.deliveries.fail((await jobs.deliveries.take('research', 60_000))!, away);
    await service().submit(requestNumber(2));
    const { lease } = await takeNext();
    await jobs.leases.beginStoring(lease, '1.2.6');
    const problem = toProblem(new PromptsegError('store-not-verified', 'It came back changed.'));
    await jobs.leases.end(lease, { state: 'failed', problem });
    await service().submit(requestNumber(3), someone);
    await jobs.leases.end((await takeNext()).lease, { state: 'failed', problem });
    expect((await inShort()).slice(2)).toEqual([
      ['result-delivered', someone.subject, 'destination-refused'],
      ['segmentation-requested', 'system', 'success'],
      ['result-stored', 'nobody', 'store-not-verified'],
      ['segmentation-requested', someone.subject, 'success'],
    ]);
  });

  it('the deletion of a result, with the record that says so or not at all', async () => {
    const { id } = await completed();
    let deletions = 0;
    const results = createResultsService({
      store: jobs.store,
      archive: archiveWith(async () => series),
      deletion: {
        async deleteObjects() {
          deletions++;
        },
      } as never,
      results: {} as never,
    });
    await results.deleteResult(id, someone);
    await results.deleteResult(id, someone);
    expect([deletions, (await inShort()).slice(2)]).toEqual([1, [['result-deleted', someone.subject, 'success']]]);
    expect((await recorded())[2]?.study?.objects).toEqual([{ sopClassUID: segmentation, sopInstanceUID: '1.2.5' }]);
  });

  it('that the record of a job was erased, and what it recorded of it before stays', async () => {
    const { id } = await completed();
    await eraseRecord(jobs.database, id, someone);
    await expect(eraseRecord(jobs.database, id, someone)).rejects.toMatchObject({ code: 'job-not-found' });
    expect(
      (await recorded()).map(({ kind: what, study, things }) => [what, study?.studyInstanceUID, things?.[0]?.id]),
    ).toEqual([
      ['segmentation-requested', '1.2', id],
      ['result-stored', '1.2', id],
      ['record-erased', '1.2', id],
    ]);
    expect(await verifyTrail(jobs.database)).toMatchObject({ intact: true, rows: 3 });
  });

  it('each change of rules once, by name and version', async () => {
    const rules = createRuleStore(jobs.database, false);
    const rule = parseRule({
      name: 'ct',
      match: { attribute: 'Modality', equals: 'CT' },
      prompts: ['liver of Mrs Doe'],
    });
    await rules.create(rule, someone);
    // As it is already.
    await rules.put(rule, undefined, someone);
    await rules.replaceAll(
      [
        { ...rule, enabled: !rule.enabled },
        { ...rule, name: 'other' },
      ],
      'api',
      undefined,
      someone,
    );
    await rules.remove('ct', undefined, someone);
    expect((await recorded()).map(({ kind: what, things }) => [what, things])).toEqual([
      ['rule-changed', [{ type: 'rule', id: 'ct', detail: { origin: 'api', version: '1' } }]],
      [
        'rule-changed',
        [
          { type: 'rule', id: 'ct', detail: { origin: 'api', version: '2' } },
          { type: 'rule', id: 'other', detail: { origin: 'api', version: '1' } },
        ],
      ],
      ['rule-changed', [{ type: 'rule', id: 'ct', detail: { change: 'deleted' } }]],
    ]);
    expect(JSON.stringify(await recorded())).not.toContain('Doe');
  });

  it('a study that is opened once per user and quarter of an hour, on any server', async () => {
    let minutes = 0;
    const clock = () => minutes * 60_000;
    const here = createOpenedStudies(jobs.database, clock);
    const there = createOpenedStudies(jobs.database, clock);
    const other = { ...someone, subject: 'other' };
    await Promise.all([here, there, here, there].map((server) => server.record('1.2', someone, '192.0.2.1')));
    minutes = 10;
    await here.record('1.2', someone, '192.0.2.2');
    await there.record('1.2', other, '192.0.2.1');
    await there.record('1.3', someone, '192.0.2.1');
    const nameless = { kind: 'nobody', subject: 'nobody', displayName: 'Not signed in' } as const;
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) await here.record('1.2', nameless, address);
    const opened = (await recorded()).map(({ actor, study, address }) => [
      actor.subject,
      study?.studyInstanceUID,
      address,
    ]);
    expect(opened).toEqual([
      [someone.subject, '1.2', '192.0.2.1'],
      ['other', '1.2', '192.0.2.1'],
      [someone.subject, '1.3', '192.0.2.1'],
      ['nobody', '1.2', '192.0.2.1'],
      ['nobody', '1.2', '192.0.2.2'],
    ]);
  });

  it('searches, studies opened and objects stored by way of the proxy, without what was searched for', async () => {
    const application = express();
    application.use((incoming, _response, next) => {
      identify(incoming, { principal: { ...nobody, ...someone } });
      next();
    });
    application.use(
      '/dicom-web',
      auditArchiveAccess(jobs.database, auditArchiveReads(jobs.database), ({ path }) => !path.includes('..')),
      (incoming, response) => {
        response.status(incoming.url.includes('1.9') ? 409 : 200).end();
      },
    );
    const server = createServer(application);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
    await fetch(
      `${url}/studies?PatientName=Doe*&00100030=19440229&limit=5&Doe^Jane&PatientID:4711=1&19440229=x` +
        '&OtherPatientIDsSequence.PatientID=4711',
    );
    for (const path of [
      '/studies/1.2/series',
      '/studies/1.2/series/1.2.3/metadata',
      '/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/1',
    ])
      await fetch(`${url}${path}`);
    // Not passed on.
    await fetch(`${url}/studies/1.8/..%2f..`);
    await fetch(`${url}/studies`, { method: 'POST', body: 'x' });
    await until(async () => (await recorded()).length === 3);
    await fetch(`${url}/studies/1.9`, { method: 'POST', body: 'x' });
    await until(async () => (await recorded()).length === 4);
    const from = { actor: someone, address: '127.0.0.1' };
    expect(await recorded()).toEqual([
      {
        kind: 'queried',
        ...from,
        outcome: 'success',
        things: [
          {
            type: 'query',
            id: '/studies?unknown&PatientName&00100030&limit&OtherPatientIDsSequence.PatientID',
          },
        ],
      },
      { kind: 'study-opened', ...from, outcome: 'success', study: { studyInstanceUID: '1.2' } },
      { kind: 'images-stored', ...from, outcome: 'success' },
      {
        kind: 'images-stored',
        ...from,
        outcome: 'serious-failure',
        reason: 'status 409',
        study: { studyInstanceUID: '1.9' },
      },
    ]);
  });

  it('API keys that are made and revoked, and none of their secrets', async () => {
    const keys = createApiKeys(jobs.database);
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { key, secret } = await keys.create(
      { name: 'cohort', scopes: ['jobs:read', 'images:read'], expiresAt },
      someone,
    );
    await keys.revoke(key.id, someone);
    // It was revoked already.
    await keys.revoke(key.id, someone);
    await expect(keys.revoke('000000000000', someone)).rejects.toMatchObject({ code: 'key-not-found' });
    expect((await recorded()).map(({ kind: what, actor, things }) => [what, actor, things])).toEqual([
      [
        'key-changed',
        someone,
        [{ type: 'key', id: key.id, detail: { change: 'created', scopes: 'jobs:read images:read' } }],
      ],
      ['key-changed', someone, [{ type: 'key', id: key.id, detail: { change: 'revoked' } }]],
    ]);
    expect(JSON.stringify(await recorded())).not.toContain(secret.slice('psk_0123456789ab_'.length));
  });

  it('refusals, once a minute for each of them, and nothing of what was sent', async () => {
    let minutes = 0;
    const codes: Readonly<Record<string, ErrorCode>> = {
      '/api/v1/missing': 'not-found',
      '/jobs': 'sign-in-needed',
      '/auth/callback': 'sign-in-failed',
    };
    const application = express();
    application.use((incoming, _response, next) => {
      if (incoming.query.user !== undefined)
        identify(incoming, { principal: { ...nobody, ...someone, subject: String(incoming.query.user) } });
      next(new PromptsegError(codes[incoming.path] ?? 'foreign-page', 'No.'));
    });
    application.use(
      auditRefusals(jobs.database, () => minutes * 60_000),
      sendProblems,
    );
    const server = createServer(application);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (let time = 0; time < 3; time++) await fetch(`${url}/api/v1/rules/Doe?user=ada`, { method: 'DELETE' });
    for (const path of Object.keys(codes)) await fetch(`${url}${path}?code=Doe`);
    await fetch(`${url}/api/v1/rules/Doe?user=bob`, { method: 'DELETE' });
    await fetch(`${url}/dicom-web/patients/Doe`);
    await fetch(`${url}/Doe`);
    minutes = 2;
    await fetch(`${url}/api/v1/rules/Doe?user=ada`, { method: 'DELETE' });
    await until(async () => (await recorded()).length === 6);
    expect(
      (await recorded()).map(({ actor, reason, things }) => [actor.subject, reason, things?.[0]?.id]).toSorted(),
    ).toEqual([
      ['ada', 'foreign-page', 'DELETE /api/v1/rules'],
      ['ada', 'foreign-page', 'DELETE /api/v1/rules'],
      ['bob', 'foreign-page', 'DELETE /api/v1/rules'],
      ['nobody', 'foreign-page', 'GET /'],
      ['nobody', 'foreign-page', 'GET /dicom-web'],
      ['nobody', 'sign-in-failed', 'GET /auth'],
    ]);
    expect(JSON.stringify(await recorded())).not.toContain('Doe');
  });

  it('that retention deleted old rows, and from there the chain goes on', async () => {
    for (let number = 1; number <= 4; number++) await recordAudit(jobs.database, eventNumber(number));
    const fourth = (await rowsOf(jobs.database))[3]!;
    await until(() => Date.now() > Date.parse(fourth.recordedAt) + 2);
    await recordAudit(jobs.database, eventNumber(5));
    const before = new Date(Date.parse(fourth.recordedAt) + 1);
    // A receiver that has not been sent the third row yet keeps it.
    await jobs.database.executeSql(`INSERT INTO promptseg.audit_feeds (target, sent_up_to) VALUES ('siem', 2)`);
    expect(await trimTrail(jobs.database, before)).toBe(2);
    await jobs.database.executeSql('UPDATE promptseg.audit_feeds SET sent_up_to = 6');
    expect(await trimTrail(jobs.database, before)).toBe(2);
    expect(await trimTrail(jobs.database, before)).toBe(0);
    const rows = await rowsOf(jobs.database);
    expect(rows.map(({ number, event }) => [number, JSON.parse(event).kind])).toEqual([
      [5, 'segmentation-requested'],
      [6, 'audit-trimmed'],
      [7, 'audit-trimmed'],
    ]);
    expect(await verifyTrail(jobs.database)).toMatchObject({ intact: true, rows: 3, first: 5, last: { number: 7 } });
    await expect(jobs.database.executeSql('DELETE FROM promptseg.audit_trail WHERE number = 5')).rejects.toThrow(
      'audit trail',
    );
    // More than retention took, by somebody else.
    await jobs.database.executeSql(
      `ALTER TABLE promptseg.audit_trail DISABLE TRIGGER USER; DELETE FROM promptseg.audit_trail WHERE number = 5;
       ALTER TABLE promptseg.audit_trail ENABLE TRIGGER USER`,
    );
    expect(await verifyTrail(jobs.database)).toMatchObject({ intact: false, row: 5, fault: 'beginning-missing' });
  });

  it('nothing where its row cannot be written: the change is not made either', async () => {
    await jobs.database.executeSql('ALTER TABLE promptseg.audit_trail ADD CONSTRAINT closed CHECK (number < 2)');
    await service().submit(request, someone);
    await expect(service().submit(requestNumber(2), someone)).rejects.toThrow();
    expect((await jobs.store.unfinished()).length).toBe(1);
  });
});
