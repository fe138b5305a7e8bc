import { strings } from '../strings.js';
import { JobCard } from './JobCard.js';
import type { JobStore, JobStoreState } from './jobStore.js';
import { RefusedCard } from './RefusedCard.js';
import { TroubleText } from './TroubleText.js';

interface JobListProps {
  readonly state: JobStoreState;
  readonly store: JobStore;
  readonly activeSeries: string | undefined;
  readonly shownSeries: readonly string[];
  readonly onSuggestion: (text: string) => void;
}

/** The answers, newest first: requests that were not accepted, then the study's jobs. */
export function JobList({ state, store, activeSeries, shownSeries, onSuggestion }: JobListProps) {
  const { studyInstanceUID, jobs, refused, listingTrouble } = state;
  return (
    <section className="promptseg-jobs" aria-label={strings.job.region}>
      {refused.map((request) => (
        <RefusedCard key={request.key} refused={request} store={store} />
      ))}
      {jobs.map((tracked) => (
        <JobCard
          key={tracked.job.id}
          tracked={tracked}
          store={store}
          ofOtherSeries={activeSeries !== undefined && tracked.job.request.seriesInstanceUID !== activeSeries}
          shown={tracked.job.result !== undefined && shownSeries.includes(tracked.job.result.seriesInstanceUID)}
          onSuggestion={onSuggestion}
        />
      ))}
      {listingTrouble !== undefined && (
        <article className="promptseg-card">
          <header>
            <h3>{strings.listing.failed}</h3>
            <button type="button" onClick={() => studyInstanceUID && void store.openStudy(studyInstanceUID)}>
              {strings.job.retry}
            </button>
          </header>
          <TroubleText trouble={listingTrouble} />
        </article>
      )}
    </section>
  );
}
