import { mostRules, type Rule, type RuleOrigin, type RuleVersion } from '#contract/rule.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { toJsonb } from '../../jobs/records/jobStore.js';
import { PromptsegError } from '../../platform/errors.js';
import type { AuditedThing } from '../../values/auditEvent.js';
import { type Actor, actorOf, namedActor, system } from '../../values/principal.js';
import { etagOf, etagOfAll, hashOf, requireUnchanged, workHashOf } from './ruleIdentity.js';
import { throwInvalid } from './ruleProblems.js';

/** A version of a rule in its history; `until` if another took its place or the rule was deleted. */
export type PastRuleVersion = RuleVersion & { readonly until?: string; readonly deletedBy?: Actor };

export interface PutRule {
  readonly version: RuleVersion;
  /** Whether the name is new. */
  readonly created: boolean;
}

/**
 * The rules and all their versions. Each change is one transaction: either all of it becomes valid or nothing. A rule
 * that is saved unchanged keeps its version.
 *
 * `ifMatch` is the ETag that the caller has read; if another version is valid by now, the change is refused
 * (`rule-changed`).
 */
export interface RuleStore {
  /** The valid rules, in the order in which they are applied. */
  list(): Promise<readonly RuleVersion[]>;
  /** @throws PromptsegError `rule-not-found` */
  get(name: string): Promise<RuleVersion>;
  /** Newest first; of a deleted rule too. @throws PromptsegError `rule-not-found` if there never was one */
  history(name: string): Promise<readonly PastRuleVersion[]>;
  /** Adds a rule after all others. @throws PromptsegError `rule-exists`, `rule-invalid` if there are too many */
  create(rule: Rule, by?: Actor): Promise<RuleVersion>;
  /**
   * Adds or replaces a rule. @throws PromptsegError `rule-of-file`, `rule-changed`, `rule-invalid` if there are too
   * many
   */
  put(rule: Rule, ifMatch?: string, by?: Actor): Promise<PutRule>;
  /** @throws PromptsegError `rule-not-found`, `rule-of-file`, `rule-changed` */
  remove(name: string, ifMatch?: string, by?: Actor): Promise<void>;
  /**
   * Replaces all rules of one origin, in this order; those of the file come before the others.
   * @throws PromptsegError `rule-of-file` if a name belongs to the file, `rule-exists` if the file uses a name of the
   * API, `rule-changed`
   */
  replaceAll(rules: readonly Rule[], origin: RuleOrigin, ifMatch?: string, by?: Actor): Promise<readonly RuleVersion[]>;
}

const placeOfFirstApiRule = 1_000_000;

/**
 * @param followsFile whether this server follows a rule file: then rules of the file can change only in the file.
 * Without a file, rules left from an earlier one can be changed and deleted like others.
 */
export function createRuleStore(database: Database, followsFile: boolean): RuleStore {
  /** Allows one change at a time, in any process, so nothing changes between check and replacement. */
  const change = <T>(body: (sql: SqlExecutor, valid: readonly RuleVersion[]) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      await sql.executeSql('LOCK TABLE promptseg.rules IN EXCLUSIVE MODE');
      return body(sql, await validRules(sql));
    });

  function requireWritable(existing: RuleVersion | undefined): void {
    if (existing?.origin === 'file' && followsFile)
      throw new PromptsegError('rule-of-file', `The rule "${existing.rule.name}" is kept in the rule file.`);
  }

  return {
    list: () => validRules(database),

    async get(name) {
      const found = (await validRules(database)).find(({ rule }) => rule.name === name);
      if (found === undefined) throw notFound(name);
      return found;
    },

    async history(name) {
      const { rows } = await database.executeSql(
        'SELECT * FROM promptseg.rule_versions WHERE name = $1 ORDER BY version DESC LIMIT 500',
        [name],
      );
      if (rows.length === 0) throw notFound(name);
      return rows.map((row) => ({
        ...toVersion(row),
        ...(row.until !== null && { until: (row.until as Date).toISOString() }),
        ...(row.deleted_by !== null && { deletedBy: row.deleted_by as Actor }),
      }));
    },

    create: (rule, by = system) =>
      change(async (sql, valid) => {
        if (valid.some((each) => each.rule.name === rule.name))
          throw new PromptsegError('rule-exists', `There is a rule "${rule.name}" already.`);
        requireRoom(valid);
        return write(sql, rule, by);
      }),

    put: (rule, ifMatch, by = system) =>
      change(async (sql, valid) => {
        const existing = valid.find((each) => each.rule.name === rule.name);
        requireWritable(existing);
        requireUnchanged(ifMatch, existing && etagOf(existing), `the rule "${rule.name}"`);
        if (existing !== undefined && existing.origin === 'api' && existing.hash === hashOf(rule))
          return { version: existing, created: false };
        if (existing === undefined) requireRoom(valid);
        return { version: await write(sql, rule, by), created: existing === undefined };
      }),

    remove: (name, ifMatch, by = system) =>
      change(async (sql, valid) => {
        const existing = valid.find(({ rule }) => rule.name === name);
        if (existing === undefined) throw notFound(name);
        requireWritable(existing);
        requireUnchanged(ifMatch, etagOf(existing), `the rule "${name}"`);
        await endAll(sql, [name], by);
      }),

    replaceAll: (rules, origin, ifMatch, by = system) =>
      change(async (sql, valid) => {
        requireUnchanged(ifMatch, etagOfAll(valid), 'a rule');
        const names = new Set(rules.map(({ name }) => name));
        const ofOthers = valid.find((each) => each.origin !== origin && names.has(each.rule.name));
        if (origin === 'api') requireWritable(ofOthers);
        else if (ofOthers !== undefined)
          throw new PromptsegError(
            'rule-exists',
            `The rule "${ofOthers.rule.name}" of the file has the name of one that was made over REST.`,
          );
        const replaced = (each: RuleVersion): boolean => each.origin === origin || (origin === 'api' && !followsFile);
        const gone = valid.filter((each) => replaced(each) && !names.has(each.rule.name));
        await endAll(
          sql,
          gone.map(({ rule }) => rule.name),
          by,
        );

        const before = new Map(valid.map((each) => [each.rule.name, each]));
        const isAsBefore = (rule: Rule): boolean => {
          const existing = before.get(rule.name);
          return existing?.origin === origin && existing.hash === hashOf(rule);
        };
        const written = await writeAll(
          sql,
          rules.filter((rule) => !isAsBefore(rule)),
          origin,
          by,
        );
        const versions = new Map([...before.values(), ...written].map((each) => [each.rule.name, each.version]));
        const firstPlace = origin === 'file' ? 0 : placeOfFirstApiRule;
        await makeValid(
          sql,
          rules.map(({ name }, index) => ({ name, version: versions.get(name)!, place: firstPlace + index })),
        );
        return validRules(sql);
      }),
  };
}

function requireRoom(valid: readonly RuleVersion[]): void {
  if (valid.length >= mostRules) throwInvalid([{ pointer: '', message: `are ${mostRules} already; no more are kept` }]);
}

async function validRules(sql: SqlExecutor): Promise<readonly RuleVersion[]> {
  const { rows } = await sql.executeSql(
    `SELECT rule_versions.* FROM promptseg.rules JOIN promptseg.rule_versions USING (name, version)
     ORDER BY place, name`,
  );
  return rows.map(toVersion);
}

/**
 * Adds the next version of each rule and makes it valid. A few statements for all: a thousand single ones would lock
 * the table for half a minute.
 */
async function writeAll(
  sql: SqlExecutor,
  rules: readonly Rule[],
  origin: RuleOrigin,
  by: Actor,
): Promise<readonly RuleVersion[]> {
  await closeVersions(
    sql,
    rules.map(({ name }) => name),
  );
  const written = rules.map((rule) => ({
    name: rule.name,
    rule: JSON.stringify(rule),
    hash: hashOf(rule),
    work_hash: workHashOf(rule),
  }));
  const { rows } = await sql.executeSql(
    `INSERT INTO promptseg.rule_versions (name, version, rule, hash, work_hash, origin, changed_by)
     SELECT name,
       1 + coalesce((SELECT max(version) FROM promptseg.rule_versions AS past WHERE past.name = written.name), 0),
       rule, hash, work_hash, $2, $3::jsonb
     FROM jsonb_to_recordset($1::jsonb) AS written (name text, rule text, hash text, work_hash text) RETURNING *`,
    [JSON.stringify(written), origin, recordOf(by)],
  );
  const versions = rows.map(toVersion);
  await recordChange(
    sql,
    by,
    versions.map(({ rule, version }) => ({
      type: 'rule',
      id: rule.name,
      detail: { version: String(version), origin },
    })),
  );
  return versions;
}

/** Makes versions the valid ones of their names. */
async function makeValid(
  sql: SqlExecutor,
  rules: readonly { readonly name: string; readonly version: number; readonly place: number }[],
): Promise<void> {
  await sql.executeSql(
    `INSERT INTO promptseg.rules (name, version, place)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS valid (name text, version int, place int)
     ON CONFLICT (name) DO UPDATE SET version = excluded.version, place = excluded.place`,
    [JSON.stringify(rules)],
  );
}

/** Makes the next version of one rule the valid one. */
async function write(sql: SqlExecutor, rule: Rule, by: Actor): Promise<RuleVersion> {
  const [written] = await writeAll(sql, [rule], 'api', by);
  const place = (await placeOf(sql, rule.name)) ?? (await nextPlace(sql));
  await makeValid(sql, [{ name: rule.name, version: written!.version, place }]);
  return written!;
}

async function endAll(sql: SqlExecutor, names: readonly string[], by: Actor): Promise<void> {
  await sql.executeSql('DELETE FROM promptseg.rules WHERE name = ANY($1::text[])', [names]);
  await sql.executeSql(
    'UPDATE promptseg.rule_versions SET deleted_by = $2::jsonb WHERE until IS NULL AND name = ANY($1::text[])',
    [names, recordOf(by)],
  );
  await closeVersions(sql, names);
  await recordChange(
    sql,
    by,
    names.map((name) => ({ type: 'rule', id: name, detail: { change: 'deleted' } })),
  );
}

/** One event of the audit trail for all rules of one change. */
async function recordChange(sql: SqlExecutor, by: Actor, things: readonly AuditedThing[]): Promise<void> {
  if (things.length > 0)
    await recordAudit(sql, { kind: 'rule-changed', actor: actorOf(by), outcome: 'success', things });
}

/** The column of the actor. */
function recordOf(by: Actor): string | null {
  const named = namedActor(by);
  return named === undefined ? null : toJsonb(named);
}

const closeVersions = (sql: SqlExecutor, names: readonly string[]): Promise<unknown> =>
  sql.executeSql('UPDATE promptseg.rule_versions SET until = now() WHERE until IS NULL AND name = ANY($1::text[])', [
    names,
  ]);

async function placeOf(sql: SqlExecutor, name: string): Promise<number | undefined> {
  const { rows } = await sql.executeSql('SELECT place FROM promptseg.rules WHERE name = $1', [name]);
  return rows[0] && Number(rows[0].place);
}

async function nextPlace(sql: SqlExecutor): Promise<number> {
  const { rows } = await sql.executeSql(
    `SELECT greatest(max(place) + 1, ${placeOfFirstApiRule}) AS place FROM promptseg.rules`,
  );
  return Number(rows[0]?.place);
}

const toVersion = (row: Record<string, unknown>): RuleVersion => ({
  rule: JSON.parse(String(row.rule)) as Rule,
  version: Number(row.version),
  hash: String(row.hash),
  workHash: String(row.work_hash),
  origin: row.origin as RuleOrigin,
  since: (row.since as Date).toISOString(),
  ...(row.changed_by !== null && { changedBy: row.changed_by as Actor }),
});

const notFound = (name: string): PromptsegError =>
  new PromptsegError('rule-not-found', `There is no rule "${name.slice(0, 64)}".`);
