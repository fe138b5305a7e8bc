import PgBoss from 'pg-boss';
import type { Database, SqlExecutor } from '../../database/database.js';
import { log } from '../../platform/log.js';

/** The place of a message in its queue. */
export interface MessagePlace {
  /** Higher goes first; equal priorities in the order in which they were added. */
  readonly priority?: number;
  /** Not before this time, or not for this many milliseconds by the database's clock. */
  readonly startAfter?: Date | number;
}

/**
 * The queues, managed by pg-boss (docs/develop/queues.md). A message is the id of a record and nothing else. Every call
 * is part of the caller's transaction, which also changes the record: a message exists exactly while its record waits
 * for something. Lock the record before adding or removing its message; take a message with `takeWithRecord`.
 */
export interface Messages {
  /** Adds to a queue, which is created with its first message. @throws Error if the message is already in the queue */
  add(sql: SqlExecutor, queue: string, id: string, place?: MessagePlace): Promise<void>;
  /** Takes the next message; if the transaction is rolled back, it keeps its place. */
  take(sql: SqlExecutor, queue: string): Promise<string | undefined>;
  /** Does nothing if the message is not there. */
  remove(sql: SqlExecutor, queue: string, id: string): Promise<void>;
  close(): Promise<void>;
}

/** Two transactions that create the same queue at once would wait for each other's locks. */
const queueLock = 7_076_845_735;

/** Opens pg-boss on the database and migrates its schema. */
export async function openMessages(database: Database): Promise<Messages> {
  // The timers of pg-boss 10 are not used: it can neither extend what it expires nor limit the delay between two
  // attempts. A message is deleted when it is taken.
  const boss = new PgBoss({ db: database, supervise: false, schedule: false });
  boss.on('error', (error) => log.error({ err: error }, 'queue'));
  await boss.start();
  return {
    async add(sql, queue, id, { priority, startAfter } = {}) {
      const send = (): Promise<string | null> =>
        boss.send(
          queue,
          {},
          {
            db: sql,
            id,
            ...(priority !== undefined && { priority }),
            ...(startAfter !== undefined && { startAfter: toStart(startAfter) }),
          },
        );
      if ((await send()) !== null) return;
      await createQueue(sql, queue);
      if ((await send()) === null) throw new Error(`The queue ${queue} holds a message of ${id} already.`);
    },

    async take(sql, queue) {
      // pg-boss 10 mistakes an error for an empty queue.
      let failure: unknown;
      const db: SqlExecutor = {
        executeSql: (text, values) =>
          sql.executeSql(text, values).catch((error) => {
            failure = error;
            throw error;
          }),
      };
      const [taken] = await boss.fetch(queue, { db });
      if (failure !== undefined) throw failure;
      if (taken !== undefined) await boss.deleteJob(queue, taken.id, { db: sql });
      return taken?.id;
    },

    async remove(sql, queue, id) {
      await boss.deleteJob(queue, id, { db: sql });
    },

    close: () => boss.stop({ graceful: false, close: false }),
  };
}

/**
 * Takes the next message and its record in one transaction. A message without a waiting record is removed from the
 * queue.
 * @param start changes the record, locked with NOWAIT, since another transaction that holds it may be waiting for the
 * message
 * @returns the result of `start`; undefined if the queue is empty, or if the next record is being changed right now
 */
export async function takeWithRecord<Started>(
  database: Database,
  take: (sql: SqlExecutor) => Promise<string | undefined>,
  start: (sql: SqlExecutor, id: string) => Promise<Started | undefined>,
): Promise<Started | undefined> {
  try {
    return await database.transaction(async (sql) => {
      for (;;) {
        const id = await take(sql);
        if (id === undefined) return undefined;
        const started = await start(sql, id);
        if (started !== undefined) return started;
      }
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === lockNotAvailable) return undefined;
    throw error;
  }
}

/** PostgreSQL's manual, appendix A. */
const lockNotAvailable = '55P03';

/** pg-boss takes a time, or a number of seconds. */
const toStart = (startAfter: Date | number): Date | number =>
  typeof startAfter === 'number' ? startAfter / 1000 : startAfter;

/** Calls the function in pg-boss's schema, because its client's `createQueue` cannot join a transaction. */
async function createQueue(sql: SqlExecutor, queue: string): Promise<void> {
  await sql.executeSql('SELECT pg_advisory_xact_lock($1)', [queueLock]);
  await sql.executeSql(`SELECT pgboss.create_queue($1, '{"policy": "standard"}')`, [queue]);
}
