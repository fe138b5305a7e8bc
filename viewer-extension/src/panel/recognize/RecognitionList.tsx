import { useState } from 'react';
import type { Job, SegmentationRequest } from '../../../../server/contract/job.js';
import { formatSeconds } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';
import { recognitionSeconds } from '../ask/recognition.js';
import type { ShownResult } from '../host.js';
import type { ResultStore } from '../results/resultStore.js';
import { shownOf } from '../results/shownResults.js';
import { RecognizedRow } from './RecognizedRow.js';
import { isBeingStored, recognizedOf, restOf, storedSegmentOf, storingOf } from './recognized.js';

export interface RecognitionListProps {
  readonly job: Job;
  /** All of the study, newest first; they determine what is stored already. */
  readonly jobs: readonly Job[];
  readonly onRun: (request: SegmentationRequest) => void;
  readonly results: ResultStore;
  readonly shown: readonly ShownResult[];
}

/** The ticks outlive the panel, which OHIF unmounts when another tab is opened. Ids of targets by job. */
const kept = new Map<string, ReadonlySet<string>>();

/** The targets that the model recognizes in the series: a list to review, and to store from. */
export function RecognitionList({ job, jobs, onRun, results, shown }: RecognitionListProps) {
  const [ticked, setTicked] = useState(() => kept.get(job.id) ?? new Set<string>());
  const keep = (ids: ReadonlySet<string>) => {
    kept.set(job.id, ids);
    setTicked(ids);
  };
  const { found, confidence, notFound, asked, unanswered } = recognizedOf(job);
  const texts = strings.recognition;
  const mayStore = useRights().may('jobs:write');
  const wanted = found.filter(({ target }) => ticked.has(target.id));
  const askFor = (names: readonly string[]) => onRun(storingOf(job, names));

  const actionsFor = (targetId: string, name: string) => {
    const stored = storedSegmentOf(job, targetId, jobs);
    if (stored === undefined)
      return {
        isStored: false,
        visible: false,
        busy: !mayStore || isBeingStored(job, targetId, jobs),
        onShow: () => askFor([name]),
      };
    const { result, segmentNumber } = stored;
    const visible = shownOf(result, shown)?.hiddenSegments.includes(segmentNumber) === false;
    return {
      isStored: true,
      visible,
      busy: false,
      onShow: () =>
        visible
          ? results.setVisible(result, segmentNumber, false)
          : void results.show(result, { openSource: true, segmentNumber }),
    };
  };

  return (
    <div className="promptseg-recognized" data-promptseg="recognized">
      <p>
        {unanswered.length > 0 && `${texts.stopped(asked, asked + unanswered.length, timeOf(job))} `}
        {texts.found(found.length, asked)}
        {unanswered.length > 0 && mayStore && (
          <button
            type="button"
            className="promptseg-link promptseg-rest"
            onClick={() => onRun(restOf(job))}
            data-promptseg="ask-rest"
          >
            {texts.askRest(unanswered.length)}
          </button>
        )}
      </p>
      {found.length > 0 && job.result === undefined && (
        <>
          <p className="promptseg-fine" data-promptseg="confidence">
            {texts.confidence[confidence ?? 'none']}
          </p>
          <ul>
            {found.map((finding) => (
              <RecognizedRow
                key={finding.segmentNumber}
                finding={finding}
                confidence={confidence}
                ticked={mayStore ? ticked.has(finding.target.id) : undefined}
                onTick={(isTicked) => {
                  const others = [...ticked].filter((id) => id !== finding.target.id);
                  keep(new Set(isTicked ? [...others, finding.target.id] : others));
                }}
                {...actionsFor(finding.target.id, finding.target.name)}
              />
            ))}
          </ul>
          {mayStore && (
            <div className="promptseg-buttons">
              <button
                type="button"
                className="promptseg-plain"
                onClick={() =>
                  keep(new Set(wanted.length === found.length ? [] : found.map(({ target }) => target.id)))
                }
                data-promptseg="tick-all"
              >
                {wanted.length === found.length ? texts.tickNone : texts.tickAll}
              </button>
              {/* Never `disabled`, so that it keeps the focus. */}
              <button
                type="button"
                className="promptseg-primary"
                aria-disabled={wanted.length === 0}
                onClick={() => {
                  if (wanted.length === 0) return;
                  askFor(wanted.map(({ target }) => target.name));
                  keep(new Set());
                }}
                data-promptseg="store-ticked"
              >
                {texts.store(wanted.length)}
              </button>
            </div>
          )}
        </>
      )}
      {notFound.length > 0 && (
        <details>
          <summary>{texts.notFound(notFound.length)}</summary>
          <p data-promptseg="not-found">{notFound.join(', ')}</p>
        </details>
      )}
    </div>
  );
}

/** "5 min", "90 s" */
const timeOf = ({ request }: Job): string =>
  formatSeconds(request.recognize?.withinSeconds ?? recognitionSeconds).replace(/ 00 s$/, '');
