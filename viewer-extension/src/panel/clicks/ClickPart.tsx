import { useState } from 'react';
import type { Draft } from '../../../../server/contract/drafts.js';
import { formatMoment } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { Trouble } from '../../client/trouble.js';
import type { JobResult } from '../results/results.js';
import { TroubleText } from '../TroubleText.js';
import { toTrouble } from '../toTrouble.js';
import { ClickBar } from './ClickBar.js';
import { isOf } from './clicking.js';
import type { ClickStore, ClickStoreState } from './clickStore.js';

const texts = laterStrings.clicks;

interface ClickPartProps {
  readonly clicks: ClickStore;
  readonly state: ClickStoreState;
  readonly result: JobResult;
  readonly onGoOn: (segmentNumber: number) => void;
}

/** The clicks on a result: those that are being made, and those that were left open. */
export function ClickPart({ clicks, state: { clicking, drafts, ended }, result, onGoOn }: ClickPartProps) {
  const { sopInstanceUID } = result.stored;
  if (clicking?.result.stored.sopInstanceUID === sopInstanceUID)
    return <ClickBar key={clicking.segmentNumber} clicks={clicks} clicking={clicking} />;
  return (
    <>
      {ended?.sopInstanceUID === sopInstanceUID && (
        <p className="promptseg-muted" role="status" data-promptseg="clicks-ended">
          {ended.sentence}
        </p>
      )}
      {drafts
        .filter((draft) => draft.clicks.length > 0 && isOf(draft, result))
        .map((draft) => (
          <OpenDraft key={draft.id} draft={draft} result={result} clicks={clicks} onGoOn={onGoOn} />
        ))}
    </>
  );
}

interface OpenDraftProps extends Pick<ClickPartProps, 'clicks' | 'result' | 'onGoOn'> {
  readonly draft: Draft;
}

/** A correction that is neither stored nor discarded. */
function OpenDraft({ draft, result, clicks, onGoOn }: OpenDraftProps) {
  const [trouble, setTrouble] = useState<Trouble>();
  const { segmentNumber } = draft.corrects;
  const name = result.findings.find((finding) => finding.segmentNumber === segmentNumber)?.target.name ?? '';
  const text = texts.open(name, draft.clicks.length, formatMoment(draft.changedAt), draft.createdBy?.displayName);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div className="promptseg-edit" role="group" aria-label={text} data-promptseg="open-draft">
      <p>{text}</p>
      {trouble && <TroubleText trouble={trouble} />}
      <div className="promptseg-buttons">
        <button
          type="button"
          className="promptseg-primary"
          onClick={() => onGoOn(segmentNumber)}
          data-promptseg="go-on-clicks"
        >
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
