import { z } from 'zod';
import { actorSchema } from './actor.js';
import { type Condition, conditionSchema } from './condition.js';
import { destinationNameSchema, outputSchema, segmentationRequestSchema, sourceDestination } from './job.js';

/** Version of the rule format, not of a rule. */
const rulesLanguageVersion = 1;

/** Reserved: in addresses of the API these are not names. */
const wordsOfTheApi: ReadonlySet<string> = new Set(['backfills', 'counts', 'feed', 'parked']);

export const ruleNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'consists of a-z, 0-9 and single hyphens between them')
  .refine((name) => !wordsOfTheApi.has(name), 'is a word of the API, /api/v1/rules/…; choose another name');

const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as "22:00"');

/**
 * A rule as an administrator writes it; `docs/administer/routing.md` explains every field. The server adds its own
 * checks of conditions.
 */
export const ruleSchemaWith = (condition: z.ZodType<Condition>) =>
  z.strictObject({
    name: ruleNameSchema,
    description: z.string().max(1000).optional(),
    /** A disabled rule is kept and can be tested, but creates no jobs. */
    enabled: z.boolean().default(true),
    match: condition,
    /** Confirms that the rule is meant to match every series; without it such a rule is refused. */
    everySeries: z.literal(true).optional(),
    prompts: segmentationRequestSchema.shape.prompts,
    model: segmentationRequestSchema.shape.model,
    anyway: segmentationRequestSchema.shape.anyway,
    output: outputSchema.optional(),
    /** Names in the settings; `source` is the archive of the series. */
    destinations: z
      .array(destinationNameSchema)
      .min(1)
      .max(20)
      .refine((names) => new Set(names).size === names.length, 'names a destination twice')
      .default([sourceDestination]),
    /** Destinations besides `source` get a result once it is accepted, and not before. */
    holdUntilAccepted: z.boolean().optional(),
    /** `interactive`: like jobs for which a person waits. */
    priority: z.enum(['routed', 'interactive']).default('routed'),
    /** Local time of the server; `to` before `from` spans midnight. Outside the window matching series wait. */
    timeWindow: z
      .strictObject({ from: timeOfDaySchema, to: timeOfDaySchema })
      .refine(({ from, to }) => from !== to, 'from and to are the same')
      .optional(),
    limits: z.strictObject({ perHour: z.int().min(1).max(100_000).optional() }).optional(),
    /** Whether the following rules are also evaluated for a series that matches this one. */
    afterMatch: z.enum(['stop', 'continue']).default('continue'),
  });
export const ruleSchema = ruleSchemaWith(conditionSchema);
export type Rule = z.infer<typeof ruleSchema>;

/** Every series is compared with every rule. */
export const mostRules = 1000;

/** Content of a rule file, and body of `PUT /api/v1/rules`: rules in the order of their evaluation. */
export const ruleSetSchemaWith = (rule: typeof ruleSchema) =>
  z.strictObject({
    version: z.literal(rulesLanguageVersion),
    rules: z
      .array(rule)
      .max(mostRules)
      .superRefine((rules, context) => {
        const seen = new Set<string>();
        for (const [index, { name }] of rules.entries()) {
          if (seen.has(name))
            context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is the name of an earlier rule' });
          seen.add(name);
        }
      }),
  });
export const ruleSetSchema = ruleSetSchemaWith(ruleSchema);
export type RuleSet = z.infer<typeof ruleSetSchema>;

/** Origin of a rule: the API, or the file of PROMPTSEG_RULES_FILE, which is then the only place to change it. */
const ruleOrigins = ['api', 'file'] as const;
export type RuleOrigin = (typeof ruleOrigins)[number];

/** One version of a rule. Every change creates a new one. */
export const ruleVersionSchema = z.object({
  rule: ruleSchema,
  /** 1, 2, … per name; continues if a rule is deleted and created again. */
  version: z.int().min(1),
  /** SHA-256 of the whole rule. */
  hash: z.string(),
  /**
   * SHA-256 of the fields that determine its jobs: prompts, model, output, destinations. Changing the description, the
   * time window or `enabled` creates a version with the same `workHash`, so its series are not segmented again.
   */
  workHash: z.string(),
  origin: z.enum(ruleOrigins),
  /** When it became valid. */
  since: z.iso.datetime(),
  /** Who changed it; absent if nobody had signed in, and for a version of the rule file. */
  changedBy: actorSchema.optional(),
});
export type RuleVersion = z.infer<typeof ruleVersionSchema>;
