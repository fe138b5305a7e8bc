import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../server/src/database/database.js';
import { openDatabase } from '../../server/src/database/openDatabase.js';
import { type Messages, openMessages } from '../../server/src/jobs/queue/messages.js';
import { describeOnEachDatabase } from './eachDatabase.js';

describeOnEachDatabase('a queue of pg-boss', (kind) => {
  let database: Database;
  let messages: Messages;
  beforeAll(async () => {
    database = await openDatabase(await kind.create());
    messages = await openMessages(database);
  });
  beforeEach(() => database.executeSql('DELETE FROM pgboss.job'));
  afterAll(async () => {
    await messages?.close();
    await database?.close();
  });

  const add = (queue: string, id: string, place = {}): Promise<void> =>
    database.transaction((sql) => messages.add(sql, queue, id, place));
  const take = (queue: string): Promise<string | undefined> => database.transaction((sql) => messages.take(sql, queue));
  const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

  it('gives its messages by priority, equal ones in the order in which they came, and each once', async () => {
    const [first, second, urgent] = ids(3) as [string, string, string];
    await add('a/b-c', first);
    await add('a/b-c', second);
    await add('a/b-c', urgent, { priority: 1 });
    await add('other', randomUUID());
    expect([await take('a/b-c'), await take('a/b-c'), await take('a/b-c'), await take('a/b-c')]).toEqual([
      urgent,
      first,
      second,
      undefined,
    ]);
    expect(await take('never used')).toBeUndefined();
  });

  it('gives none before its time, by a moment and by the clock of the database', async () => {
    const [due, ago] = ids(2) as [string, string];
    await add('q', randomUUID(), { startAfter: 3_600_000 });
    await add('q', randomUUID(), { startAfter: new Date(Date.now() + 3_600_000) });
    await add('q', due, { startAfter: 0 });
    await add('q', ago, { startAfter: new Date(0) });
    expect([await take('q'), await take('q'), await take('q')]).toEqual([due, ago, undefined]);
  });

  it('is as before where the transaction is rolled back, whatever was done', async () => {
    const [kept, removed] = ids(2) as [string, string];
    await add('q', kept);
    await add('q', removed);
    const rolledBack = database.transaction(async (sql) => {
      await messages.take(sql, 'q');
      await messages.remove(sql, 'q', removed);
      await messages.add(sql, 'q', randomUUID());
      await messages.add(sql, 'new', randomUUID());
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect([await take('q'), await take('q'), await take('q'), await take('new')]).toEqual([
      kept,
      removed,
      undefined,
      undefined,
    ]);
  });

  it('begins with its first message, also where many come at once', async () => {
    const all = ids(8);
    await Promise.all(all.map((id, index) => add(`new ${index % 2}`, id)));
    const taken = await Promise.all(all.map((_, index) => take(`new ${index % 2}`)));
    expect(taken.toSorted()).toEqual(all.toSorted());
  });

  it('gives no message to two who take at once', async () => {
    const all = ids(20);
    for (const id of all) await add('q', id);
    const taken = await Promise.all(Array.from({ length: 30 }, () => take('q')));
    expect(taken.filter((id) => id !== undefined).toSorted()).toEqual(all.toSorted());
  });

  it('refuses the same message twice', async () => {
    const id = randomUUID();
    await add('q', id);
    await expect(add('q', id)).rejects.toThrow('holds a message');
    expect([await take('q'), await take('q')]).toEqual([id, undefined]);
  });

  it('that cannot be read is not taken for an empty one', async () => {
    await add('q', randomUUID());
    await database.executeSql('ALTER TABLE pgboss.job RENAME TO moved');
    await expect(take('q')).rejects.toThrow('pgboss.job');
    await database.executeSql('ALTER TABLE pgboss.moved RENAME TO job');
    expect(await take('q')).toBeDefined();
  });
});
