import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Document as YamlDocument } from 'yaml';
import { membersOf } from './conditionForm.js';
import { strings } from './strings.js';

/** A rule that is being written: members of the rule language, any of which may be missing or wrong. */
export type RuleDraft = Readonly<Record<string, unknown>>;

/** Errors and their positions, from the server. */
export interface TextProblem {
  /** JSON Pointer into the rule; empty for the whole. */
  readonly pointer: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
  /** Of the message, where it is not that of the page. */
  readonly lang?: 'en' | undefined;
}

export type ReadText = { readonly draft: RuleDraft; readonly problem?: undefined } | { readonly problem: TextProblem };

const mostAliases = 100;

/** One rule in YAML, or in JSON, which YAML includes. */
export function readRuleText(text: string): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { problem: { pointer: '', line, column: col, message: error.message, lang: 'en' } };
  }
  const wrong = (message: string): ReadText => ({ problem: { pointer: '', line: 1, column: 1, message } });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch {
    return wrong(strings.text.tooManyAliases);
  }
  const draft = membersOf(value);
  if (draft === undefined) return wrong(strings.text.notARule);
  return 'rules' in draft ? wrong(strings.text.aSet) : { draft };
}

/** Members of a rule in the order in which they are written. */
const order = [
  'name',
  'description',
  'enabled',
  'match',
  'everySeries',
  'prompts',
  'model',
  'output',
  'destinations',
  'holdUntilAccepted',
  'priority',
  'timeWindow',
  'limits',
  'afterMatch',
];

/** @param value undefined: the member is left out */
export function withMember(draft: RuleDraft, name: string, value: unknown): RuleDraft {
  const rank = (member: string): number => (order.includes(member) ? order.indexOf(member) : order.length);
  const members = Object.entries({ ...draft, [name]: value }).filter(([, each]) => each !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => rank(a) - rank(b)));
}

/** Default values, which need not be written. */
const usual: Readonly<Record<string, unknown>> = {
  enabled: true,
  destinations: ['source'],
  priority: 'routed',
  afterMatch: 'continue',
};

/** A rule as a person would write it: without what goes without saying. */
export function withoutUsual(rule: object): RuleDraft {
  const members = Object.entries(rule).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]));
  return Object.fromEntries(members);
}

/** The rule in YAML: a line for each condition and list. */
export function writeRuleText(draft: RuleDraft): string {
  const document = new YamlDocument(draft);
  if (isMap(document.contents))
    for (const { key, value } of document.contents.items) layOut(String(isScalar(key) ? key.value : key), value);
  return document.toString({ lineWidth: 110, flowCollectionPadding: true });
}

function layOut(member: string, value: unknown): void {
  if (member === 'match') layOutCondition(value);
  else if (isMap(value) || isSeq(value)) value.flow = true;
}

function layOutCondition(node: unknown): void {
  if (!isMap(node)) return;
  const join = node.get('all') ?? node.get('any');
  if (isSeq(join) && join.items.length > 0) for (const part of join.items) layOutCondition(part as Node);
  else if (isMap(node.get('not')) && !isLeaf(node.get('not'))) layOutCondition(node.get('not'));
  else node.flow = true;
}

const isLeaf = (node: unknown): boolean => isMap(node) && !node.has('all') && !node.has('any') && !node.has('not');
