import { afterEach, expect, it } from '@jest/globals';
import { verifyTrail } from '../../server/src/audit/verifyTrail.js';
import { recordAudit } from '../../server/src/database/auditTrail.js';
import { copyTables, filledTables } from '../../server/src/database/copyTables.js';
import type { Database, SqlExecutor } from '../../server/src/database/database.js';
import { migrate } from '../../server/src/database/migrations.js';
import { openDatabase } from '../../server/src/database/openDatabase.js';
import { openMessages } from '../../server/src/jobs/queue/messages.js';
import { system } from '../../server/src/values/principal.js';
import { type DatabaseKind, describeOnEachDatabase } from './eachDatabase.js';

const job = '11111111-1111-4111-8111-111111111111';
const worker = '22222222-2222-4222-8222-222222222222';

/**
 * At least one row for every table of the schema, with what a careless copy would change: microseconds, numbers beyond
 * 2^53, quotes, an array of JSON. A new table needs a row here.
 */
const rowsOfEachTable = `
  INSERT INTO promptseg.workers VALUES ('${worker}', '2026-01-02 03:04:05.123456+00', now(), '{"host": "here"}', '{}');
  INSERT INTO promptseg.jobs (id, sequence, state, study_instance_uid, request_key, created_at, job, worker_id, run)
    VALUES ('${job}', 9007199254740993, 'segmenting', '1.2', 'it''s a "key" \\ with ü', '2026-01-02 03:04:05.000001+00',
      '{"request": {"prompts": ["Leber, \\"links\\"", "肝"]}, "exact": 9007199254740993}', '${worker}', 3),
      ('${job.replaceAll('1', '3')}', 2, 'completed', '1.2', 'another', now(), '{}', NULL, 0);
  SELECT setval('promptseg.job_event_sequence', 9007199254740995);
  INSERT INTO promptseg.deliveries (job_id, target, problem) VALUES ('${job}', 'research', '{"code": "x"}');
  INSERT INTO promptseg.webhooks VALUES ('ris', '{"states": ["completed"]}');
  INSERT INTO promptseg.webhook_messages (job_id, target) VALUES ('${job}', 'ris');
  INSERT INTO promptseg.routing_triggers VALUES ('orthanc', '{"cursor": 17}');
  INSERT INTO promptseg.routing_series (study_instance_uid, series_instance_uid, state)
  VALUES ('1.2', '1.2.3', 'ready');
  INSERT INTO promptseg.routed (rule_name, rule_version, rule_work, study_instance_uid, series_instance_uid,
    content, model, state)
    VALUES ('ct', 1, 'work', '1.2', '1.2.3', 'content', 'model', 'completed');
  INSERT INTO promptseg.routing_backfills (id, from_date, to_date, progress)
  VALUES ('${job}', '2026-01-01', '2026-01-31', '{}');
  INSERT INTO promptseg.feedback VALUES ('${job}', 0, now(), 'head', '{"verdict": "right"}', '[]');
  INSERT INTO promptseg.prompt_sets (name, content) VALUES ('Thorax', '{"name": "Thorax", "prompts": ["lung"]}');
  INSERT INTO promptseg.rule_versions (name, version, rule, hash, work_hash, origin)
    VALUES ('ct', 1, '{"name": "ct", "text": "\\u0000"}', 'h', 'w', 'api');
  INSERT INTO promptseg.rules VALUES ('ct', 1, 1000000);
  INSERT INTO promptseg.audit_incoming (event) VALUES ('{"actor":{"subject":"müller"},"kind":"logged-in"}');
  INSERT INTO promptseg.api_keys (id, name, hash, scopes, created_by, expires_at)
    VALUES ('00ff', 'cohort', 'h', '["jobs:read"]', '{"kind": "system"}', now());
  INSERT INTO promptseg.sessions VALUES ('00ff', 'encrypted', now());
  INSERT INTO promptseg.audit_feeds (target, sent_up_to) VALUES ('siem', 1);
  INSERT INTO promptseg.workitems (uid, dataset, job_id) VALUES ('1.2.9', '{"00100010": {"vr": "PN"}}', '${job}');
  INSERT INTO promptseg.drafts (id, job_id, content) VALUES ('${job}', '${job}', '{"corrects": {"segmentNumber": 1}}');
  INSERT INTO promptseg.draft_clicks VALUES ('${job}', 0, '{"place": [1.5, -2, 3]}');
  SELECT pgboss.create_queue('deliveries/research', '{"policy": "standard"}');
  INSERT INTO pgboss.job (id, name, priority, data, start_after, singleton_key)
    VALUES ('${job}', 'deliveries/research', -7, '{"exact": 9007199254740993}',
      '2026-01-02 03:04:05.123456+00', 'it''s');
  INSERT INTO pgboss.archive SELECT * FROM pgboss.job;
  INSERT INTO pgboss.schedule (name, cron) VALUES ('deliveries/research', '* * * * *');
  INSERT INTO pgboss.subscription (event, name) VALUES ('ended', 'deliveries/research');
`;

async function contentOf(sql: SqlExecutor): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  for (const table of await filledTables(sql)) {
    const { rows } = await sql.executeSql(
      `SELECT row FROM (SELECT to_jsonb(one)::text AS row FROM ${table} AS one) AS rows ORDER BY row`,
    );
    content[table] = rows.map(({ row }) => row);
  }
  return content;
}

const countersOf = async (sql: SqlExecutor) =>
  (
    await sql.executeSql(
      `SELECT sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'promptseg' ORDER BY sequencename`,
    )
  ).rows;

describeOnEachDatabase('a copy of the database', (kind) => {
  const opened: Database[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });

  async function create(where: Pick<DatabaseKind, 'create'>): Promise<Database> {
    const database = await openDatabase(await where.create());
    opened.push(database);
    await migrate(database);
    await (await openMessages(database)).close();
    return database;
  }

  it('holds every row of every table, and counts on from where the source stopped', async () => {
    const source = await create(kind);
    const target = await create(kind);
    await source.executeSql(rowsOfEachTable);
    // What an audit event comes in by is empty again when it is committed; a queue is a table of its own.
    const { rows: tables } = await source.executeSql(
      `SELECT relnamespace::regnamespace || '.' || relname AS name FROM pg_class
       WHERE relnamespace IN ('promptseg'::regnamespace, 'pgboss'::regnamespace) AND relkind IN ('r', 'p')
         AND NOT relispartition
         AND relname NOT IN ('migrations', 'routing_lease', 'audit_incoming', 'version', 'queue')`,
    );
    // A table that is missing here is new: give it a row above.
    expect([...(await filledTables(source))].toSorted()).toEqual(tables.map(({ name }) => name).toSorted());

    expect(await filledTables(target)).toEqual([]);
    await target.transaction((sql) => copyTables(source, sql));

    expect(await contentOf(target)).toEqual(await contentOf(source));
    expect(await countersOf(target)).toEqual(await countersOf(source));
    await recordAudit(target, { kind: 'logged-out', actor: system, outcome: 'success' });
    expect(await verifyTrail(target)).toMatchObject({ intact: true, rows: 2, last: { number: 2 } });
    await target.executeSql(`INSERT INTO promptseg.workitems (uid, dataset) VALUES ('1.2.10', '{}')`);
    const { rows } = await target.executeSql(`SELECT number::int FROM promptseg.workitems ORDER BY number`);
    expect(rows).toEqual([{ number: 1 }, { number: 2 }]);
    const messages = await openMessages(target);
    expect(await target.transaction((sql) => messages.take(sql, 'deliveries/research'))).toBe(job);
    await messages.close();
  });
});
