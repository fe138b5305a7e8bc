import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { databaseWithTables, dropDatabase, sharedPostgres } from '../support/sharedPostgres.js';

/** Gives new databases of one kind with this version's tables and no records. */
export interface DatabaseKind {
  readonly name: 'PGlite' | 'PostgreSQL';
  create(): Promise<DatabaseLocation>;
}

/** Runs the same tests on the embedded database and on a real PostgreSQL server. */
export function describeOnEachDatabase(title: string, body: (kind: DatabaseKind) => void): void {
  describe(`${title}, on PGlite`, () => {
    const folders: string[] = [];
    afterAll(async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });
    body({
      name: 'PGlite',
      async create() {
        const dataFolder = await newDataFolder('promptseg-jobs-');
        folders.push(dataFolder);
        return { kind: 'embedded', dataFolder };
      },
    });
  });
  describe(`${title}, on PostgreSQL`, () => {
    const urls: string[] = [];
    let own: TestPostgres | undefined;
    beforeAll(async () => {
      if (sharedPostgres === undefined) own = await startTestPostgres();
    });
    afterAll(async () => {
      for (const url of urls) await dropDatabase(url);
      await own?.stop();
    });
    body({
      name: 'PostgreSQL',
      async create() {
        const url = await databaseWithTables(own?.url ?? sharedPostgres!);
        urls.push(url);
        return { kind: 'server', url };
      },
    });
  });
}
