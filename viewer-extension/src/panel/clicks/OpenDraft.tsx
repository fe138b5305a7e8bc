import { useState } from 'react';
import type { Draft } from '../../../../server/contract/drafts.js';
import { formatMoment } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { Trouble } from '../../client/trouble.js';
import { TroubleText } from '../TroubleText.js';
import { toTrouble } from '../toTrouble.js';
import type { ClickStore } from './clickStore.js';

const texts = laterStrings.clicks;

interface OpenDraftProps {
  readonly clicks: ClickStore;
  readonly draft: Draft;
  /** Of the structure. */
  readonly name: string;
  readonly onGoOn: () => void;
}

/** Clicks that are neither stored nor discarded. */
export function OpenDraft({ clicks, draft, name, onGoOn }: OpenDraftProps) {
  const [trouble, setTrouble] = useState<Trouble>();
  const text = texts.open(name, draft.clicks.length, formatMoment(draft.changedAt), draft.createdBy?.displayName);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div className="promptseg-edit" role="group" aria-label={text} data-promptseg="open-draft">
      <p>{text}</p>
      {trouble && <TroubleText trouble={trouble} />}
      <div className="promptseg-buttons">
        <button type="button" className="promptseg-primary" onClick={onGoOn} data-promptseg="go-on-clicks">
          {texts.goOn}
        </button>
        <button
          type="button"
          className="promptseg-plain"
          onClick={() => void clicks.discardDraft(draft).catch((error) => setTrouble(toTrouble(error)))}
          data-promptseg="discard-draft"
        >
          {texts.discard}
        </button>
      </div>
    </div>
  );
}
