import { z } from 'zod';
import { daySchema } from './moment.js';
import { problemSchema } from './problem.js';
import { ruleNameSchema } from './rule.js';

export const routedStates = [
  'submitted',
  'waiting',
  'completed',
  'cancelled',
  'superseded',
  'refused',
  'parked',
] as const;
export type RoutedState = (typeof routedStates)[number];

/** The outcome of a rule for a series. */
export const routedEntrySchema = z.object({
  id: z.string(),
  studyInstanceUID: z.string(),
  seriesInstanceUID: z.string(),
  /** Version of the rule. */
  version: z.int(),
  /**
   * `submitted`: its job is queued or running; `waiting`: the job failed, and the next one starts at `retryAt`;
   * `superseded`: the series or the rule changed first; `refused`: no job can be created; `parked`: it failed too
   * often, or waiting cannot help.
   */
  state: z.enum(routedStates),
  /** The last job; its record may have been deleted. */
  jobId: z.uuid().optional(),
  /** Number of failed jobs, or, if refused, of attempts to create one. */
  attempts: z.int(),
  /** When the series was reported complete; absent in a backfill. */
  readyAt: z.iso.datetime().optional(),
  routedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  retryAt: z.iso.datetime().optional(),
  /** Earliest start of the job by the rule's time window and limit; present until then. */
  mayStartAt: z.iso.datetime().optional(),
  backfillId: z.uuid().optional(),
  problem: problemSchema.optional(),
});
export type RoutedEntry = z.infer<typeof routedEntrySchema>;

/** A parked series: for one rule, or for none if its headers cannot be read. */
export const parkedSeriesSchema = z.object({
  studyInstanceUID: z.string(),
  seriesInstanceUID: z.string(),
  rule: z.string().optional(),
  attempts: z.int(),
  problem: problemSchema.optional(),
});
export type ParkedSeries = z.infer<typeof parkedSeriesSchema>;

/** Progress of routing with arriving series: `GET /api/v1/rules/feed`. */
export const feedViewSchema = z.object({
  /** Source of arrivals: Orthanc's list of changes, or searches in other archives. */
  trigger: z.enum(['orthanc', 'dicomweb']),
  /**
   * `idle`: no rule is enabled, or nothing was read yet. `catching-up`: searching for series that arrived in a gap.
   * `waiting`: see `trouble`.
   */
  state: z.enum(['idle', 'following', 'catching-up', 'waiting']),
  readAt: z.iso.datetime().optional(),
  /** Number of Orthanc's last change that was read. */
  cursor: z.int().optional(),
  lagChanges: z.int().optional(),
  lagSeconds: z.number().optional(),
  /** Gaps in the list of changes, newest first. */
  gaps: z
    .array(z.object({ at: z.iso.datetime(), kind: z.enum(['reset', 'cleared']), seriesFound: z.int().optional() }))
    .optional(),
  /** The search covers studies since at least two days before this day. */
  watermark: z.iso.date().optional(),
  studies: z.int().optional(),
  /** Numbers of series that are incomplete, waiting for evaluation, and unreadable. */
  series: z.object({ arriving: z.int(), ready: z.int(), parked: z.int() }),
  oldestReadySeconds: z.number(),
  trouble: z
    .object({ since: z.iso.datetime(), code: z.string(), detail: z.string(), nextAttemptAt: z.iso.datetime() })
    .optional(),
});
export type FeedView = z.infer<typeof feedViewSchema>;

/** Progress of a backfill. */
export const backfillCountsSchema = z.object({
  studies: z.int(),
  series: z.int(),
  /** Created jobs. */
  routed: z.int(),
  /** Matches whose images and work already had a job. */
  routedBefore: z.int(),
  /** A rule matched, but no job could be created; its history states the reason. */
  refused: z.int(),
  /** Series that the archive lists without returning their headers. */
  unreadable: z.int(),
});
export type BackfillCounts = z.infer<typeof backfillCountsSchema>;

/** A backfill as `GET /api/v1/rules/backfills/{id}` returns it. */
export const backfillSchema = z.object({
  id: z.uuid(),
  /** Study Date, both days included. */
  from: z.iso.date(),
  to: z.iso.date(),
  /** The rules to evaluate; absent: all enabled ones. */
  rules: z.array(ruleNameSchema).optional(),
  state: z.enum(['running', 'completed', 'cancelled']),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** The current Study Date. */
  day: z.iso.date(),
  /** Fraction of the days that is done, 0–1. */
  fraction: z.number().min(0).max(1),
  counts: backfillCountsSchema,
  /** Numbers of its jobs, by state. */
  jobs: z.object({ open: z.int(), completed: z.int(), parked: z.int(), cancelled: z.int() }),
});
export type Backfill = z.infer<typeof backfillSchema>;

/** Body of `POST /api/v1/rules/backfills`. */
export const backfillRequestSchema = z
  .strictObject({ from: daySchema, to: daySchema, rules: z.array(ruleNameSchema).min(1).max(1000).optional() })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'is before from' });
export type BackfillRequest = z.infer<typeof backfillRequestSchema>;

/** Query of `GET /api/v1/rules/backfills/studies`. */
export const backfillRangeSchema = z
  .object({ from: daySchema, to: daySchema })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'is before from' });

/** Number of studies that a backfill would evaluate. */
export const backfillStudiesSchema = z.object({
  studies: z.int(),
  /** True if there are more than were counted. */
  more: z.boolean(),
});
export type BackfillStudies = z.infer<typeof backfillStudiesSchema>;

export const historyQuerySchema = z.object({
  state: z.enum(routedStates).optional(),
  /** `nextCursor` of the previous page. */
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const routedPageViewSchema = z.object({
  entries: z.array(routedEntrySchema),
  nextCursor: z.string().optional(),
});
export const countsViewSchema = z.object({ rules: z.record(z.string(), z.record(z.enum(routedStates), z.int())) });
export const parkedViewSchema = z.object({ parked: z.array(parkedSeriesSchema) });
export const backfillsViewSchema = z.object({ backfills: z.array(backfillSchema) });
