import type { ErrorCode } from '#contract/errorTable.js';
import type { SegmentationRequest } from '#contract/job.js';
import type { Priority } from '#contract/jobState.js';
import type { Rule, RuleVersion } from '#contract/rule.js';
import type { Database } from '../database/database.js';
import type { JobService } from '../jobs/jobService.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError, toProblem } from '../platform/errors.js';
import { AlreadyRouted, contentOf, type Ledger, type Work } from './records/ledger.js';
import type { RouterLease } from './records/routerLease.js';
import { chooseRules, type PreparedRule } from './rules/chooseRules.js';
import { describeSeries } from './rules/describeSeries.js';
import { nextStart } from './startTimes.js';

/** A series to evaluate. */
export interface SeriesToRoute {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** When the trigger reported it as complete; absent in a backfill. */
  readonly readyAt?: Date;
  readonly backfillId?: string;
}

/** The outcome of one rule for a series. */
export type Routing = {
  readonly rule: string;
  /** `refused`: the rule cannot create a job for this series; the history states the reason. */
  readonly outcome: 'routed' | 'routed before' | 'refused';
};

export interface RoutingParts {
  readonly archive: Archive;
  readonly service: JobService;
  readonly database: Database;
  readonly lease: RouterLease;
  readonly ledger: Ledger;
  /** Serialises the creation of jobs for several series, because a rule's limit counts earlier jobs. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * The story of routing: describe a complete series, evaluate the rules in order, and create a job for each match.
 *
 * After a kill it is repeated from the beginning: a job and its ledger entry are created in one transaction, and
 * nothing is created twice for one entry.
 * @param rules in the order of their evaluation
 * @returns the outcome of each matching rule; empty if none matches
 * @throws PromptsegError `series-not-found`, and the archive's errors: then nothing was decided, and a retry is needed
 */
export async function routeSeries(
  series: SeriesToRoute,
  rules: readonly PreparedRule[],
  parts: RoutingParts,
  signal?: AbortSignal,
): Promise<readonly Routing[]> {
  const description = await describeSeries(parts.archive, series, signal);
  const content = contentOf(description.sopInstanceUIDs);
  const routings: Routing[] = [];
  for (const { version } of chooseRules(rules, description)) {
    const outcome = await parts.inTurn(() => routeTo(version, { ...series, content, rule: version }, parts));
    routings.push({ rule: version.rule.name, outcome });
  }
  return routings;
}

async function routeTo(rule: RuleVersion, work: Work, parts: RoutingParts): Promise<Routing['outcome']> {
  await giveUpOutdated(work, parts);
  try {
    const created = await submitWork(work, requestOf(rule.rule, work), parts);
    return created ? 'routed' : 'routed before';
  } catch (error) {
    if (error instanceof AlreadyRouted) return 'routed before';
    if (!isRefusal(error)) throw error;
    await parts.database.transaction(async (sql) => {
      await parts.lease.hold(sql);
      await parts.ledger.refuse(sql, work, toProblem(error));
    });
    return 'refused';
  }
}

/** @returns whether a job was created; otherwise an equal one is open */
async function submitWork(
  work: Work,
  request: SegmentationRequest,
  { service, lease, ledger }: RoutingParts,
): Promise<boolean> {
  const { rule, version } = work.rule;
  const mayStartAt = await startOf(rule, ledger);
  const { created } = await service.submit(request, {
    rule: { name: rule.name, version },
    mayStartAt,
    key: [work.content, rule.name, work.rule.workHash].join(' '),
    async alsoRecord(sql, job) {
      await lease.hold(sql);
      await ledger.record(sql, work, job, mayStartAt);
    },
  });
  return created;
}

/** Cancels the jobs for fewer images of a series that has grown, unless their result is being stored. */
async function giveUpOutdated(work: Work, { service, ledger }: RoutingParts): Promise<void> {
  for (const jobId of await ledger.giveUpOutdated(work)) {
    const cancelled = await service.cancel(jobId).then(
      () => true,
      (error) => {
        if (error instanceof PromptsegError && endings.has(error.code)) return false;
        throw error;
      },
    );
    if (cancelled) await ledger.supersede(jobId);
  }
}

const endings: ReadonlySet<ErrorCode> = new Set(['job-ended', 'job-being-stored', 'job-not-found']);

/** Earliest start of a job of the rule; undefined if it may start at once. */
export async function startOf(rule: Rule, ledger: Pick<Ledger, 'lastStarts'>): Promise<Date | undefined> {
  const { perHour } = rule.limits ?? {};
  if (perHour === undefined && rule.timeWindow === undefined) return undefined;
  const now = new Date();
  const start = nextStart(rule, perHour === undefined ? [] : await ledger.lastStarts(rule.name, perHour), now);
  return start > now ? start : undefined;
}

export function requestOf(
  rule: Rule,
  {
    studyInstanceUID,
    seriesInstanceUID,
    backfillId,
  }: Pick<Work, 'studyInstanceUID' | 'seriesInstanceUID' | 'backfillId'>,
): SegmentationRequest {
  const { prompts, model, anyway, output, destinations, holdUntilAccepted } = rule;
  const priority: Priority = backfillId === undefined ? rule.priority : 'backfill';
  return {
    studyInstanceUID,
    seriesInstanceUID,
    prompts,
    // The author of the rule was warned (`ruleAdvice.ts`); parts that a model knows run without the others.
    allowPartial: true,
    ...(model !== undefined && { model }),
    ...(anyway !== undefined && { anyway }),
    ...(output !== undefined && { output }),
    destinations,
    ...(holdUntilAccepted !== undefined && { holdUntilAccepted }),
    priority,
  };
}

/** Errors that are not about the request: the caller decides. */
const notAboutTheRequest: ReadonlySet<ErrorCode> = new Set([
  'archive-refused',
  'series-not-found',
  'study-not-found',
  'cancelled',
  'internal',
]);

/** Whether the rule can never create a job for this series; other errors may be temporary. */
const isRefusal = (error: unknown): error is PromptsegError =>
  error instanceof PromptsegError && !error.entry.transient && !notAboutTheRequest.has(error.code);
