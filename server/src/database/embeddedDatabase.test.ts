import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from './database.js';
import { openEmbeddedDatabase } from './embeddedDatabase.js';

let folder: string;
let umask: number;
let database: Database;
beforeAll(async () => {
  umask = process.umask(0o022);
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-embedded-'));
  await mkdir(path.join(folder, 'database'), { mode: 0o755 });
  database = await openEmbeddedDatabase(folder);
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
  process.umask(umask);
});

it('lets others have their turn between the statements of a transaction', async () => {
  let turns = 0;
  let running = true;
  const takeTurn = (): void => {
    turns++;
    if (running) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  await database.transaction(async (sql) => {
    for (let statement = 0; statement < 20; statement++) await sql.executeSql('SELECT $1::int', [statement]);
  });
  running = false;
  expect(turns).toBeGreaterThanOrEqual(20);
});

it('C8: is open to nobody else, also where an earlier version had left the folder open', async () => {
  await database.executeSql('CREATE TABLE later (number int)');
  await database.executeSql('INSERT INTO later SELECT generate_series(1, 20000)');
  await database.executeSql('CHECKPOINT');
  const files = path.join(folder, 'database');
  const modes = new Map<string, number>();
  for (const entry of await readdir(files, { recursive: true, withFileTypes: true })) {
    const { mode } = await stat(path.join(entry.parentPath, entry.name));
    const kind = `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
    modes.set(kind, (modes.get(kind) ?? 0) + 1);
  }
  expect([...modes.keys()].sort()).toEqual(['file 600', 'folder 700']);
  expect(modes.get('file 600')).toBeGreaterThan(900);
  expect((await stat(files)).mode & 0o777).toBe(0o700);
});
