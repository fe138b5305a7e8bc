import type { CorrectingDraft } from '../../../../server/contract/drafts.js';
import type { JobResult } from '../results/results.js';
import { ClickBar } from './ClickBar.js';
import { isOf, isOn, targetOf } from './clicking.js';
import type { ClickStoreState } from './clickParts.js';
import type { ClickStore } from './clickStore.js';
import { OpenDraft } from './OpenDraft.js';

interface ClickPartProps {
  readonly clicks: ClickStore;
  readonly state: ClickStoreState;
  readonly result: JobResult;
  readonly onGoOn: (segmentNumber: number) => void;
}

/** The clicks on a result: those that are being made, and those that were left open. */
export function ClickPart({ clicks, state: { clicking, drafts, ended }, result, onGoOn }: ClickPartProps) {
  const { sopInstanceUID } = result.stored;
  if (clicking !== undefined && isOn(clicking, result))
    return <ClickBar key={targetOf(clicking)?.id} clicks={clicks} clicking={clicking} />;
  return (
    <>
      {ended?.sopInstanceUID === sopInstanceUID && (
        <p className="promptseg-muted" role="status" data-promptseg="clicks-ended">
          {ended.sentence}
        </p>
      )}
      {drafts
        .filter((draft): draft is CorrectingDraft => draft.clicks.length > 0 && isOf(draft, result))
        .map((draft) => (
          <OpenDraft
            key={draft.id}
            draft={draft}
            name={nameOf(draft, result)}
            clicks={clicks}
            onGoOn={() => onGoOn(draft.corrects.segmentNumber)}
          />
        ))}
    </>
  );
}

const nameOf = ({ corrects }: CorrectingDraft, { findings }: JobResult): string =>
  findings.find(({ segmentNumber }) => segmentNumber === corrects.segmentNumber)?.target.name ?? '';
