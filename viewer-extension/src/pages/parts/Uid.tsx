import { useState } from 'react';
import { shortUid } from '../../client/format.js';
import { pageStrings } from '../../client/pageStrings.js';

/** A long identifier, shortened; a click copies the whole. */
export function Uid({ what, value }: { what: string; value: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const shown = copied ? pageStrings.copied : shortUid(value);
  return (
    <span className="uid">
      {what}{' '}
      <button
        type="button"
        className="quiet"
        title={value}
        aria-label={pageStrings.copy(shown, what)}
        onClick={() => void copy()}
      >
        {shown}
      </button>
    </span>
  );
}
