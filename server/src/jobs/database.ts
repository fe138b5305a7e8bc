import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';

/** Runs SQL: the whole database, or one transaction of it. */
export interface SqlExecutor {
  /** One statement with parameters $1, $2 …, or a script of several statements without; the rows of the last one. */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface Database extends SqlExecutor {
  /** Runs `body` in one transaction; a throw rolls back. */
  transaction<T>(body: (sql: SqlExecutor) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * The embedded database: PostgreSQL in process (PGlite), its files in `dataFolder`/database. Acknowledged writes survive SIGKILL.
 * The caller holds the lock of the data folder: PGlite takes none, and two processes on one folder destroy it.
 */
export async function openEmbeddedDatabase(dataFolder: string): Promise<Database> {
  const folder = path.join(dataFolder, 'database');
  await mkdir(folder, { recursive: true });
  const pglite = await PGlite.create(folder);
  await migrate(executor(pglite));
  return {
    ...executor(pglite),
    transaction: (body) => pglite.transaction((transaction) => body(executor(transaction))),
    close: () => pglite.close(),
  };
}

function executor(connection: PGlite | Transaction): SqlExecutor {
  return {
    async executeSql(text, values) {
      if (values !== undefined && values.length > 0) {
        const { rows } = await connection.query<Record<string, unknown>>(text, [...values]);
        return { rows };
      }
      // pg-boss sends whole scripts (BEGIN … COMMIT) without parameters; only exec() runs more than one statement.
      const results = await connection.exec(text);
      return { rows: results.at(-1)?.rows ?? [] };
    },
  };
}

/** Schema versions, in order; each runs once, in its own transaction. Never edit one that has been released: add the next. */
const migrations: readonly string[] = [
  `
  CREATE SCHEMA IF NOT EXISTS promptseg;
  CREATE SEQUENCE promptseg.job_event_sequence;
  CREATE TABLE promptseg.jobs (
    id uuid PRIMARY KEY,
    -- Order of acceptance; two jobs may be created in the same millisecond.
    number bigint GENERATED ALWAYS AS IDENTITY,
    sequence bigint NOT NULL,
    state text NOT NULL,
    study_instance_uid text NOT NULL,
    request_key text NOT NULL,
    created_at timestamptz NOT NULL,
    job jsonb NOT NULL
  );
  CREATE INDEX jobs_by_study ON promptseg.jobs (study_instance_uid, number DESC);
  -- The same request twice at once is one job.
  CREATE UNIQUE INDEX one_open_job_per_request ON promptseg.jobs (request_key)
    WHERE state NOT IN ('completed', 'failed', 'cancelled');
  CREATE TABLE promptseg.job_events (
    sequence bigint PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES promptseg.jobs (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    state text NOT NULL
  );
  CREATE INDEX job_events_by_job ON promptseg.job_events (job_id, sequence);
  `,
];

async function migrate(sql: SqlExecutor): Promise<void> {
  await sql.executeSql(
    'CREATE SCHEMA IF NOT EXISTS promptseg; CREATE TABLE IF NOT EXISTS promptseg.migrations (version int PRIMARY KEY)',
  );
  const { rows } = await sql.executeSql('SELECT coalesce(max(version), 0) AS version FROM promptseg.migrations');
  const current = Number(rows[0]?.version ?? 0);
  for (const [index, script] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
    await sql.executeSql(`BEGIN; ${script}; INSERT INTO promptseg.migrations VALUES (${version}); COMMIT`);
  }
}
