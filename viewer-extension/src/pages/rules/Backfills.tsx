import { useEffect, useState } from 'react';
import type { Backfill, BackfillRequest, BackfillStudies } from '../../../../server/contract/routing.js';
import { useRights } from '../../client/rights.js';
import { countBackfillStudies } from './api.js';
import { strings } from './strings.js';

interface BackfillsProps {
  readonly backfills: readonly Backfill[];
  /** Enabled rules that may be chosen; one for the page of a rule. */
  readonly rules: readonly string[];
  readonly mayBeAll: boolean;
  readonly onStart: (request: BackfillRequest) => Promise<void>;
  readonly onCancel: (backfill: Backfill) => void;
}

/** Rules asked about what is in the archive already. */
export function Backfills({ backfills, rules, mayBeAll, onStart, onCancel }: BackfillsProps) {
  const text = strings.backfill;
  const mayChange = useRights().may('rules:write');
  const [form, setForm] = useState({ from: '', to: '', rule: '' });
  const [starting, setStarting] = useState(false);
  const found = useStudyCount(form.from, form.to);
  const rule = mayBeAll ? form.rule : (rules[0] ?? '');
  return (
    <section aria-labelledby="backfill">
      <h2 id="backfill">{text.heading}</h2>
      <p className="fine intro">{text.intro}</p>
      {rules.length === 0 && mayChange && <p className="fine">{text.disabled}</p>}
      {rules.length > 0 && mayChange && (
        <form
          className="filters"
          aria-label={text.heading}
          onSubmit={async (event) => {
            event.preventDefault();
            if (starting) return;
            setStarting(true);
            await onStart({ from: form.from, to: form.to, ...(rule !== '' && { rules: [rule] }) });
            setStarting(false);
          }}
        >
          {(['from', 'to'] as const).map((end) => (
            <label key={end}>
              {text[end]}
              <input
                type="date"
                required
                value={form[end]}
                onChange={({ target }) => setForm({ ...form, [end]: target.value })}
              />
            </label>
          ))}
          {mayBeAll && (
            <label>
              {text.rule}
              <select value={form.rule} onChange={({ target }) => setForm({ ...form, rule: target.value })}>
                <option value="">{text.all}</option>
                {rules.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <button type="submit" aria-disabled={starting}>
            {starting ? text.starting : found?.studies ? text.startFor(found.studies, found.more) : text.start}
          </button>
        </form>
      )}
      <p className="fine" role="status">
        {found && text.studies(found.studies, found.more)}
      </p>
      {backfills.length > 0 && (
        <ul className="rows">
          {backfills.map((each) => (
            <BackfillRow key={each.id} backfill={each} onCancel={() => onCancel(each)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** How many studies a range of days has; undefined while there is no range, and where the archive does not say. */
function useStudyCount(from: string, to: string): BackfillStudies | undefined {
  const [found, setFound] = useState<BackfillStudies>();
  useEffect(() => {
    setFound(undefined);
    if (from === '' || to === '' || from > to) return;
    const gone = new AbortController();
    countBackfillStudies(from, to, gone.signal).then(
      (count) => !gone.signal.aborted && setFound(count),
      // It can be started without; if the archive is down, the feed above says so.
      () => undefined,
    );
    return () => gone.abort();
  }, [from, to]);
  return found;
}

function BackfillRow({ backfill, onCancel }: { backfill: Backfill; onCancel: () => void }) {
  const text = strings.backfill;
  const { from, to, state, fraction, day, counts, jobs, rules } = backfill;
  const range = text.range(from, to);
  const mayCancel = useRights().may('rules:write');
  const kind = state === 'running' ? 'running' : state;
  return (
    <li className="row" data-backfill={state}>
      <span className="place" data-kind={kind} aria-hidden="true" />
      <div className="what">
        <p className="state">
          <strong>{text.states[state]}</strong>
          <span>{range}</span>
          <span>{rules === undefined ? text.all : rules.join(', ')}</span>
          {state === 'running' && <span>{text.at(day)}</span>}
        </p>
        {state === 'running' && <progress aria-label={range} max={1} value={fraction} />}
        <p className="identity">
          <span>{text.counts(counts)}</span>
          {jobs.open > 0 && <span>{text.open(jobs.open)}</span>}
        </p>
      </div>
      <div className="actions">
        {state === 'running' && mayCancel && (
          <button type="button" aria-label={text.cancelOf(range)} onClick={onCancel}>
            {text.cancel}
          </button>
        )}
      </div>
    </li>
  );
}
