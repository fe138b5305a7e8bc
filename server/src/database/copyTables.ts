import type { Database, SqlExecutor } from './database.js';

/**
 * What is not copied. Tables with rows in an unused database: its version, that of pg-boss's schema, and the lease of
 * the routing server, which is free when the copy starts. Queues are created, each with its part of `pgboss.job`.
 */
const notCopied: readonly string[] = [
  'promptseg.migrations',
  'promptseg.routing_lease',
  'pgboss.version',
  'pgboss.queue',
];
const rowsAtOnce = 200;

/**
 * Copies every table of this program's schema and of its queues, row for row, with the sequences. The tables and their
 * order are read from the database, so no migration can add one that is forgotten.
 * @param source nobody writes to it meanwhile
 * @param target a transaction of a database with the same schema version and empty tables (`filledTables`)
 */
export async function copyTables(source: Database, target: SqlExecutor): Promise<void> {
  await makeQueues(source, target);
  for (const table of await tablesInOrder(target))
    if (!notCopied.includes(table)) await copyTable(source, target, table);
  await copySequences(source, target);
}

/** The tables that contain rows to which `copyTables` would add. */
export async function filledTables(sql: SqlExecutor): Promise<readonly string[]> {
  const filled: string[] = [];
  for (const table of await tablesInOrder(sql)) {
    const { rows } = await sql.executeSql(`SELECT FROM ${table} LIMIT 1`);
    if (rows.length > 0 && !notCopied.includes(table)) filled.push(table);
  }
  return filled;
}

/** SQL for the qualified name of a row of pg_class, independent of the search path. */
const nameOf = (row: string): string => `format('%s.%I', ${row}.relnamespace::regnamespace, ${row}.relname)`;
/** SQL for whether it belongs to this program's schema or to that of its queues. */
const isOurs = (row: string): string => `${row}.relnamespace::regnamespace::text IN ('promptseg', 'pgboss')`;

/** All tables but partitions, each after those that its foreign keys reference. */
async function tablesInOrder(sql: SqlExecutor): Promise<readonly string[]> {
  const { rows: tables } = await sql.executeSql(
    `SELECT ${nameOf('tables')} AS name FROM pg_class AS tables
     WHERE ${isOurs('tables')} AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY name`,
  );
  const { rows: keys } = await sql.executeSql(
    `SELECT ${nameOf('child')} AS child, ${nameOf('parent')} AS parent
     FROM pg_constraint JOIN pg_class AS child ON child.oid = conrelid JOIN pg_class AS parent ON parent.oid = confrelid
     WHERE contype = 'f' AND ${isOurs('child')} AND conrelid <> confrelid`,
  );
  const waiting = new Set(tables.map(({ name }) => String(name)));
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].filter(
      (table) => !keys.some(({ child, parent }) => child === table && waiting.has(String(parent))),
    );
    if (next.length === 0) throw new Error(`Foreign keys go in a circle: ${[...waiting].join(', ')}`);
    ordered.push(...next);
    for (const table of next) waiting.delete(table);
  }
  return ordered;
}

async function makeQueues(source: SqlExecutor, target: SqlExecutor): Promise<void> {
  const { rows } = await source.executeSql('SELECT name, policy FROM pgboss.queue ORDER BY name');
  for (const { name, policy } of rows)
    await target.executeSql('SELECT pgboss.create_queue($1, $2::json)', [name, JSON.stringify({ policy })]);
}

async function copyTable(source: Database, target: SqlExecutor, table: string): Promise<void> {
  // The database computes generated columns and accepts no value for them.
  const { rows: columns } = await target.executeSql(
    `SELECT quote_ident(attname) AS name FROM pg_attribute
     WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
  );
  const names = columns.map(({ name }) => name).join(', ');
  await source.transaction(async (from) => {
    await from.executeSql(`DECLARE copied NO SCROLL CURSOR FOR SELECT to_jsonb(one)::text AS row FROM ${table} AS one`);
    for (;;) {
      const { rows } = await from.executeSql(`FETCH ${rowsAtOnce} FROM copied`);
      if (rows.length === 0) return;
      // As text throughout: JavaScript numbers would round those beyond 2^53.
      await target.executeSql(
        `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE
         SELECT ${names} FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
        [`[${rows.map(({ row }) => row).join(',')}]`],
      );
    }
  });
}

async function copySequences(source: SqlExecutor, target: SqlExecutor): Promise<void> {
  const { rows: sequences } = await source.executeSql(
    `SELECT ${nameOf('sequences')} AS name FROM pg_class AS sequences WHERE ${isOurs('sequences')} AND relkind = 'S'`,
  );
  for (const { name } of sequences) {
    const { rows } = await source.executeSql(`SELECT last_value::text, is_called FROM ${name}`);
    await target.executeSql('SELECT setval($1::regclass, $2::bigint, $3)', [
      name,
      rows[0]?.last_value,
      rows[0]?.is_called,
    ]);
  }
}
