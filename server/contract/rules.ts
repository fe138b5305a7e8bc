import { z } from 'zod';
import { actorSchema } from './actor.js';
import { targetViewSchema } from './finding.js';
import { segmentationRequestSchema } from './job.js';
import { problemSchema } from './problem.js';
import { ruleSchema, ruleVersionSchema } from './rule.js';
import { uidSchema } from './uid.js';
import { verdictSchema } from './verdict.js';

export const ruleViewSchema = ruleVersionSchema.extend({
  /** For If-Match. */
  etag: z.string(),
  /** True if it can be changed only in the rule file. */
  readOnly: z.boolean(),
  /**
   * Reasons why it cannot work on this installation, one sentence each: a text that no model understands, an unknown
   * destination.
   */
  advice: z.array(z.string()),
});
export type RuleView = z.infer<typeof ruleViewSchema>;

/** State of the file of PROMPTSEG_RULES_FILE. */
export const ruleFileViewSchema = z.object({
  file: z.string(),
  state: z.enum(['valid', 'refused']),
  since: z.iso.datetime(),
  problem: problemSchema.optional(),
});

export const rulesViewSchema = z.object({
  rules: z.array(ruleViewSchema),
  etag: z.string(),
  ruleFile: ruleFileViewSchema.optional(),
});
export type RulesView = z.infer<typeof rulesViewSchema>;

export const ruleVersionViewSchema = ruleVersionSchema.extend({
  /** Who deleted the rule while this version was valid; absent if nobody had signed in. */
  deletedBy: actorSchema.optional(),
  /** When the next version replaced it or the rule was deleted; absent for the valid one. */
  until: z.iso.datetime().optional(),
});
export const ruleVersionsViewSchema = z.object({ versions: z.array(ruleVersionViewSchema) });
export type RuleVersionsView = z.infer<typeof ruleVersionsViewSchema>;

export const ruleProblemViewSchema = z.object({
  /** JSON Pointer (RFC 6901). */
  pointer: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
});

export const ruleCheckViewSchema = z.object({
  valid: z.boolean(),
  /** The rules as read, with defaults filled in; absent if they are not valid. */
  rules: z.array(ruleSchema).optional(),
  problems: z.array(ruleProblemViewSchema),
  /** Why a rule would match everything and needs a confirmation. */
  tooWide: z.array(z.string()),
  advice: z.array(z.string()),
});
export type RuleCheckView = z.infer<typeof ruleCheckViewSchema>;

export const testStudySchema = z.strictObject({ studyInstanceUID: uidSchema });
export const testRuleSchema = testStudySchema.extend({ rule: ruleSchema });
export const matchRuleSchema = z.strictObject({ rule: ruleSchema });

const trialSchema = z.object({
  studyInstanceUID: z.string(),
  seriesInstanceUID: z.string(),
  modality: z.string(),
  description: z.string(),
  numberOfImages: z.number(),
  matched: z.boolean(),
  /** One to three sentences. */
  because: z.string(),
  /**
   * Of each condition. All may be true although the rule does not match: results and derived objects never start a job
   * automatically.
   */
  conditions: verdictSchema,
});

export const plannedJobSchema = z.object({
  request: segmentationRequestSchema,
  model: z.object({ id: z.string(), version: z.string(), reason: z.string() }),
  targets: z.array(targetViewSchema),
  refused: z.array(z.object({ prompt: z.string(), reason: z.string() })),
});
export type PlannedJobView = z.infer<typeof plannedJobSchema>;

export const dryRunViewSchema = z.object({
  series: z.array(
    trialSchema.extend({
      conditions: verdictSchema.optional(),
      /** If it matches: the job that would be created. */
      job: plannedJobSchema.optional(),
      /** Why no job can be created, or why the series cannot be read. */
      problem: problemSchema.optional(),
    }),
  ),
});
export type DryRunView = z.infer<typeof dryRunViewSchema>;

export const recentMatchesViewSchema = z.object({
  series: z.array(trialSchema),
  /** Number of recent series that could not be read, or not in time; a later request may include them. */
  unread: z.int(),
});
export type RecentMatchesView = z.infer<typeof recentMatchesViewSchema>;

export const confirmQuerySchema = z.object({ confirm: z.enum(['true', 'false']).default('false') });
export const recentQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** Only series of this modality. */
  modality: z.string().min(1).max(16).optional(),
  /** Only series whose description contains this text. */
  description: z.string().max(64).optional(),
});
