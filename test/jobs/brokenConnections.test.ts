import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '../../scripts/test/postgres.mjs';
import type { Database } from '../../server/src/database/database.js';
import { openPostgresDatabase } from '../../server/src/database/postgresDatabase.js';
import { until } from '../support/until.js';

/**
 * PostgreSQL ends connections when it is restarted or an administrator says so. The driver reports this at once, also
 * where nobody waits for a statement.
 */
describe('a connection to PostgreSQL that is ended while it waits for the next statement', () => {
  let postgres: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await openPostgresDatabase(await postgres.createDatabase());
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.stop();
  });

  /** @param pid of the server's process for the connection */
  async function end(pid: unknown): Promise<void> {
    await database.executeSql('SELECT pg_terminate_backend($1)', [pid]);
    await until(async () => {
      const left = await database.executeSql('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
      return left.rows.length === 0;
    });
  }

  it('fails the next statement of a transaction, and nothing else', async () => {
    const transaction = database.transaction(async (sql) => {
      const { rows } = await sql.executeSql('SELECT pg_backend_pid() AS pid');
      await end(rows[0]!.pid);
      await sql.executeSql('SELECT 1');
    });
    await expect(transaction).rejects.toMatchObject({ code: 'database-unreachable' });
    expect((await database.executeSql('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  });

  it('ends nothing else where it only holds a lock', async () => {
    const work = database.exclusively(async () => {
      const { rows } = await database.executeSql(`SELECT pid FROM pg_locks WHERE locktype = 'advisory'`);
      expect(rows).toHaveLength(1);
      await end(rows[0]!.pid);
      return 'done';
    });
    expect(await work).toBe('done');
  });
});
