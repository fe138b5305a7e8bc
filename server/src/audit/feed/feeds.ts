import type { Database } from '../../database/database.js';
import type { Step, Steps } from '../../jobs/outbox/outbox.js';

/** The part of the trail that one receiver has not received, taken by a server. */
export interface TakenFeed extends Step {
  /** Number of the last row sent to it. */
  readonly sentUpTo: number;
}

export interface FeedView {
  readonly target: string;
  readonly sentUpTo: number;
  /** Waiting rows. */
  readonly waiting: number;
  readonly attempts: number;
}

/**
 * How far the trail was sent to each receiver. The outbox treats a feed like other steps: there is one per receiver, so
 * the order is kept; it is due whenever the trail has more rows; it is never given up.
 */
export interface Feeds extends Steps<TakenFeed> {
  /**
   * Registers the receivers in the settings. A new one gets rows recorded from now on; one that is no longer named is
   * forgotten.
   */
  register(targets: readonly string[]): Promise<void>;
  /** The receiver has the trail up to this row. @returns whether the lease is still held */
  advance(feed: TakenFeed, number: number): Promise<boolean>;
  list(): Promise<FeedView[]>;
}

export function createFeeds(database: Database): Feeds {
  const inFuture = (parameter: string): string => `now() + ${parameter} * interval '1 millisecond'`;
  const change = async (
    { target, lease }: TakenFeed,
    assignments: string,
    values: readonly unknown[] = [],
  ): Promise<boolean> => {
    const { rows } = await database.executeSql(
      `UPDATE promptseg.audit_feeds SET ${assignments} WHERE target = $1 AND lease = $2 RETURNING target`,
      [target, lease, ...values],
    );
    return rows.length === 1;
  };
  const released = 'lease = NULL, leased_until = NULL';

  return {
    async register(targets) {
      const names = JSON.stringify(targets);
      await database.transaction(async (sql) => {
        await sql.executeSql('DELETE FROM promptseg.audit_feeds WHERE NOT $1::jsonb ? target', [names]);
        await sql.executeSql(
          `INSERT INTO promptseg.audit_feeds (target, sent_up_to)
           SELECT name, coalesce((SELECT number FROM promptseg.audit_head), 0)
           FROM jsonb_array_elements_text($1::jsonb) AS name
           ON CONFLICT DO NOTHING`,
          [names],
        );
        // No other server can use a database in this process.
        if (!database.shared) await sql.executeSql(`UPDATE promptseg.audit_feeds SET ${released}`);
      });
    },

    async take(target, leaseMs) {
      const { rows } = await database.executeSql(
        `UPDATE promptseg.audit_feeds SET attempts = attempts + 1, trying_since = coalesce(trying_since, now()),
           lease = gen_random_uuid(), leased_until = ${inFuture('$2')}
         WHERE target = $1 AND next_attempt_at <= now() AND (lease IS NULL OR leased_until <= now())
           AND sent_up_to < (SELECT number FROM promptseg.audit_head)
         RETURNING target, attempts, lease, sent_up_to,
           extract(epoch FROM now() - trying_since)::float8 * 1000 AS "triedForMs"`,
        [target, leaseMs],
      );
      const [row] = rows;
      return row && { ...(row as unknown as Step), sentUpTo: Number(row.sent_up_to) };
    },

    extend: (feed, leaseMs) => change(feed, `leased_until = ${inFuture('$3')}`, [leaseMs]),
    advance: (feed, number) => change(feed, 'sent_up_to = $3, sent_at = now()', [number]),
    succeed: (feed) => change(feed, `attempts = 0, trying_since = NULL, problem = NULL, ${released}`),
    fail: (feed, problem, retryAfterMs = 60_000) =>
      change(feed, `problem = $3::jsonb, next_attempt_at = ${inFuture('$4')}, ${released}`, [
        JSON.stringify(problem),
        retryAfterMs,
      ]),
    putBack: (feed) => change(feed, `attempts = attempts - 1, ${released}`),
    abandon: async () => 0,

    async list() {
      const { rows } = await database.executeSql(
        `SELECT target, sent_up_to, attempts,
           coalesce((SELECT number FROM promptseg.audit_head), 0) - sent_up_to AS waiting
         FROM promptseg.audit_feeds ORDER BY target`,
      );
      return rows.map(({ target, sent_up_to, attempts, waiting }) => ({
        target: String(target),
        sentUpTo: Number(sent_up_to),
        waiting: Number(waiting),
        attempts: Number(attempts),
      }));
    },
  };
}
