import { type ParkedSeries, type RoutedEntry, type RoutedState, routedStates } from '#contract/routing.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database } from '../../database/database.js';
import type { Messages } from '../../jobs/queue/messages.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Actor, actorOf, system } from '../../values/principal.js';
import type { Arrivals } from './arrivals.js';
import { routedQueue } from './ledger.js';

export interface RoutedPage {
  /** Newest first. */
  readonly entries: readonly RoutedEntry[];
  /** `before` of the next page; absent on the last one. */
  readonly nextCursor?: string;
}

export type RoutedCounts = Readonly<Record<RoutedState, number>>;

/** The history of rules, for display. */
export interface RoutingHistory {
  /** @param before `nextCursor` of the previous page */
  of(
    ruleName: string,
    filter: { state?: RoutedState | undefined; before?: string | undefined; limit: number },
  ): Promise<RoutedPage>;
  /** By name of the rule; rules that never matched are missing. */
  counts(): Promise<ReadonlyMap<string, RoutedCounts>>;
  parked(): Promise<readonly ParkedSeries[]>;
  /** Studies in which a series with this UID is parked; archives with images from elsewhere may have it in several. */
  studiesOfParked(seriesInstanceUID: string): Promise<readonly string[]>;
  /**
   * Retries a parked series of these studies at once, as if it had never failed.
   * @throws PromptsegError `series-not-parked`
   */
  release(seriesInstanceUID: string, studyInstanceUIDs: readonly string[], by?: Actor): Promise<void>;
}

const mostParkedShown = 500;

export function createRoutingHistory(
  database: Database,
  messages: Messages,
  arrivals: Pick<Arrivals, 'release'>,
): RoutingHistory {
  return {
    async of(ruleName, { state, before, limit }) {
      const { rows } = await database.executeSql(
        `SELECT *, CASE WHEN state = 'submitted' AND may_start_at > now() THEN may_start_at END AS starts_at
         FROM promptseg.routed
         WHERE rule_name = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3)
         ORDER BY id DESC LIMIT ${limit + 1}`,
        [ruleName, state ?? null, before ?? null],
      );
      const entries = rows.slice(0, limit).map(toEntry);
      return { entries, ...(rows.length > limit && { nextCursor: entries.at(-1)?.id ?? '' }) };
    },

    async counts() {
      const { rows } = await database.executeSql(
        'SELECT rule_name, state, count(*)::int AS count FROM promptseg.routed GROUP BY rule_name, state',
      );
      const counts = new Map<string, Record<RoutedState, number>>();
      for (const { rule_name, state, count } of rows) {
        const name = String(rule_name);
        const ofRule = counts.get(name) ?? noneRouted();
        ofRule[state as RoutedState] = Number(count);
        counts.set(name, ofRule);
      }
      return counts;
    },

    async parked() {
      const { rows } = await database.executeSql(
        `SELECT study_instance_uid, series_instance_uid, rule_name, attempts, problem FROM promptseg.routed
         WHERE state = 'parked'
         UNION ALL
         SELECT study_instance_uid, series_instance_uid, NULL, attempts, problem FROM promptseg.routing_series
         WHERE state = 'parked'
         LIMIT ${mostParkedShown}`,
      );
      return rows.map((row) => ({
        studyInstanceUID: String(row.study_instance_uid),
        seriesInstanceUID: String(row.series_instance_uid),
        ...(row.rule_name !== null && { rule: String(row.rule_name) }),
        attempts: Number(row.attempts),
        ...(row.problem !== null && { problem: row.problem as ParkedSeries['problem'] }),
      }));
    },

    async studiesOfParked(seriesInstanceUID) {
      const { rows } = await database.executeSql(
        `SELECT study_instance_uid FROM promptseg.routed WHERE series_instance_uid = $1 AND state = 'parked'
         UNION
         SELECT study_instance_uid FROM promptseg.routing_series WHERE series_instance_uid = $1 AND state = 'parked'`,
        [seriesInstanceUID],
      );
      return rows.map((row) => String(row.study_instance_uid));
    },

    async release(seriesInstanceUID, studyInstanceUIDs, by = system) {
      const studies = JSON.stringify(studyInstanceUIDs);
      await database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `UPDATE promptseg.routed SET state = 'waiting', attempts = 0, retry_at = now()
           WHERE series_instance_uid = $1 AND $2::jsonb ? study_instance_uid AND state = 'parked'
           RETURNING job_id, study_instance_uid`,
          [seriesInstanceUID, studies],
        );
        for (const { job_id } of rows) await messages.add(sql, routedQueue, String(job_id));
        const arrived = await arrivals.release(sql, seriesInstanceUID, studyInstanceUIDs);
        const released = new Set([...rows.map((row) => String(row.study_instance_uid)), ...arrived]);
        if (released.size === 0) throw new PromptsegError('series-not-parked', 'No series with this UID is parked.');
        for (const studyInstanceUID of released)
          await recordAudit(sql, {
            kind: 'series-released',
            actor: actorOf(by),
            outcome: 'success',
            study: { studyInstanceUID, seriesInstanceUID },
          });
      });
    },
  };
}

const noneRouted = (): Record<RoutedState, number> =>
  Object.fromEntries(routedStates.map((state) => [state, 0])) as Record<RoutedState, number>;

function toEntry(row: Record<string, unknown>): RoutedEntry {
  const moment = (name: string, value: unknown) => (value instanceof Date ? { [name]: value.toISOString() } : {});
  return {
    id: String(row.id),
    studyInstanceUID: String(row.study_instance_uid),
    seriesInstanceUID: String(row.series_instance_uid),
    version: Number(row.rule_version),
    state: row.state as RoutedState,
    ...(row.job_id !== null && { jobId: String(row.job_id) }),
    attempts: Number(row.attempts),
    routedAt: (row.routed_at as Date).toISOString(),
    ...moment('readyAt', row.ready_at),
    ...moment('endedAt', row.ended_at),
    ...moment('retryAt', row.retry_at),
    ...moment('mayStartAt', row.starts_at),
    ...(row.backfill_id !== null && { backfillId: String(row.backfill_id) }),
    ...(row.problem !== null && { problem: row.problem as NonNullable<RoutedEntry['problem']> }),
  };
}
