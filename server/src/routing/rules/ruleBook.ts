import { type PreparedRule, prepareRules } from './chooseRules.js';
import { etagOfAll } from './ruleIdentity.js';
import type { RuleStore } from './ruleStore.js';

/** The valid rules, prepared for matching again only after a change. */
export interface RuleBook {
  /** The current rules, in the order in which they are applied. */
  prepared(): Promise<readonly PreparedRule[]>;
}

export function createRuleBook({ list }: Pick<RuleStore, 'list'>): RuleBook {
  let known: { readonly etag: string; readonly rules: readonly PreparedRule[] } | undefined;
  return {
    async prepared() {
      const versions = await list();
      const etag = etagOfAll(versions);
      if (known?.etag !== etag) known = { etag, rules: prepareRules(versions) };
      return known.rules;
    },
  };
}
