import { type RefObject, useMemo, useState, useSyncExternalStore } from 'react';
import { strings } from '../../client/strings.js';
import { titleOf } from '../ask/recognition.js';
import type { BoxStore } from '../boxes/boxStore.js';
import { clickStoreOf } from '../clicks/clickStoreOf.js';
import type { Host, HostView } from '../host.js';
import { Lazy, LazyPart } from '../Lazy.js';
import { Comparison } from '../results/Comparison.js';
import type { JobStore } from '../results/jobStore.js';
import type { ResultStore } from '../results/resultStore.js';
import { type JobResult, resultsOf } from '../results/results.js';
import { shownOf } from '../results/shownResults.js';
import { useFindingKeys } from '../results/useFindingKeys.js';
import { returnFocus } from '../returnFocus.js';
import { TroubleText } from '../TroubleText.js';
import { JobCard } from './JobCard.js';
import { RefusedCard } from './RefusedCard.js';
import { type ChosenReview, isListed, ReviewFilter } from './ReviewFilter.js';

/** What draws in space is larger than all the rest. */
const surfaceView = new LazyPart(async () => (await import('../surfaces/SurfaceView.js')).SurfaceView);

export interface JobCardsProps {
  readonly panel: RefObject<HTMLElement>;
  readonly host: Host;
  readonly view: HostView;
  readonly store: JobStore;
  readonly results: ResultStore;
  readonly boxes: BoxStore;
  readonly onSuggestion: (text: string) => void;
}

/** The cards, newest first: the comparison, requests that were not accepted, then the study's jobs. */
export function JobCards({ panel, host, view, store, results, boxes, onSuggestion }: JobCardsProps) {
  const { shown, series } = view;
  // A viewer that opens no other series lists none.
  const images = [...(series ? [series] : []), ...(view.others ?? [])];
  const { studyInstanceUID, jobs, refused, listingTrouble } = useSyncExternalStore(store.subscribe, store.state);
  const state = useSyncExternalStore(results.subscribe, results.state);
  const boxState = useSyncExternalStore(boxes.subscribe, boxes.state);
  const clicks = clickStoreOf({ host, store, results });
  const clickState = useSyncExternalStore(clicks.subscribe, clicks.state);
  const all = useMemo(
    () => jobs.flatMap(({ job }) => resultsOf(job).map((result) => ({ result, title: titleOf(job.request) }))),
    [jobs],
  );
  const drawn: readonly JobResult[] = all.map(({ result }) => result).filter((each) => shownOf(each, shown));
  useFindingKeys({ panel, host, results, drawn });
  const others = useMemo(() => all.filter(({ result }) => result.deletedAt === undefined), [all]);
  const compared = useMemo(
    () => state.compared.flatMap((uid) => all.find(({ result }) => result.stored.sopInstanceUID === uid) ?? []),
    [all, state.compared],
  );
  const [review, setReview] = useState<ChosenReview>('all');
  const closeSpace = () => {
    const opener = panel.current?.querySelector<HTMLElement>('[data-promptseg=open-space][aria-pressed=true]');
    void results.showInSpace(undefined);
    if (opener) returnFocus(opener);
  };
  return (
    <>
      {state.inSpace !== undefined && <Lazy part={surfaceView} props={{ host, drawn, shown, onClose: closeSpace }} />}
      {compared.length > 1 && <Comparison compared={compared} results={results} host={host} shown={shown} />}
      {refused.map((request) => (
        <RefusedCard key={request.key} refused={request} store={store} />
      ))}
      <ReviewFilter jobs={jobs.map(({ job }) => job)} chosen={review} onChosen={setReview} />
      {jobs
        .filter(({ job }) => isListed(job, review))
        .map((tracked, place) => (
          <JobCard
            key={tracked.job.id}
            tracked={tracked}
            isNewest={place === 0}
            store={store}
            results={results}
            state={state}
            boxes={boxes}
            boxState={boxState}
            clicks={clicks}
            clickState={clickState}
            images={images.find(({ seriesInstanceUID }) => seriesInstanceUID === tracked.job.request.seriesInstanceUID)}
            host={host}
            ofOtherSeries={series !== undefined && tracked.job.request.seriesInstanceUID !== series.seriesInstanceUID}
            result={results.chosenOf(tracked.job)}
            shown={shown}
            drawn={drawn}
            others={others}
            onSuggestion={onSuggestion}
          />
        ))}
      {listingTrouble !== undefined && (
        <article className="promptseg-card">
          <header>
            <h3>{strings.listing.failed}</h3>
            <button
              type="button"
              className="promptseg-link"
              onClick={() => studyInstanceUID && void store.openStudy(studyInstanceUID)}
            >
              {strings.job.retry}
            </button>
          </header>
          <TroubleText trouble={listingTrouble} />
        </article>
      )}
    </>
  );
}
