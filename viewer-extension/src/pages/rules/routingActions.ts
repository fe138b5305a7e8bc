import type { Backfill, BackfillRequest } from '../../../../server/contract/routing.js';
import type { RuleView } from '../../../../server/contract/rules.js';
import type { RuleDraft } from './ruleText.js';

/** What a reader of the page can do with rules and with what they do. */
export interface RoutingActions {
  readonly onSave: (rule: RuleDraft, etag: string | undefined) => Promise<RuleView | undefined>;
  readonly onDelete: (view: RuleView) => void;
  readonly onTemplate: (draft: RuleDraft) => void;
  readonly onRelease: (seriesInstanceUID: string) => void;
  readonly onStart: (request: BackfillRequest) => Promise<void>;
  readonly onCancel: (backfill: Backfill) => void;
  readonly onHold: (isHeld: boolean) => void;
  readonly onBack: () => void;
}
