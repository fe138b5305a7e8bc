import { useEffect, useState } from 'react';
import type { RoutedEntry, RoutedState } from '../../../../server/contract/routing.js';
import { formatMoment, shortUid } from '../../client/format.js';
import { pageStrings } from '../../client/pageStrings.js';
import { useRights } from '../../client/rights.js';
import type { Trouble } from '../../client/trouble.js';
import { Banner } from '../parts/Banner.js';
import { toTrouble } from '../parts/toTrouble.js';
import { Uid } from '../parts/Uid.js';
import { type CountsView, type HistoryPage, readHistory } from './api.js';
import { Counts } from './Counts.js';
import { strings } from './strings.js';

interface RuleHistoryProps {
  readonly name: string;
  readonly counts: CountsView['rules'][string] | undefined;
  /** Read again with each. */
  readonly reading: number;
  readonly onRelease: (seriesInstanceUID: string) => void;
}

/** Series of a rule with their outcomes, newest first. */
export function RuleHistory({ name, counts, reading, onRelease }: RuleHistoryProps) {
  const text = strings.history;
  const [state, setState] = useState<RoutedState | ''>('');
  const { newest, older, trouble, loadOlder } = useHistory(name, state, reading);
  const shown = new Set(newest?.entries.map(({ id }) => id));
  const entries = [...(newest?.entries ?? []), ...older.entries.filter(({ id }) => !shown.has(id))];
  const next = older.entries.length > 0 ? older.nextCursor : newest?.nextCursor;
  return (
    <section aria-labelledby="history" aria-busy={newest === undefined}>
      <h2 id="history">{text.heading}</h2>
      <Counts counts={counts} />
      <form className="filters" aria-label={text.state} onSubmit={(event) => event.preventDefault()}>
        <label>
          {text.state}
          <select value={state} onChange={({ target }) => setState(target.value as RoutedState | '')}>
            <option value="">{text.any}</option>
            {Object.entries(text.states).map(([each, label]) => (
              <option key={each} value={each}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </form>
      {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
      {newest === undefined && trouble === undefined && <p className="empty">{pageStrings.loading}</p>}
      {newest && entries.length === 0 && <p className="empty">{state === '' ? text.empty : text.emptyFiltered}</p>}
      {entries.length > 0 && (
        <ul className="rows">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} onRelease={onRelease} />
          ))}
        </ul>
      )}
      {next !== undefined && (
        <button type="button" className="more" onClick={() => void loadOlder(next)}>
          {text.more}
        </button>
      )}
    </section>
  );
}

function Entry({ entry, onRelease }: { entry: RoutedEntry; onRelease: (seriesInstanceUID: string) => void }) {
  const text = strings.history;
  const now = new Date();
  const mayRelease = useRights().may('rules:write');
  const { state, version, attempts, problem, jobId, studyInstanceUID, seriesInstanceUID } = entry;
  const series = shortUid(seriesInstanceUID);
  const kind = kinds[state];
  return (
    <li className="row" data-state={state} data-series={seriesInstanceUID}>
      <span className="place" data-kind={kind} aria-hidden="true" />
      <div className="what">
        <p className="state" data-kind={kind}>
          <strong>{text.states[state]}</strong>
          {attempts > 0 && <span>{text.attempts(attempts)}</span>}
          {entry.retryAt && <span>{text.again(formatMoment(entry.retryAt, now))}</span>}
          {entry.mayStartAt && <span>{text.mayStart(formatMoment(entry.mayStartAt, now))}</span>}
        </p>
        {problem && (
          <p className="trouble">
            {problem.detail} <strong>{text.next}:</strong> {problem.nextStep}
          </p>
        )}
        <p className="identity">
          <span>
            {text.routed} <time dateTime={entry.routedAt}>{formatMoment(entry.routedAt, now)}</time>
          </span>
          <span>{text.version(version)}</span>
          {entry.backfillId && <span>{text.backfill}</span>}
          <Uid what={text.study} value={studyInstanceUID} />
          <Uid what={text.series} value={seriesInstanceUID} />
        </p>
      </div>
      <div className="actions">
        {jobId && (
          <a className="button" href={`/jobs#${jobId}`} aria-label={text.jobOf(series)}>
            {text.job}
          </a>
        )}
        <a
          className="button"
          href={`/segment-by-text?${new URLSearchParams({ StudyInstanceUIDs: studyInstanceUID })}`}
          aria-label={text.viewerOf(series)}
        >
          {text.viewer}
        </a>
        {state === 'parked' && mayRelease && (
          <button type="button" aria-label={text.releaseOf(series)} onClick={() => onRelease(seriesInstanceUID)}>
            {text.release}
          </button>
        )}
      </div>
    </li>
  );
}

/** The colour of a state. */
const kinds: Readonly<Record<RoutedState, string>> = {
  submitted: 'running',
  waiting: 'retry',
  completed: 'completed',
  cancelled: 'cancelled',
  superseded: 'cancelled',
  refused: 'failed',
  parked: 'failed',
};

const none: HistoryPage = { entries: [] };

/** The newest page, read again, and those before it, which do not change any more. */
function useHistory(name: string, state: RoutedState | '', reading: number) {
  const [newest, setNewest] = useState<HistoryPage>();
  const [older, setOlder] = useState<HistoryPage>(none);
  const [trouble, setTrouble] = useState<Trouble>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other entries
  useEffect(() => {
    setNewest(undefined);
    setOlder(none);
  }, [name, state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: again with each reading
  useEffect(() => {
    let isGone = false;
    readHistory(name, state).then(
      (page) => {
        if (isGone) return;
        setNewest(page);
        setTrouble(undefined);
      },
      (error: unknown) => isGone || setTrouble(toTrouble(error)),
    );
    return () => {
      isGone = true;
    };
  }, [name, state, reading]);
  return {
    newest,
    older,
    trouble,
    async loadOlder(cursor: string): Promise<void> {
      try {
        const page = await readHistory(name, state, cursor);
        setOlder((before) => ({ ...page, entries: [...before.entries, ...page.entries] }));
      } catch (error) {
        setTrouble(toTrouble(error));
      }
    },
  };
}
