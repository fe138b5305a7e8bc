import pg from 'pg';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import type { Database, SqlExecutor } from './database.js';
import { type Listening, listenToPostgres } from './listenToPostgres.js';

/**
 * Longer than any of our statements takes. A server that vanished from the network must not block a worker's heartbeat
 * forever.
 */
const statementMs = 30_000;
const connectMs = 5000;

/**
 * A PostgreSQL server, 13 or newer.
 * @param url postgres://user:password@host:port/database; never logged
 * @throws PromptsegError `database-unreachable`
 */
export async function openPostgresDatabase(url: string): Promise<Database> {
  const settings: pg.PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
    keepAlive: true,
    application_name: 'promptseg',
  };
  const pool = new pg.Pool({ ...settings, max: 8 });
  // A connection may break while it is idle or between two statements of a transaction. The next statement says so;
  // without these listeners it would end the process.
  pool.on('error', (error) => log.debug({ err: error }, 'an idle database connection ended'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ err: error }, 'a database connection ended'));
  });
  const listening: Listening[] = [];

  const connect = (): Promise<pg.PoolClient> => pool.connect().catch(unreachable);
  const database: Database = {
    shared: true,
    executeSql: (text, values) => executor(pool).executeSql(text, values),
    async transaction(body) {
      const client = await connect();
      let broken = true;
      try {
        await client.query('BEGIN').catch(unreachable);
        try {
          const result = await body(executor(client));
          await client.query('COMMIT').catch(unreachable);
          broken = false;
          return result;
        } catch (error) {
          await client.query('ROLLBACK').then(
            () => {
              broken = false;
            },
            () => {},
          );
          throw error;
        }
      } finally {
        // A connection in an unknown state is closed, not reused.
        client.release(broken);
      }
    },
    async exclusively(body) {
      const client = await connect();
      try {
        await client.query({ text: 'SELECT pg_advisory_lock($1)', values: [schemaLock] }).catch(unreachable);
        return await body();
      } finally {
        // Closing its connection releases the lock, whatever happened.
        client.release(true);
      }
    },
    async listen(notifications) {
      listening.push(await listenToPostgres(settings, notifications).catch(unreachable));
    },
    async close() {
      await Promise.all(listening.map((one) => one.stop()));
      await pool.end();
    },
  };
  try {
    await database.executeSql('SELECT 1');
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** Any number that no other program on the database uses for its advisory locks. */
const schemaLock = 7_076_845_734;

function executor(connection: pg.Pool | pg.PoolClient): SqlExecutor {
  return {
    async executeSql(text, values) {
      const result: pg.QueryResult | pg.QueryResult[] = await connection
        .query(text, values === undefined ? undefined : [...values])
        .catch(unreachable);
      // A script without parameters returns one result per statement.
      const last = Array.isArray(result) ? result.at(-1) : result;
      return { rows: last?.rows ?? [] };
    },
  };
}

/**
 * Classes 08, 53 and 57P of PostgreSQL's error codes (its manual, appendix A) mean that the server cannot serve now.
 */
function unreachable(error: unknown): never {
  const isResponse = error instanceof pg.DatabaseError && !/^(08|53|57P)/.test(error.code ?? '');
  if (isResponse) throw error;
  throw new PromptsegError('database-unreachable', 'The database does not respond.', { cause: error });
}
