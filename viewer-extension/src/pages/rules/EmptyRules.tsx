import { useRights } from '../../client/rights.js';
import { exampleRule } from './exampleRule.js';
import { type RuleDraft, writeRuleText } from './ruleText.js';
import { strings } from './strings.js';

/** Explains rules when there are none yet. */
export function EmptyRules({ onNew, onBlank }: { onNew: (draft: RuleDraft) => void; onBlank: () => void }) {
  const text = strings.empty;
  const mayChange = useRights().may('rules:write');
  return (
    <div className="card first">
      <h3>{text.heading}</h3>
      <p>{text.text}</p>
      <pre>{writeRuleText(exampleRule)}</pre>
      {mayChange && (
        <div className="adds">
          <button type="button" className="primary" onClick={() => onNew(exampleRule)}>
            {text.take}
          </button>
          <button type="button" onClick={onBlank}>
            {text.blank}
          </button>
        </div>
      )}
      <p className="fine">{text.after}</p>
    </div>
  );
}
