import { useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { pageStrings } from '../../client/pageStrings.js';
import { HistoryFilters } from './HistoryFilters.js';
import { HistoryRow } from './HistoryRow.js';
import { type FilterForm, noFilter } from './historyFilter.js';
import { strings } from './strings.js';
import type { LiveJobs } from './useJobs.js';

interface HistorySectionProps {
  readonly jobs: Pick<LiveJobs, 'ended' | 'nextCursor' | 'loadOlder'>;
  readonly form: FilterForm;
  readonly now: number;
  readonly onForm: (form: FilterForm) => void;
  readonly onRerun: (job: Job) => Promise<void>;
  readonly onDeliver: (job: Job, destination: string) => Promise<void>;
}

/** What has ended, newest first: results, failures with their reason, and what was cancelled. */
export function HistorySection({ jobs, form, now, onForm, onRerun, onDeliver }: HistorySectionProps) {
  const { heading, empty, emptyFiltered, more } = strings.history;
  const { ended, nextCursor, loadOlder } = jobs;
  const [loading, setLoading] = useState(false);
  const isFiltered = Object.keys(noFilter).some((field) => form[field as keyof FilterForm] !== '');
  return (
    <section aria-labelledby="history" aria-busy={ended === undefined}>
      <h2 id="history">{heading}</h2>
      <HistoryFilters form={form} isFiltered={isFiltered} onForm={onForm} />
      {ended === undefined && <p className="empty">{pageStrings.loading}</p>}
      {ended?.length === 0 && <p className="empty">{isFiltered ? emptyFiltered : empty}</p>}
      {ended !== undefined && ended.length > 0 && (
        <ul className="rows">
          {ended.map((job) => (
            <HistoryRow key={job.id} job={job} now={now} onRerun={onRerun} onDeliver={onDeliver} />
          ))}
        </ul>
      )}
      {nextCursor !== undefined && (
        <button
          type="button"
          className="more"
          aria-disabled={loading}
          onClick={async () => {
            if (loading) return;
            setLoading(true);
            await loadOlder();
            setLoading(false);
          }}
        >
          {loading ? pageStrings.loading : more}
        </button>
      )}
    </section>
  );
}
