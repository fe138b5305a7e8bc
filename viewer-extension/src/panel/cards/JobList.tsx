import { useEffect, useSyncExternalStore } from 'react';
import { strings } from '../../client/strings.js';
import { Lazy, LazyPart } from '../Lazy.js';
import { TroubleText } from '../TroubleText.js';
import type { JobCardsProps } from './JobCards.js';

const cards = new LazyPart(async () => (await import('../frame/later.js')).JobCards);

/** The requests of the study and their results. The cards are fetched once there is one. */
export function JobList(props: JobCardsProps) {
  const { view, store, results } = props;
  const { studyInstanceUID, jobs, refused, listingTrouble, isListed } = useSyncExternalStore(
    store.subscribe,
    store.state,
  );
  const { announcement, linkTrouble } = useSyncExternalStore(results.subscribe, results.state);
  useWarningOfUnsavedEdits(view.shown.some(({ edited }) => edited));
  const isEmpty = jobs.length === 0 && refused.length === 0 && listingTrouble === undefined;
  return (
    <section className="promptseg-results" aria-label={strings.job.region}>
      <p className="promptseg-unseen" role="status">
        {announcement}
      </p>
      <div className="promptseg-jobs">
        {linkTrouble && <TroubleText trouble={linkTrouble} />}
        {!isEmpty && <Lazy part={cards} props={props} />}
        {studyInstanceUID !== undefined && isEmpty && (
          <p className="promptseg-muted" data-promptseg="no-jobs">
            {isListed ? strings.listing.none : strings.listing.loading}
          </p>
        )}
      </div>
    </section>
  );
}

/** The browser asks before leaving the page while edits are not stored. */
function useWarningOfUnsavedEdits(hasEdits: boolean): void {
  useEffect(() => {
    if (!hasEdits) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [hasEdits]);
}
