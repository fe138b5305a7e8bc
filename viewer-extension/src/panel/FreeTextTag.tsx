import type { TargetView } from '../../../server/contract/finding.js';
import { strings } from '../client/strings.js';

/** Marks a target that was named in free text. */
export function FreeTextTag({ target }: { target: TargetView }) {
  if (target.freeText === undefined) return null;
  return (
    <span className="promptseg-tag" title={strings.freeText.hint}>
      {strings.freeText.tag}
    </span>
  );
}
