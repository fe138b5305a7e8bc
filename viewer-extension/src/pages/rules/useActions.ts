import { useState } from 'react';
import type { RuleView } from '../../../../server/contract/rules.js';
import { ApiError, type Trouble } from '../../client/trouble.js';
import { toTrouble } from '../parts/toTrouble.js';
import { saveRule } from './api.js';
import type { RuleDraft } from './ruleText.js';

/** What an action came to: said once, to readers and to screen readers. */
export type Outcome =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly trouble: Trouble; readonly code: string | undefined };

/** Asks for confirmation before saving a rule that matches everything. */
export interface WideQuestion {
  readonly reason: string;
  decide(yes: boolean): void;
}

export interface Actions {
  readonly outcome: Outcome | undefined;
  readonly wide: WideQuestion | undefined;
  /** Does something and says how it went. @returns undefined if it failed, or was taken back */
  act<Result>(action: () => Promise<Result>, sentence: (result: Result) => string): Promise<Result | undefined>;
  save(rule: RuleDraft, etag: string | undefined, sentence: (saved: RuleView) => string): Promise<RuleView | undefined>;
  dismiss(): void;
}

/** @param after reads again after each action, successful or not */
export function useActions(after: () => Promise<void>): Actions {
  const [outcome, setOutcome] = useState<Outcome>();
  const [wide, setWide] = useState<WideQuestion>();

  const act: Actions['act'] = async (action, sentence) => {
    try {
      const result = await action();
      setOutcome({ kind: 'done', sentence: sentence(result) });
      return result;
    } catch (error) {
      const code = error instanceof ApiError ? error.problem.code : undefined;
      setOutcome({ kind: 'failed', trouble: toTrouble(error), code });
      return undefined;
    } finally {
      await after();
    }
  };

  const isMeant = (reason: string): Promise<boolean> =>
    new Promise((resolve) => {
      const decide = (yes: boolean): void => {
        setWide(undefined);
        resolve(yes);
      };
      setWide({ reason, decide });
    });

  return {
    outcome,
    wide,
    act,
    async save(rule, etag, sentence) {
      try {
        const saved = await saveRule(rule, { etag, confirmed: false });
        return act(() => Promise.resolve(saved), sentence);
      } catch (error) {
        const isWide = error instanceof ApiError && error.problem.code === 'rule-too-wide';
        if (!isWide) return act(() => Promise.reject(error), sentence);
        if (!(await isMeant(error.message))) return undefined;
        return act(() => saveRule(rule, { etag, confirmed: true }), sentence);
      }
    },
    dismiss: () => setOutcome(undefined),
  };
}
