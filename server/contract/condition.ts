import { z } from 'zod';
import { derivedKinds, derivedNames } from './derivedAttributes.js';

/** The value to compare an attribute with. */
const valueSchema = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** An end of a range: a number, or a date or time (DA, DT or TM as in DICOM; 2026-01-31 is accepted too). */
const boundSchema = z.union([z.number(), z.string().min(1).max(30)]);

/** How a value is tested; a condition has exactly one test. */
const testShape = {
  /** Compares text ignoring case and padding, and numbers as numbers; any of several values may match. */
  equals: valueSchema.optional(),
  /** Equals any of these. */
  oneOf: z.array(valueSchema).min(1).max(1000).optional(),
  /** RE2 expression, searched anywhere in the value: `^` and `$` anchor it, `(?i)` ignores case. */
  matches: z.string().min(1).max(1000).optional(),
  /** Not smaller. */
  atLeast: boundSchema.optional(),
  /** Not larger. */
  atMost: boundSchema.optional(),
  /** From the first to the second value, both included. */
  between: z.tuple([boundSchema, boundSchema]).optional(),
  /** True: the attribute has a value. False: it is absent or empty. */
  exists: z.boolean().optional(),
};
export const testNames = Object.keys(testShape) as (keyof typeof testShape)[];
export type TestName = (typeof testNames)[number];

/** The tests that compare with the ends of a range. */
export const rangeTests = ['atLeast', 'atMost', 'between'] as const;

const attributeShape = z.strictObject({
  /**
   * DICOM keyword or tag, `SeriesDescription` or `(0008,103E)`; of an item of a sequence,
   * `AnatomicRegionSequence.CodeValue`.
   */
  attribute: z.string().min(1).max(200),
  ...testShape,
});
export type AttributeCondition = z.infer<typeof attributeShape>;

const derivedShape = z.strictObject({
  /** An attribute that Promptseg derives from the series. */
  derived: z.enum(derivedNames),
  ...testShape,
});
export type DerivedCondition = z.infer<typeof derivedShape>;

/** A condition on a series, or several combined. `all: []` is true for every series, `any: []` for none. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | AttributeCondition
  | DerivedCondition;

/** A fault of a condition, and the field that has it. */
export interface ConditionProblem {
  readonly word: string;
  /** The fault, worded to follow the name of the field. */
  readonly message: string;
}

/** Checks that need a DICOM dictionary and a regular expression engine, which only the server has. */
export interface ConditionChecks {
  readonly attribute: (condition: AttributeCondition) => readonly ConditionProblem[];
  /** @returns why an expression cannot be used; undefined if it can */
  readonly expression: (expression: string) => string | undefined;
}

/** The schema of conditions with the checks that a browser cannot make. */
export function conditionSchemaWith({ attribute, expression }: ConditionChecks): z.ZodType<Condition> {
  const report = (context: z.RefinementCtx, problems: readonly ConditionProblem[]): void => {
    for (const { word, message } of problems) context.addIssue({ code: 'custom', path: [word], message });
  };
  const checkTests = (condition: Tests, context: z.RefinementCtx): void => {
    requireOneTest(condition, context);
    const problem = condition.matches === undefined ? undefined : expression(condition.matches);
    if (problem !== undefined) report(context, [{ word: 'matches', message: problem }]);
  };
  const attributeSchema = attributeShape.superRefine((condition, context) => {
    checkTests(condition, context);
    report(context, attribute(condition));
  });
  const derivedSchema = derivedShape.superRefine((condition, context) => {
    checkTests(condition, context);
    report(context, derivedProblems(condition));
  });
  const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
    z.union([
      z.strictObject({ all: z.array(conditionSchema).max(mostConditions) }),
      z.strictObject({ any: z.array(conditionSchema).max(mostConditions) }),
      z.strictObject({ not: conditionSchema }),
      attributeSchema,
      derivedSchema,
    ]),
  );
  return conditionSchema;
}

/** Checks only the shape of conditions: the server has checked the ones that it sends. */
export const conditionSchema = conditionSchemaWith({ attribute: () => [], expression: () => undefined });

/** The field that determines the kind of a condition, in the order of the union above. */
export const conditionWords = ['all', 'any', 'not', 'attribute', 'derived'] as const;

const mostConditions = 200;

/** The fields that both kinds of conditions share, for the checks below. */
type Tests = { readonly [Name in TestName]?: unknown } & { readonly matches?: string | undefined };

function requireOneTest(condition: Tests, context: z.RefinementCtx): void {
  const given = testNames.filter((name) => condition[name] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'has none' : `has ${given.join(' and ')}`;
    context.addIssue({ code: 'custom', message: `needs just one of ${testNames.join(', ')}; it ${found}` });
  }
}

/** The test of a derived attribute must match the attribute's kind. */
function derivedProblems(condition: DerivedCondition): readonly ConditionProblem[] {
  const { derived, equals, oneOf } = condition;
  const kind = derivedKinds[derived];
  const sentence =
    typeof kind === 'string' ? `${derived} is ${kindInWords[kind]}` : `${derived} is one of ${kind.join(', ')}`;
  const fits = (value: unknown): boolean =>
    typeof kind === 'string' ? typeof value === kind : (kind as readonly unknown[]).includes(value);
  const problems: ConditionProblem[] = [];
  if (equals !== undefined && !fits(equals)) problems.push({ word: 'equals', message: sentence });
  if (oneOf !== undefined && !oneOf.every(fits)) problems.push({ word: 'oneOf', message: sentence });
  if (condition.matches !== undefined && typeof kind === 'string')
    problems.push({ word: 'matches', message: `${sentence}, not text` });
  for (const word of rangeTests) {
    const bounds = condition[word];
    if (bounds === undefined) continue;
    if (kind !== 'number') problems.push({ word, message: `${sentence}; it has no range` });
    else if (![bounds].flat().every((bound) => typeof bound === 'number')) problems.push({ word, message: sentence });
  }
  return problems;
}

const kindInWords = { boolean: 'true or false', number: 'a number' } as const;
