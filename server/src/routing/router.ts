import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '#contract/errorTable.js';
import { type Bell, createBell } from '../platform/bell.js';
import { toProblem } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { nextReadingAfter } from './afterFailedJob.js';
import type { BackfillRunner } from './backfill.js';
import type { JobFollower } from './followJobs.js';
import { isArchiveAway } from './isArchiveAway.js';
import type { Arrivals, ReadySeries } from './records/arrivals.js';
import { type RouterLease, RouterLeaseLost } from './records/routerLease.js';
import type { RouterStates } from './records/routerState.js';
import { type Routing, type RoutingParts, routeSeries } from './routeSeries.js';
import type { PreparedRule } from './rules/chooseRules.js';
import type { RuleBook } from './rules/ruleBook.js';
import type { Trigger } from './triggers/trigger.js';

/** Routes until it is stopped, while this server has the lease. */
export interface Router {
  stop(): Promise<void>;
}

/** Events for the metrics. */
export interface RouterListener {
  onSeries(outcome: 'routed' | 'no rule' | 'parked' | 'gone', routings: readonly Routing[]): void;
}

export interface RouterParts extends RoutingParts {
  readonly book: RuleBook;
  /** The trigger that reads arrivals; `undefined` if nothing needs to be read, because no rule is enabled. */
  readonly triggerFor: (rules: readonly PreparedRule[]) => Trigger | undefined;
  readonly lease: RouterLease;
  readonly arrivals: Arrivals;
  readonly follower: JobFollower;
  readonly backfills: BackfillRunner;
  readonly states: RouterStates;
  readonly listener: RouterListener;
}

/** The lease lasts 5 s. */
const renewEveryMs = 1500;
const followEveryMs = 1000;
/**
 * How often a server without anything to read checks its rules, and one that does not route tries to take the lease.
 */
const lookEveryMs = 2000;
const longestBackoffMs = 30_000;
const pagesAtOnce = 20;
/** Number of series described at the same time; their jobs are created one after another. */
const seriesAtOnce = 8;

/** Errors that are not about a series. */
const passesBy: ReadonlySet<ErrorCode> = new Set(['database-unreachable', 'cancelled']);

export function startRouter(parts: RouterParts): Router {
  const stopping = new AbortController();
  const bell: Bell = createBell();
  const running = run();
  return {
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const rules = await parts.book.prepared();
        const needed = parts.triggerFor(rules) !== undefined;
        if (needed && (await parts.lease.take())) await routeWhileLeased();
        else await bell.heard(lookEveryMs);
      } catch (error) {
        log.debug({ err: error }, 'cannot check whether to route');
        await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  /** Routes while this server has the lease, there is something to follow, and the server runs. */
  async function routeWhileLeased(): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping.signal, lost.signal]);
    // Each request to the archive adds a listener, up to a dozen at once.
    setMaxListeners(0, signal);
    const renewing = setInterval(() => {
      parts.lease.take().then(
        (held) => held || lost.abort(),
        (error) => log.debug({ err: error }, 'the right to route could not be renewed'),
      );
    }, renewEveryMs);
    log.info('this server routes');
    try {
      await keepRouting(signal);
    } finally {
      clearInterval(renewing);
      await parts.lease.release().catch(() => {});
    }
  }

  async function keepRouting(signal: AbortSignal): Promise<void> {
    let failures = 0;
    // A problem recorded by an earlier server may no longer exist.
    let troubled = true;
    let readAt = 0;
    let followedAt = 0;
    while (!signal.aborted) {
      try {
        const rules = await parts.book.prepared();
        const trigger = parts.triggerFor(rules);
        if (trigger === undefined) return;
        if (Date.now() - followedAt >= followEveryMs) {
          await parts.follower.follow(rules.map(({ version }) => version));
          followedAt = Date.now();
        }
        let busy = false;
        if (Date.now() - readAt >= trigger.everyMs) {
          busy = await readPages(trigger, signal);
          if (!busy) readAt = Date.now();
        }
        if (await routeReady(rules, signal)) busy = true;
        if (!busy) busy = await parts.backfills.step(rules, signal);
        if (troubled) await parts.states.recovered();
        troubled = false;
        failures = 0;
        if (!busy) await bell.heard(Math.min(followEveryMs, trigger.everyMs));
      } catch (error) {
        if (error instanceof RouterLeaseLost) return;
        if (signal.aborted) return;
        failures++;
        troubled = true;
        await waitAfter(error, failures, signal);
      }
    }
  }

  async function waitAfter(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    const problem = toProblem(error);
    if (failures === 1) log.warn({ code: problem.code, reason: problem.detail }, 'routing waits');
    if (problem.code === 'internal') log.error({ err: error }, 'routing failed unexpectedly');
    const waitMs = Math.min(longestBackoffMs, 500 * 2 ** Math.min(failures, 10));
    await parts.states.failed(problem, new Date(Date.now() + waitMs)).catch(() => {});
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }

  /** @returns whether there is more to read at once */
  async function readPages(trigger: Trigger, signal: AbortSignal): Promise<boolean> {
    for (let page = 0; page < pagesAtOnce; page++) {
      if (!(await trigger.read(signal))) return false;
      signal.throwIfAborted();
    }
    return true;
  }

  /** @returns whether there were any */
  async function routeReady(rules: readonly PreparedRule[], signal: AbortSignal): Promise<boolean> {
    const ready = await parts.arrivals.ready(seriesAtOnce);
    const results = await Promise.allSettled(ready.map((series) => routeOne(series, rules, signal)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return ready.length > 0;
  }

  async function routeOne(series: ReadySeries, rules: readonly PreparedRule[], signal: AbortSignal): Promise<void> {
    try {
      const routings = rules.some(({ version }) => version.rule.enabled)
        ? await routeSeries(series, rules, parts, signal)
        : [];
      await leave(series);
      parts.listener.onSeries(routings.length > 0 ? 'routed' : 'no rule', routings);
    } catch (error) {
      const problem = toProblem(error);
      if (error instanceof RouterLeaseLost || passesBy.has(problem.code)) throw error;
      if (problem.code === 'series-not-found' || problem.code === 'study-not-found') {
        // Deleted before its turn came.
        await leave(series);
        parts.listener.onSeries('gone', []);
        return;
      }
      if (await isArchiveAway(error, parts.archive, signal)) throw error;
      // Whatever is wrong with this series, continue with the others.
      if (problem.code === 'internal') log.error({ err: error }, 'a series could not be routed');
      const retryAt = nextReadingAfter(problem, series.attempts + 1, new Date());
      await parts.arrivals.unreadable(series, problem, retryAt);
      if (retryAt === undefined) parts.listener.onSeries('parked', []);
    }
  }

  function leave(series: ReadySeries): Promise<void> {
    return parts.database.transaction(async (sql) => {
      await parts.lease.hold(sql);
      await parts.arrivals.routed(sql, series);
    });
  }
}
