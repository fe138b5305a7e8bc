import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { hashOfRow, type TrailVerdict, verifyTrail } from '../../server/src/audit/verifyTrail.js';
import { type AuditHead, readAuditHead, readAuditRows, recordAudit } from '../../server/src/database/auditTrail.js';
import type { Database, DatabaseLocation } from '../../server/src/database/database.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { emptyDatabase, eventNumber, openDatabase, rowsOf } from './auditParts.js';

describeOnEachDatabase('the audit trail', (kind) => {
  let location: DatabaseLocation;
  let database: Database;
  const others: Database[] = [];
  beforeAll(async () => {
    location = await kind.create();
    database = await openDatabase(location);
  });
  beforeEach(() => emptyDatabase(database));
  afterEach(async () => {
    for (const each of others.splice(0)) await each.close();
  });
  afterAll(() => database?.close());

  /** Six rows; the fourth has letters of several alphabets. */
  async function fill(): Promise<AuditHead> {
    for (let number = 1; number <= 6; number++) await recordAudit(database, eventNumber(number));
    return (await readAuditHead(database))!;
  }
  /** As somebody who owns the database can: the triggers are off meanwhile. */
  const tamper = (statements: string): Promise<unknown> =>
    database.executeSql(
      `ALTER TABLE promptseg.audit_trail DISABLE TRIGGER USER; ALTER TABLE promptseg.audit_head DISABLE TRIGGER USER;
       ${statements};
       ALTER TABLE promptseg.audit_trail ENABLE TRIGGER USER; ALTER TABLE promptseg.audit_head ENABLE TRIGGER USER`,
    );

  it('holds a row exactly where the transaction of the change was committed', async () => {
    await expect(
      database.transaction(async (sql) => {
        await recordAudit(sql, eventNumber(1));
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    await database.transaction(async (sql) => {
      await recordAudit(sql, eventNumber(2));
      await recordAudit(sql, eventNumber(3));
    });
    const rows = await rowsOf(database);
    expect(rows.map(({ number, event }) => [number, JSON.parse(event).things[0].id])).toEqual([
      [1, 'job 2'],
      [2, 'job 3'],
    ]);
    expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 2, first: 1, last: { number: 2 } });
  });

  it('is one chain, also with several writers at once', async () => {
    if (kind.name === 'PostgreSQL') others.push(await openDatabase(location), await openDatabase(location));
    const writers = [database, ...others];
    await Promise.all(
      Array.from({ length: 60 }, (_, number) =>
        writers[number % writers.length]!.transaction(async (sql) => {
          await sql.executeSql('SELECT 1');
          await recordAudit(sql, eventNumber(number));
        }),
      ),
    );
    expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 60, first: 1, last: { number: 60 } });
    const moments = (await rowsOf(database)).map(({ recordedAt }) => recordedAt);
    expect(moments).toEqual(moments.toSorted());
  });

  if (kind.name === 'PostgreSQL')
    it('holds nobody up while a transaction that has recorded something stays open', async () => {
      const other = await openDatabase(location);
      others.push(other);
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      let open: Promise<void> = Promise.resolve();
      await new Promise<void>((recorded) => {
        open = database.transaction(async (sql) => {
          await recordAudit(sql, eventNumber(1));
          recorded();
          await finished;
        });
      });
      await recordAudit(other, eventNumber(2));
      expect((await rowsOf(other)).map(({ event }) => JSON.parse(event).things[0].id)).toEqual(['job 2']);
      finish();
      await open;
      expect((await rowsOf(other)).map(({ event }) => JSON.parse(event).things[0].id)).toEqual(['job 2', 'job 1']);
    });

  it('refuses to change, delete or empty anything', async () => {
    await fill();
    for (const statement of [
      `UPDATE promptseg.audit_trail SET event = '{}' WHERE number = 3`,
      'DELETE FROM promptseg.audit_trail WHERE number = 3',
      'TRUNCATE promptseg.audit_trail',
      'UPDATE promptseg.audit_head SET number = 3',
      'DELETE FROM promptseg.audit_head',
      'TRUNCATE promptseg.audit_head',
    ])
      await expect(database.executeSql(statement)).rejects.toThrow(/audit trail is neither|audit trail are neither/);
    expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 6 });
  });

  it('shows the first row that was altered, removed, put elsewhere or added', async () => {
    const rehash = async (number: number, event: string): Promise<string> => {
      const row = (await rowsOf(database))[number - 1]!;
      return `UPDATE promptseg.audit_trail SET event = '${event}', hash = '${hashOfRow({ ...row, event })}'
        WHERE number = ${number}`;
    };
    const head = await fill();
    const untouched = await rowsOf(database);
    const appended = { number: 7, recordedAt: '2126-01-01T00:00:00.000Z', event: '{}', previous: head.hash };
    const insert = (row: typeof appended & { readonly hash: string }): string =>
      `INSERT INTO promptseg.audit_trail (number, recorded_at, event, previous, hash)
       VALUES (${row.number}, '${row.recordedAt}', '${row.event.replaceAll("'", "''")}',
         '${row.previous}', '${row.hash}')`;
    const set = (assignment: string, number: number): string =>
      `UPDATE promptseg.audit_trail SET ${assignment} WHERE number = ${number}`;
    const remove = (condition: string): string => `DELETE FROM promptseg.audit_trail WHERE ${condition}`;
    const tampering: readonly (readonly [string, Pick<TrailVerdict & { intact: false }, 'row' | 'fault'>])[] = [
      [set(`event = replace(event, 'job 3', 'job 9')`, 3), { row: 3, fault: 'altered' }],
      [set(`recorded_at = recorded_at - interval '1 day'`, 3), { row: 3, fault: 'altered' }],
      [set(`previous = repeat('a', 64)`, 3), { row: 3, fault: 'altered' }],
      [set(`previous = repeat('a', 64)`, 1), { row: 1, fault: 'altered' }],
      [await rehash(3, '{}'), { row: 4, fault: 'altered' }],
      [await rehash(6, '{}'), { row: 6, fault: 'altered' }],
      [remove('number = 3'), { row: 3, fault: 'missing' }],
      [`${remove('number = 3')}; ${set('number = 3', 4)}`, { row: 3, fault: 'altered' }],
      [`${set('number = 40', 3)}; ${set('number = 3', 4)}; ${set('number = 4', 40)}`, { row: 3, fault: 'altered' }],
      [remove('number <= 2'), { row: 1, fault: 'beginning-missing' }],
      [remove('number >= 5'), { row: 5, fault: 'end-missing' }],
      [remove('true'), { row: 1, fault: 'end-missing' }],
      [insert({ ...appended, hash: hashOfRow(appended) }), { row: 7, fault: 'appended' }],
      [insert({ ...appended, number: 9, hash: hashOfRow(appended) }), { row: 9, fault: 'appended' }],
      [insert({ ...appended, number: 0, hash: hashOfRow(appended) }), { row: 0, fault: 'altered' }],
    ];
    for (const [statements, found] of tampering) {
      await tamper(statements);
      expect([statements, await verifyTrail(database)]).toMatchObject([statements, { intact: false, ...found }]);
      await tamper(`${remove('true')}; ${untouched.map(insert).join(';')}`);
      expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 6 });
    }
  });

  it('shows by a row noted elsewhere, not by its own hashes, what somebody did who can write everything', async () => {
    const noted = await fill();
    const rows = await rowsOf(database);
    const before = rows[3]!;
    // The end cut off, with the head put back.
    await tamper(
      `DELETE FROM promptseg.audit_trail WHERE number > 4;
       UPDATE promptseg.audit_head SET number = 4, hash = '${before.hash}'`,
    );
    expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 4 });
    expect(await verifyTrail(database, [noted])).toMatchObject({ intact: false, row: 5, fault: 'end-missing' });
    // Every row written again, hashes and all.
    await recordAudit(database, eventNumber(7));
    await recordAudit(database, eventNumber(8));
    expect(await verifyTrail(database)).toMatchObject({ intact: true, rows: 6 });
    expect(await verifyTrail(database, [noted])).toMatchObject({ intact: false, row: 6, fault: 'anchor-differs' });
    expect(await verifyTrail(database, [before])).toMatchObject({ intact: true });
  });

  it('can be verified while rows are added', async () => {
    await fill();
    let writing = true;
    const writer = (async () => {
      for (let number = 7; writing; number++) {
        await recordAudit(database, eventNumber(number));
        await sleep(1);
      }
    })();
    for (let round = 0; round < 10; round++) expect(await verifyTrail(database)).toMatchObject({ intact: true });
    writing = false;
    await writer;
  });

  it('is read in order, from anywhere', async () => {
    await fill();
    const numbers: number[] = [];
    for await (const { number } of readAuditRows(database, { after: 2, upTo: 5 })) numbers.push(number);
    expect(numbers).toEqual([3, 4, 5]);
  });
});
