import type { RuleChange } from './ruleChanges.js';
import { strings } from './strings.js';

/** What is different, by member of the rule. */
export function Changes({ changes, ifNone }: { changes: readonly RuleChange[]; ifNone: string }) {
  if (changes.length === 0) return <p>{ifNone}</p>;
  const { was, nothing } = strings.versions;
  return (
    <ul className="changes">
      {changes.map(({ what, before, after }) => (
        <li key={what}>
          <strong>{what}:</strong> {after ?? nothing} <span className="fine">{`${was} ${before ?? nothing}`}</span>
        </li>
      ))}
    </ul>
  );
}
