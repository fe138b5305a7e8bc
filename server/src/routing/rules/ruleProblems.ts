import type { z } from 'zod';
import { conditionWords } from '#contract/condition.js';
import { PromptsegError } from '../../platform/errors.js';

/** A problem of a rule and its position. */
export interface RuleProblem {
  /** JSON Pointer (RFC 6901) into the rule or the set of rules; empty for the whole. */
  readonly pointer: string;
  /** Position in the text, if there was one; both from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The problem, worded to follow the name of the field. */
  readonly message: string;
}

/** Maximum number of reported problems; the rest appears once these are fixed. */
const mostProblems = 50;

/** @throws PromptsegError `rule-invalid` with the problems in its details, the first of them in its message */
export function throwInvalid(problems: readonly RuleProblem[]): never {
  const [first] = problems;
  const place = first === undefined ? '' : placeInWords(first);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new PromptsegError('rule-invalid', `${place}: ${first?.message ?? 'is not valid'}${more}.`, {
    details: { problems: problems.slice(0, mostProblems) },
  });
}

const placeInWords = ({ pointer, line, column }: RuleProblem): string => {
  const where = pointer === '' ? 'the rules' : pointer;
  return line === undefined ? where : `Line ${line}, column ${column}, ${where}`;
};

type Path = readonly PropertyKey[];

/**
 * The issues of a schema, each with its path. A condition is one of several kinds; its issues are reported only for the
 * kind that its fields suggest.
 */
export function problemsOf(error: z.ZodError, input: unknown): { readonly path: Path; readonly message: string }[] {
  return error.issues.flatMap((issue) => explain(issue as z.core.$ZodIssue, [], input));
}

function explain(issue: z.core.$ZodIssue, around: Path, input: unknown): { path: Path; message: string }[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a word that belongs here' }));
  if (issue.code !== 'invalid_union' || issue.errors.length !== conditionWords.length)
    return [{ path, message: inWords(issue) }];
  const value = valueAt(input, path);
  const said = isObject(value) ? conditionWords.filter((word) => word in value) : [];
  const branch = said.length === 1 ? issue.errors[conditionWords.indexOf(said[0]!)] : undefined;
  if (branch !== undefined) return branch.flatMap((each) => explain(each, path, input));
  const found = said.length === 0 ? 'has none' : `has ${said.join(' and ')}`;
  return [{ path, message: `is no condition: it needs just one of ${conditionWords.join(', ')}; it ${found}` }];
}

/** Zod's own sentences begin like "Invalid input: expected string, received number". */
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_union') return 'is neither text nor a number nor true or false';
  if (issue.code === 'too_small') return tooSmall(issue);
  const message = issue.message.replace(/^Invalid (input|option): /, '').replace(/^Invalid string: /, '');
  return message.replace(/^expected (.*), received undefined$/, 'is missing; expected $1');
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'array') return minimum === 1 ? 'needs at least one entry' : `needs at least ${minimum} entries`;
  if (origin === 'string') return minimum === 1 ? 'is empty' : `needs at least ${minimum} characters`;
  return `must be ${minimum} or more`;
}

export const pointerOf = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) value = isObject(value) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  return value;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Maximum depth of a rule. */
export const deepest = 50;

/**
 * Whether a value nests deeper than rules may. Checked without recursion, because the later checks are recursive. Each
 * object counts once per level, because YAML's aliases may form a loop.
 */
export function nestsTooDeep(value: unknown): boolean {
  let level = new Set([value].filter(isObject));
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > deepest) return true;
    level = new Set([...level].flatMap((each) => Object.values(each)).filter(isObject));
  }
  return false;
}
