import { useEffect, useState } from 'react';
import { pageStrings } from '../../client/pageStrings.js';
import { Banner } from '../parts/Banner.js';
import { strings } from './strings.js';
import { Trial } from './Trial.js';
import type { RecentFilter, RecentNow } from './useRecentMatches.js';

interface RecentMatchesProps {
  readonly recent: RecentNow;
  readonly filter: RecentFilter;
  /** What the installed models read. */
  readonly modalities: readonly string[];
  /** False while the rule has mistakes: what is shown is of an earlier one. */
  readonly isCurrent: boolean;
  readonly onFilter: (change: Partial<RecentFilter>) => void;
  readonly onTry: (studyInstanceUID: string) => void;
}

/** Nobody waits for a search after each letter. */
const settleMs = 300;

/** Which of the newest series the rule would match, and why. */
export function RecentMatches({
  recent: { response, trouble },
  filter,
  modalities,
  isCurrent,
  onFilter,
  onTry,
}: RecentMatchesProps) {
  const text = strings.recent;
  const [onlyMatched, setOnlyMatched] = useState(false);
  const series = response?.series ?? [];
  const [typed, setTyped] = useState(filter.description);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed is waited for
  useEffect(() => {
    if (typed === filter.description) return;
    const timer = setTimeout(() => onFilter({ description: typed }), settleMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const matched = series.filter((each) => each.matched).length;
  const isFiltered = filter.modality !== '' || filter.description !== '';
  return (
    <section aria-labelledby="recent" aria-busy={response === undefined && isCurrent} data-current={isCurrent}>
      <h3 id="recent">{text.heading}</h3>
      <p className="fine">{text.intro}</p>
      <div className="filters">
        <label>
          {text.modality}
          <select value={filter.modality} onChange={({ target }) => onFilter({ modality: target.value })}>
            <option value="">{text.anyModality}</option>
            {[...new Set([...modalities, ...(filter.modality === '' ? [] : [filter.modality])])].map((modality) => (
              <option key={modality}>{modality}</option>
            ))}
          </select>
        </label>
        <label>
          {text.find}
          <input type="search" value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
      </div>
      {!isCurrent && <p className="empty">{text.waits}</p>}
      {trouble && isCurrent && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
      {isCurrent && response === undefined && trouble === undefined && <p className="empty">{pageStrings.loading}</p>}
      {isCurrent && response && (
        <>
          {series.length === 0 && response.unread === 0 && (
            <p className="empty">{isFiltered ? text.noneFits : text.empty}</p>
          )}
          {(series.length > 0 || response.unread > 0) && (
            <p className="sum" role="status">
              {text.count(matched, series.length)} {response.unread > 0 && text.unread(response.unread)}
            </p>
          )}
          {matched > 0 && matched < series.length && (
            <label className="check">
              <input type="checkbox" checked={onlyMatched} onChange={({ target }) => setOnlyMatched(target.checked)} />
              {text.only}
            </label>
          )}
          {series.length > 0 && (
            <ul className="trials">
              {series
                .filter((each) => each.matched || !onlyMatched)
                .map((each) => (
                  <Trial
                    key={each.seriesInstanceUID}
                    trial={each}
                    actions={
                      <button type="button" className="quiet" onClick={() => onTry(each.studyInstanceUID)}>
                        {text.tryStudy}
                      </button>
                    }
                  />
                ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
