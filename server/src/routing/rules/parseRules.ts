import { type Document, isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { Rule, RuleSet } from '#contract/rule.js';
import { isWellFormed } from '../../http/wellFormedText.js';
import { checkedRuleSchema, checkedRuleSetSchema } from './conditionChecks.js';
import { deepest, nestsTooDeep, pointerOf, problemsOf, type RuleProblem, throwInvalid } from './ruleProblems.js';
import type { RuleReadings } from './ruleReader.js';

/**
 * A thousand ordinary rules. The worst texts keep the YAML library busy for seconds: `ruleReader.ts` ends that.
 */
const longestSet = 2 ** 19;
/** Fifty times the size of a rule that uses every field. */
const longestRule = 2 ** 16;

/** Most nodes that the aliases in one text may expand to; ten lines of aliases could expand to a billion. */
const mostAliases = 1000;

/** One rule as a program sends it. @throws PromptsegError `rule-invalid` with every position and reason */
export const parseRule = (input: unknown): Rule => check(checkedRuleSchema, input);

/** A set of rules as a program sends it. @throws PromptsegError `rule-invalid` with every position and reason */
export const parseRuleSet = (input: unknown): RuleSet => check(checkedRuleSetSchema, input);

/**
 * A set of rules in YAML 1.2 or JSON, which YAML includes.
 * @throws PromptsegError `rule-invalid` with every position (JSON Pointer, line, column) and reason
 */
export const parseRuleSetText = (text: string): RuleSet => checkText(() => checkedRuleSetSchema, text);

/** One rule in YAML 1.2 or JSON. @throws PromptsegError as {@link parseRuleSetText} */
const parseRuleText = (text: string): Rule => checkText(() => checkedRuleSchema, text);

/**
 * One rule or a set of rules, as a program sends it. @throws PromptsegError `rule-invalid` with every position and
 * reason
 */
export const parseRules = (input: unknown): readonly Rule[] =>
  rulesOf(isSet(input) ? parseRuleSet(input) : parseRule(input));

/** The same in YAML 1.2 or JSON. @throws PromptsegError as {@link parseRuleSetText} */
export const parseRulesText = (text: string): readonly Rule[] =>
  rulesOf(checkText<Rule | RuleSet>((input) => (isSet(input) ? checkedRuleSetSchema : checkedRuleSchema), text));

/** Reads a client's rules for `ruleReader.ts`. @throws PromptsegError `rule-invalid` with every position and reason */
export function readRules<Kind extends keyof RuleReadings>(as: Kind, input: unknown): RuleReadings[Kind];
export function readRules(as: keyof RuleReadings, input: unknown): RuleReadings[keyof RuleReadings] {
  const isText = typeof input === 'string';
  switch (as) {
    case 'rule':
      return isText ? parseRuleText(input) : parseRule(input);
    case 'set':
      return isText ? parseRuleSetText(input) : parseRuleSet(input);
    case 'any':
      return isText ? parseRulesText(input) : parseRules(input);
  }
}

/**
 * Compiling takes 7 µs per character of the worst expressions, in the server's own thread. Ordinary expressions have
 * about twenty characters.
 */
const longestExpressions = 20_000;

function requireModestExpressions(rules: unknown): void {
  let length = 0;
  const left = [rules];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('matches' in next && typeof next.matches === 'string') length += next.matches.length;
    for (const each of Object.values(next)) left.push(each);
  }
  if (length > longestExpressions)
    throwInvalid([{ pointer: '', message: `have expressions of more than ${longestExpressions} characters together` }]);
}

const isSet = (input: unknown): boolean => typeof input === 'object' && input !== null && 'rules' in input;
const rulesOf = (parsed: Rule | RuleSet): readonly Rule[] => ('rules' in parsed ? parsed.rules : [parsed]);

function check<T>(schema: z.ZodType<T>, input: unknown): T {
  if (nestsTooDeep(input)) throwInvalid([{ pointer: '', message: 'nest too deep' }]);
  const parsed = schema.safeParse(input);
  if (parsed.success) {
    requireModestExpressions(parsed.data);
    return parsed.data;
  }
  throwInvalid(problemsOf(parsed.error, input).map(({ path, message }) => ({ pointer: pointerOf(path), message })));
}

/** @param schemaFor which schema a value is checked against */
function checkText<T>(schemaFor: (input: unknown) => z.ZodType<T>, text: string): T {
  const requireLength = (longest: number): void => {
    if (text.length > longest) throwInvalid([{ pointer: '', message: `are longer than ${longest} characters` }]);
  };
  requireLength(longestSet);
  if (bracketsNestTooDeep(text)) throwInvalid([{ pointer: '', message: 'nest too deep' }]);
  const lines = new LineCounter();
  const at = (offset: number): Pick<RuleProblem, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // The library compares each key with all others: 45 000 keys, half a megabyte, took it two minutes (eemeli/yaml#537).
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document = readable(() => parseDocument(text, options));
  if (document.errors.length > 0)
    throwInvalid(
      document.errors.map(({ pos, message }) => ({ pointer: '', ...at(pos[0]), message: endless(message) })),
    );
  const twice = readable(() => repeatedKey(document));
  if (twice !== undefined)
    throwInvalid([{ pointer: '', ...at(twice), message: 'have a key twice in one map: keys must be unique' }]);
  const input: unknown = readable(() => document.toJS({ maxAliasCount: mostAliases }));
  if (nestsTooDeep(input)) throwInvalid([{ pointer: '', message: 'nest too deep' }]);
  if (!isWellFormed(input)) throwInvalid([{ pointer: '', message: 'hold U+0000 or half of a surrogate pair' }]);
  if (!isSet(input)) requireLength(longestRule);
  const parsed = schemaFor(input).safeParse(input);
  if (parsed.success) {
    requireModestExpressions(parsed.data);
    return parsed.data;
  }
  throwInvalid(
    problemsOf(parsed.error, input).map(({ path, message }) => ({
      pointer: pointerOf(path),
      ...at(offsetOf(path)),
      message,
    })),
  );

  /** Position of a value, or of the nearest one around it if it is missing. */
  function offsetOf(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { readonly range?: readonly number[] } | undefined;
      if (node?.range?.[0] !== undefined) return node.range[0];
    }
    return 0;
  }
}

/** Half a megabyte of opening brackets kept the library busy for 10 s; its lexer ends at the first that is too deep. */
function bracketsNestTooDeep(text: string): boolean {
  const most = deepest + 1;
  if (text.split(/[[{]/, most + 2).length <= most + 1) return false;
  let depth = 0;
  let before = '';
  for (const token of new Lexer().lex(text)) {
    // What follows U+001F is a text, whatever it looks like.
    if (before !== '\x1f') depth += token === '[' || token === '{' ? 1 : token === ']' || token === '}' ? -1 : 0;
    if (depth > most) return true;
    before = token;
  }
  return false;
}

/** Offset of a key that its map has before. */
function repeatedKey(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}

/** Runs a step of the YAML library, which throws on too many aliases, or if the nesting exhausts the stack. */
function readable<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof RangeError) throwInvalid([{ pointer: '', message: 'nest too deep' }]);
    if (error instanceof ReferenceError) throwInvalid([{ pointer: '', message: 'have too many aliases' }]);
    throw error;
  }
}

const endless = (message: string): string => message.replace(/\.$/, '');
