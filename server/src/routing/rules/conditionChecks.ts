import {
  type AttributeCondition,
  type ConditionProblem,
  conditionSchemaWith,
  rangeTests,
} from '#contract/condition.js';
import { ruleSchemaWith, ruleSetSchemaWith } from '#contract/rule.js';
import { type AttributePath, type AttributeStep, attributePathOf } from './attributePath.js';
import { kindOf, type ValueKind } from './attributeValues.js';
import { regularExpressionProblem } from './regularExpression.js';
import { boundProblem } from './valueTest.js';

/**
 * How the values of an attribute are compared. The dictionary does not know private attributes: a range implies that
 * they hold numbers.
 */
export function kindOfValues(condition: AttributeCondition, path: AttributePath): ValueKind {
  const { vr } = path.at(-1) as AttributeStep;
  return vr === undefined && rangeTests.some((name) => condition[name] !== undefined) ? 'number' : kindOf(vr);
}

function attributeProblems(condition: AttributeCondition): readonly ConditionProblem[] {
  const path = attributePathOf(condition.attribute);
  if (typeof path === 'string') return [{ word: 'attribute', message: path }];
  const kind = kindOfValues(condition, path);
  return [...valueProblems(condition, kind), ...rangeProblems(condition, kind)];
}

/** A value that the attribute can never have is an error of the rule, not a mismatch of every series. */
function valueProblems(condition: AttributeCondition, kind: ValueKind): readonly ConditionProblem[] {
  return (['equals', 'oneOf'] as const).flatMap((word) => {
    const values = [condition[word] ?? []].flat();
    if (values.some((value) => typeof value === 'boolean'))
      return [{ word, message: 'is text or a number; true and false are for derived attributes' }];
    const isNumber = (value: unknown): boolean => String(value).trim() !== '' && Number.isFinite(Number(value));
    if (kind === 'number' && !values.every(isNumber))
      return [{ word, message: `is not a number, as ${condition.attribute} is` }];
    return [];
  });
}

const rangeProblems = (condition: AttributeCondition, kind: ValueKind): readonly ConditionProblem[] =>
  rangeTests.flatMap((word) =>
    [condition[word] ?? []].flat().flatMap((bound) => {
      const message = boundProblem(kind, bound);
      return message === undefined ? [] : [{ word, message }];
    }),
  );

/** The schema of conditions with the server's checks. */
const checkedConditionSchema = conditionSchemaWith({
  attribute: attributeProblems,
  expression: regularExpressionProblem,
});

/** The schemas of a rule and of a set of rules with the server's checks. */
export const checkedRuleSchema = ruleSchemaWith(checkedConditionSchema);
export const checkedRuleSetSchema = ruleSetSchemaWith(checkedRuleSchema);
