import type { AttributeCondition, Condition, DerivedCondition } from '#contract/condition.js';
import { derivedKinds } from '#contract/derivedAttributes.js';
import type { Rule } from '#contract/rule.js';
import { withoutHidden } from '#contract/shownText.js';
import type { Verdict } from '#contract/verdict.js';
import { attributePathOf } from './attributePath.js';
import { type AttributeValues, attributeValues, mayBeShown } from './attributeValues.js';
import { kindOfValues } from './conditionChecks.js';
import { decidingSentences } from './decidingSentences.js';
import { whyNeverStarted } from './loopGuard.js';
import type { SeriesDescription } from './seriesDescription.js';
import { compileValueTest } from './valueTest.js';

/** The verdict of a rule on one series. */
export interface RuleMatch {
  readonly matched: boolean;
  /** Why, one to three sentences. */
  readonly because: string;
  /**
   * Of its conditions; they may all be true without a match, because results and derived objects never start a job
   * automatically.
   */
  readonly conditions: Verdict;
}

export type Matcher = (series: SeriesDescription) => RuleMatch;

/**
 * Prepares a rule for many series: compiles its expressions and looks up its attributes. Ignores whether it is enabled.
 * @param rule a valid one (`ruleSchema`)
 */
export function createMatcher(rule: Pick<Rule, 'match'>): Matcher {
  const judge = compile(rule.match);
  return (series) => {
    const conditions = judge(series);
    const never = conditions.holds ? whyNeverStarted(series, rule.match) : undefined;
    const because = never ?? decidingSentences(conditions).join(' ');
    return { matched: conditions.holds && never === undefined, because, conditions };
  };
}

type Judge = (series: SeriesDescription) => Verdict;

function compile(condition: Condition): Judge {
  if ('all' in condition) {
    const judges = condition.all.map(compile);
    return (series) => {
      const conditions = judges.map((judge) => judge(series));
      const failed = conditions.filter(({ holds }) => !holds).length;
      const because =
        judges.length === 0
          ? 'There is no condition, so every series fits.'
          : failed === 0
            ? `All ${judges.length} conditions hold.`
            : `${failed} of ${judges.length} conditions ${failed === 1 ? 'does' : 'do'} not hold.`;
      return { holds: failed === 0, because, conditions };
    };
  }
  if ('any' in condition) {
    const judges = condition.any.map(compile);
    return (series) => {
      const conditions = judges.map((judge) => judge(series));
      const held = conditions.filter(({ holds }) => holds).length;
      const because =
        held === 0
          ? `None of ${judges.length} conditions holds.`
          : `${held} of ${judges.length} conditions ${held === 1 ? 'holds' : 'hold'}; one is enough.`;
      return { holds: held > 0, because, conditions };
    };
  }
  if ('not' in condition) {
    const judge = compile(condition.not);
    return (series) => {
      const inner = judge(series);
      const because = inner.holds ? 'The excluded condition is true.' : 'The excluded condition is not true.';
      return { holds: !inner.holds, because, conditions: [inner] };
    };
  }
  return 'attribute' in condition ? compileAttribute(condition) : compileDerived(condition);
}

function compileAttribute(condition: AttributeCondition): Judge {
  const path = attributePathOf(condition.attribute);
  if (typeof path === 'string') throw new TypeError(`${condition.attribute} ${path}`);
  const name = path.map((step) => step.name).join('.');
  return compileTest(condition, {
    name,
    shown: path.every(mayBeShown),
    read: ({ attributes }) => attributeValues(attributes, path),
    kind: kindOfValues(condition, path),
    whenAbsent: `The series has no ${name}.`,
  });
}

const millimetres: ReadonlySet<string> = new Set(['sliceSpacing', 'sliceThickness']);

function compileDerived(condition: DerivedCondition): Judge {
  const { derived: name } = condition;
  const kind = derivedKinds[name] === 'number' ? 'number' : 'text';
  return compileTest(condition, {
    name,
    shown: true,
    ...(millimetres.has(name) && { unit: ' mm' }),
    kind,
    read({ derived }) {
      const value = derived[name];
      const texts = value === undefined ? [] : [value].flat().map(String);
      return { kind, texts, exists: texts.length > 0 };
    },
    whenAbsent: `The headers do not contain ${name}.`,
  });
}

/** The attribute under test. */
interface Subject {
  readonly name: string;
  /** Whether a sentence may quote its values. */
  readonly shown: boolean;
  readonly unit?: string;
  readonly kind: AttributeValues['kind'];
  readonly read: (series: SeriesDescription) => AttributeValues;
  readonly whenAbsent: string;
}

function compileTest(condition: AttributeCondition | DerivedCondition, subject: Subject): Judge {
  const { name, shown, read, whenAbsent } = subject;
  if (condition.exists !== undefined) {
    const wanted = condition.exists;
    return (series) => {
      const { exists } = read(series);
      return { holds: exists === wanted, because: exists ? `The series has ${name}.` : whenAbsent };
    };
  }
  const test = compileValueTest(subject.kind, condition);
  return (series) => {
    const { texts } = read(series);
    if (texts.length === 0) return { holds: false, because: whenAbsent };
    const holds = texts.some(test.holds);
    if (!shown) return { holds, because: `${name} is ${holds ? '' : 'not '}as the rule asks.` };
    const verdict = holds ? test.whenItHolds : test.whenNot;
    return { holds, because: `${name} is ${showValues(texts, subject)}${verdict && `, ${verdict}`}.` };
  };
}

const mostShown = 6;
const longestShown = 100;

/** "ORIGINAL, PRIMARY, AXIAL"; free text in quotation marks: "T1 MPRAGE". */
function showValues(texts: readonly string[], { kind, unit = '' }: Subject): string {
  const shown = texts.slice(0, mostShown).map((text) => {
    // Control characters of a damaged or hostile header must not reach a terminal or log.
    const clean = withoutHidden(text.replace(/\s/g, ' '));
    const short = clean.length > longestShown ? `${clean.slice(0, longestShown)}…` : clean;
    return kind === 'text' && /[^A-Za-z0-9_]/.test(short) ? `"${short}"` : `${roundNumber(kind, short)}${unit}`;
  });
  return shown.join(', ') + (texts.length > mostShown ? ', …' : '');
}

/** Computed spacings are rounded for display. */
const roundNumber = (kind: Subject['kind'], text: string): string =>
  kind === 'number' && text.length > 8 ? String(Number(Number(text).toPrecision(6))) : text;
