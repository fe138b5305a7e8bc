import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.mjs';

/** Gives new databases of one kind without records; the embedded ones have their tables already. */
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
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startTestPostgres();
    });
    afterAll(() => postgres?.stop());
    body({ name: 'PostgreSQL', create: async () => ({ kind: 'server', url: await postgres.createDatabase() }) });
  });
}
