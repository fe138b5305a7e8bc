import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import express from 'express';
import { Fhir } from 'fhir';
import type { Bundle, AuditEvent as FhirAuditEvent } from 'fhir/r4.js';
import { auditRoutes } from '../../server/src/audit/routes/auditRoutes.js';
import { verifyRows } from '../../server/src/audit/verifyTrail.js';
import { type AuditRow, recordAudit } from '../../server/src/database/auditTrail.js';
import type { Database } from '../../server/src/database/database.js';
import { identify } from '../../server/src/http/principalOf.js';
import { sendProblems } from '../../server/src/http/problems.js';
import { routerOf } from '../../server/src/http/route.js';
import { nobody, system } from '../../server/src/values/principal.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { emptyDatabase, eventNumber, openDatabase, rowsOf, someone } from './auditParts.js';

describeOnEachDatabase('the audit trail over REST', (kind) => {
  let database: Database;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    database = await openDatabase(await kind.create());
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    const application = express();
    application.use((request, _response, next) => {
      identify(request, { principal: { ...nobody, kind: 'user', subject: 'auditor', displayName: 'Ada Auditor' } });
      next();
    });
    application.use('/api/v1', routerOf(auditRoutes({ database, sourceId: 'here' })));
    application.use(sendProblems);
    await new Promise<void>((resolve) => {
      server = application.listen(0, '127.0.0.1', () => resolve());
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (let number = 1; number <= 5; number++) await recordAudit(database, eventNumber(number));
    await recordAudit(database, { kind: 'application-started', actor: system, outcome: 'success' });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => database?.close());

  const get = async (path: string): Promise<Bundle<FhirAuditEvent>> =>
    JSON.parse(await (await fetch(`${url}${path}`)).text()) as Bundle<FhirAuditEvent>;
  const numbersOf = ({ entry = [] }: Bundle<FhirAuditEvent>) => entry.map(({ resource }) => Number(resource?.id));

  it('is a valid FHIR Bundle, newest first, page by page', async () => {
    const response = await fetch(`${url}/api/v1/audit?limit=4`);
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    // Parsed here: the validator does not know the arrays of another realm, which fetch gives.
    const page = JSON.parse(await response.text()) as Bundle<FhirAuditEvent>;
    const { valid, messages } = new Fhir().validate(page, { errorOnUnexpected: true });
    expect([valid, messages.filter(({ severity }) => severity === 'error')]).toEqual([true, []]);
    // 7 is the reading of this page.
    expect(numbersOf(page)).toEqual([7, 6, 5, 4]);
    const next = page.link?.find(({ relation }) => relation === 'next')?.url;
    const second = await get(next ?? '');
    expect([numbersOf(second), second.link?.map(({ relation }) => relation)]).toEqual([[3, 2, 1], ['self']]);
    expect(new Fhir().validate(await get('/api/v1/audit?user=unknown')).valid).toBe(true);
  });

  it('is filtered by study, user, kind and time', async () => {
    const moments = (await rowsOf(database)).map(({ recordedAt }) => recordedAt);
    expect(numbersOf(await get('/api/v1/audit?study=1.2.3'))).toEqual([3]);
    expect(numbersOf(await get(`/api/v1/audit?user=${someone.subject}`))).toEqual([5, 4, 3, 2, 1]);
    expect(numbersOf(await get('/api/v1/audit?kind=application-started'))).toEqual([6]);
    const within = numbersOf(
      await get(`/api/v1/audit?since=${moments[2]}&until=${moments[5]}&user=${someone.subject}`),
    );
    expect(within).toEqual(
      [5, 4, 3, 2, 1].filter((number) => moments[number - 1]! >= moments[2]! && moments[number - 1]! < moments[5]!),
    );
    for (const wrong of ['kind=lunch', 'since=yesterday', 'study=liver', 'cursor=-1', 'limit=0', 'limit=501']) {
      const refused = await fetch(`${url}/api/v1/audit?${wrong}`);
      expect([wrong, refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
        wrong,
        400,
        'request-invalid',
      ]);
    }
  });

  it('records who read it', async () => {
    await get('/api/v1/audit');
    await fetch(`${url}/api/v1/audit/rows`).then((response) => response.text());
    await fetch(`${url}/api/v1/audit/verification`).then((response) => response.text());
    const reads = (await rowsOf(database))
      .map(({ event }) => JSON.parse(event))
      .filter((event) => event.kind === 'audit-read');
    expect(reads.map(({ actor, address, things }) => [actor.subject, address, things[0].id])).toEqual([
      ['auditor', '127.0.0.1', '/api/v1/audit'],
      ['auditor', '127.0.0.1', '/api/v1/audit/rows'],
      ['auditor', '127.0.0.1', '/api/v1/audit/verification'],
    ]);
  });

  it('can be taken away and verified without the server', async () => {
    const text = await (await fetch(`${url}/api/v1/audit/rows`)).text();
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRow);
    const each = async function* (some: readonly AuditRow[]): AsyncGenerator<AuditRow> {
      yield* some;
    };
    expect(await verifyRows(each(rows))).toMatchObject({ intact: true, rows: 7, first: 1, last: { number: 7 } });
    expect(await verifyRows(each(rows.toSpliced(3, 1)))).toMatchObject({ intact: false, row: 4, fault: 'missing' });
    expect(await verifyRows(each(rows.slice(0, 5)), [rows[6]!])).toMatchObject({
      intact: false,
      row: 6,
      fault: 'end-missing',
    });
  });

  it('is verified there, against rows that were noted', async () => {
    const verify = async (query = '') => (await fetch(`${url}/api/v1/audit/verification${query}`)).json();
    const [, second] = await rowsOf(database);
    expect(await verify(`?anchor=2:${second?.hash}`)).toMatchObject({ intact: true });
    expect(await verify(`?anchor=2:${second?.hash}&anchor=3:${'0'.repeat(64)}`)).toMatchObject({
      intact: false,
      row: 3,
      fault: 'anchor-differs',
    });
    expect(await verify('?anchor=2')).toMatchObject({ status: 400, code: 'request-invalid' });
  });
});
