import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { auditRoutes } from '../../server/src/audit/routes/auditRoutes.js';
import { verifyRows } from '../../server/src/audit/verifyTrail.js';
import { type AuditRow, readAuditHead, recordAudit } from '../../server/src/database/auditTrail.js';
import type { Database } from '../../server/src/database/database.js';
import { asNobody } from '../../server/src/http/principalOf.js';
import { sendProblems } from '../../server/src/http/problems.js';
import { routerOf } from '../../server/src/http/route.js';
import { newTestDatabase } from '../../server/src/jobs/testDatabase.testSupport.js';
import { eventNumber, openDatabase } from './auditParts.js';

async function* inTurn<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

const promptseg = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');

describe('promptseg audit', () => {
  let folder: string;
  let database: Database;
  let remove: (() => Promise<void>) | undefined;
  let server: Server | undefined;
  let url: string;
  /** A trail of three rows and a server that shows it. */
  async function start({ embedded }: { readonly embedded: boolean }): Promise<void> {
    const created = await newTestDatabase('promptseg-audit-', { embedded });
    ({ folder, remove } = created);
    database = await openDatabase(created.location);
    for (let number = 1; number <= 3; number++) await recordAudit(database, eventNumber(number));
    const application = express();
    application.use(asNobody);
    application.use('/api/v1', routerOf(auditRoutes({ database, sourceId: 'here' })));
    application.use(sendProblems);
    const listening = createServer(application);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }
  afterEach(async () => {
    await stop();
    await remove?.();
  });
  async function stop(): Promise<void> {
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    await database.close();
  }
  const run = (...args: string[]): Promise<{ code: number; stdout: string }> =>
    promisify(execFile)(process.execPath, [promptseg, 'audit', ...args]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout, stderr }) => ({ code, stdout: `${stdout}${stderr}` }),
    );

  it('lists, exports and verifies by way of the server', async () => {
    await start({ embedded: false });
    const { stdout: table } = await run('list', '--server', url, '--study', '1.2.2');
    expect(table).toMatch(/row +recorded +event +by +study +outcome/);
    expect(table).toMatch(/2 +\S+ +DICOM Instances Accessed +mueller@example.org +1\.2\.2 +success/);
    expect(JSON.parse((await run('list', '--server', url, '--json')).stdout)).toMatchObject({ resourceType: 'Bundle' });

    const out = path.join(folder, 'trail.jsonl');
    expect(await run('export', '--server', url, '--out', out)).toEqual({ code: 0, stdout: '' });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const exported = await readFile(out, 'utf8');
    expect(exported.split('\n').length).toBeGreaterThan(5);
    expect(await run('verify', out)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Intact: \d rows, 1 to \d\./),
    });
    await writeFile(out, exported.replace('job 2', 'job 9'));
    expect(await run('verify', out, '--json')).toMatchObject({ code: 1, stdout: expect.stringContaining('"row":2') });
    const lines = exported.trimEnd().split('\n');
    const end = JSON.parse(lines.at(-1)!) as AuditRow;
    for (const [what, spoilt, found] of [
      ['a row removed', lines.toSpliced(1, 1), { row: 2, fault: 'missing' }],
      ['the beginning removed', lines.slice(1), { row: 1, fault: 'beginning-missing' }],
      ['the end removed', lines.slice(0, -1), { row: end.number, fault: 'end-missing' }],
      ['two rows changed over', [lines[1]!, lines[0]!, ...lines.slice(2)], { row: 3, fault: 'missing' }],
      ['a row twice', [lines[0]!, ...lines], { row: 2, fault: 'missing' }],
      ['nothing left', [], { row: 1, fault: 'end-missing' }],
    ] as const) {
      const rows = spoilt.map((line) => JSON.parse(line) as AuditRow);
      expect([what, await verifyRows(inTurn(rows), [end])]).toMatchObject([what, { intact: false, ...found }]);
    }
    // Without a row that was noted elsewhere, nobody sees that the end is missing.
    await writeFile(out, lines.slice(0, -1).join('\n'));
    const endless = await run('verify', out, '--json', '--anchor', `${end.number}:${end.hash}`);
    expect([endless.code, JSON.parse(endless.stdout)]).toMatchObject([1, { intact: false, fault: 'end-missing' }]);
    await writeFile(out, exported);
    const anchored = await run('verify', out, '--anchor', `${end.number}:${end.hash}`);
    expect(anchored.code).toBe(0);
    await writeFile(out, 'no JSON');
    expect(await run('verify', out)).toMatchObject({ code: 1, stdout: expect.stringContaining('Line 1 of') });

    const head = await readAuditHead(database);
    const verified = await run('verify', '--server', url, '--anchor', `${head?.number}:${head?.hash}`, '--json');
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([0, { intact: true }]);
    expect(await run('verify', '--server', url, '--anchor', '17')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('colon'),
    });
  });

  it('reads the database itself, once no server uses it, and names the first wrong row', async () => {
    await start({ embedded: true });
    await database.executeSql(
      `ALTER TABLE promptseg.audit_trail DISABLE TRIGGER USER; DELETE FROM promptseg.audit_trail WHERE number = 2;
       ALTER TABLE promptseg.audit_trail ENABLE TRIGGER USER`,
    );
    await stop();
    const { code, stdout } = await run('verify', '--direct', '--data', folder, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { intact: false, row: 2, fault: 'missing' }]);
    expect((await run('verify', '--direct', '--data', folder)).stdout).toContain('Not intact from row 2 on');
  });
});
