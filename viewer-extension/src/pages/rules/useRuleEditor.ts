import { useEffect, useMemo, useState } from 'react';
import type { Rule } from '../../../../server/contract/rule.js';
import type { RuleCheckView, RuleView } from '../../../../server/contract/rules.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../parts/toTrouble.js';
import { validate } from './api.js';
import { type RuleDraft, readRuleText, type TextProblem, withMember, withoutUsual, writeRuleText } from './ruleText.js';
import { strings } from './strings.js';

/** A rule while it is written, as form and as text at once. */
export interface RuleEditor {
  /** The version that is changed; undefined for a new rule. */
  readonly base: RuleView | undefined;
  readonly text: string;
  /** The rule in the text; if that cannot be read, the last readable one. */
  readonly draft: RuleDraft;
  readonly isReadable: boolean;
  readonly isChanged: boolean;
  /** Undefined while the server checks. */
  readonly problems: readonly TextProblem[] | undefined;
  /** Those to be shown: of a new rule none of what nobody has filled in yet. */
  readonly shownProblems: readonly TextProblem[] | undefined;
  /** Members that are still to be filled in. */
  readonly toFillIn: readonly string[];
  readonly advice: readonly string[];
  /** As it is understood, with what was left out; undefined while there are mistakes. */
  readonly rule: Rule | undefined;
  /** Why the server could not check. */
  readonly trouble: Trouble | undefined;
  setText(text: string): void;
  setMember(name: string, value: unknown): void;
  /** Continues with the changes on top of this version; saving overwrites what somebody else changed. */
  leave(members: readonly string[] | 'all'): void;
  /** Takes another content as it is, still a change of the base. */
  setDraft(draft: RuleDraft): void;
  /** Begins again with a version, or with a new rule of this content. */
  begin(base: RuleView | undefined, draft: RuleDraft): void;
  /** The changes are to be made to this version: what somebody else has changed is overwritten by a save. */
  rebase(base: RuleView | undefined): void;
}

interface Written {
  readonly text: string;
  readonly draft: RuleDraft;
  readonly problem?: TextProblem;
}
interface Checked {
  readonly text: string;
  readonly response?: RuleCheckView;
  readonly trouble?: Trouble;
}

/** What a rule must have; the rest has a usual value. */
const toBeFilledIn = ['name', 'match', 'prompts'];
const memberOf = (pointer: string): string => pointer.split('/')[1] ?? '';

/** Nobody waits for the check of each letter. */
const settleMs = 300;

/** @param isLive a check that the server did not respond is asked for again when it is back */
export function useRuleEditor(firstBase: RuleView | undefined, firstDraft: RuleDraft, isLive: boolean): RuleEditor {
  const [base, setBase] = useState(firstBase);
  const [clean, setClean] = useState(firstDraft);
  const [written, setWritten] = useState<Written>(() => ofDraft(firstDraft));
  const [checked, setChecked] = useState<Checked>();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set(firstBase === undefined ? [] : toBeFilledIn));
  const { text, draft, problem } = written;

  useEffect(() => {
    if (problem !== undefined || !isLive) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      validate(text, gone.signal).then(
        (response) => setChecked({ text, response }),
        (error: unknown) => gone.signal.aborted || setChecked({ text, trouble: toTrouble(error) }),
      );
    }, settleMs);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [text, problem, isLive]);

  const isRenamed = base !== undefined && draft.name !== base.rule.name;
  const response = checked?.text === text ? checked.response : undefined;
  const problems = useMemo(() => {
    if (problem !== undefined) return [problem];
    const renamed = isRenamed ? [{ pointer: '/name', line: 1, column: 1, message: strings.text.renamed }] : [];
    return response && [...renamed, ...response.problems.map((each) => ({ ...each, lang: 'en' as const }))];
  }, [problem, isRenamed, response]);

  const isPending = ({ pointer }: TextProblem): boolean =>
    toBeFilledIn.includes(memberOf(pointer)) && !left.has(memberOf(pointer));

  return {
    base,
    text,
    draft,
    isReadable: problem === undefined,
    isChanged: problem !== undefined || !isSame(draft, clean),
    problems,
    shownProblems: problems?.filter((each) => !isPending(each)),
    toFillIn: [...new Set(problems?.filter(isPending).map(({ pointer }) => memberOf(pointer)))],
    advice: response?.advice ?? [],
    rule: isRenamed || problem !== undefined ? undefined : response?.rules?.[0],
    trouble: checked?.text === text ? checked.trouble : undefined,
    leave: (members) => setLeft((before) => new Set([...before, ...(members === 'all' ? toBeFilledIn : members)])),
    setText(next) {
      setLeft(new Set(toBeFilledIn));
      const read = readRuleText(next);
      setWritten(read.problem ? { text: next, draft, problem: read.problem } : { text: next, draft: read.draft });
    },
    setMember: (name, value) => setWritten((before) => ofDraft(withMember(before.draft, name, value))),
    setDraft: (next) => setWritten(ofDraft(next)),
    begin(nextBase, next) {
      setBase(nextBase);
      setClean(next);
      setWritten(ofDraft(next));
    },
    rebase(nextBase) {
      setBase(nextBase);
      setClean(nextBase === undefined ? {} : withoutUsual(nextBase.rule));
    },
  };
}

const ofDraft = (draft: RuleDraft): Written => ({ text: writeRuleText(draft), draft });
const isSame = (a: RuleDraft, b: RuleDraft): boolean =>
  JSON.stringify(withoutUsual(a)) === JSON.stringify(withoutUsual(b));
