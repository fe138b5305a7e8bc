import type { Finding } from '../../../../server/contract/finding.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import { FreeTextTag } from '../FreeTextTag.js';
import { Suggestions } from '../Suggestions.js';

interface MissingRowProps {
  readonly finding: Exclude<Finding, { status: 'found' }>;
  readonly onSuggestion: (text: string) => void;
}

/** A target that was not found, or a part of the text that was refused, with the reason. */
export function MissingRow({ finding, onSuggestion }: MissingRowProps) {
  const notFound = finding.status === 'not-found';
  const reason = notFound
    ? laterStrings.unknown.notFound(finding.reason)
    : laterStrings.unknown.refused(finding.code ?? '', finding.prompt, finding.reason);
  return (
    <li
      className="promptseg-missing"
      data-promptseg="finding"
      data-status={finding.status}
      data-code={notFound ? undefined : finding.code}
    >
      <p>
        <b>{notFound ? finding.target.name : <q>{finding.prompt}</q>}</b>{' '}
        {notFound && <FreeTextTag target={finding.target} />}
        {notFound ? strings.finding.notFound : strings.finding.refused}.{' '}
        {/* What the tables have no German for stays English. */}
        <span lang={reason === finding.reason ? 'en' : undefined}>{reason}</span>
      </p>
      {finding.status === 'refused' && (
        <Suggestions nearest={finding.nearest} prompt={finding.prompt} onChoose={onSuggestion} />
      )}
    </li>
  );
}
