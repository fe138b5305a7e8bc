import type { Job } from '../../../../server/contract/job.js';
import type { Host, Looks, ShownResult } from '../host.js';
import type { JobStore } from '../results/jobStore.js';
import type { ResultStore } from '../results/resultStore.js';
import { resultsOf } from '../results/results.js';
import { shownOf } from '../results/shownResults.js';
import { type KeptResult, type KeptSession, keepSession, keptSession } from './keptSession.js';

interface Parts {
  readonly host: Host;
  readonly store: JobStore;
  readonly results: ResultStore;
}

/** So long nothing must change before it is kept, in ms. */
const restMs = 300;

/**
 * Brings back how the study was looked at before the page was loaded again: the results that were drawn, the image and
 * its window. Or opens the result that the address names (`?result=`, a job's id or a result's SOP Instance UID). From
 * then on, what is looked at is kept.
 */
export async function followSession(parts: Parts, studyInstanceUID: string, leaving: AbortSignal): Promise<void> {
  const { host, store } = parts;
  const looks = await host.looks?.();
  const kept = keptSession(studyInstanceUID);
  const linked = new URLSearchParams(location.search).get('result') ?? undefined;
  await untilListed(store, leaving);
  if (leaving.aborted) return;
  if (linked !== undefined && kept?.opened !== linked) await parts.results.open(linked, store.state().jobs);
  else if (kept !== undefined) await bringBack(kept, parts, looks);
  if (!leaving.aborted) keepFromNow(parts, looks, { ...kept, ...(linked && { opened: linked }) }, leaving);
}

function untilListed(store: JobStore, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!store.state().isListed && !leaving.aborted) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = store.subscribe(look);
    leaving.addEventListener('abort', look);
    look();
  });
}

/** What is not there any more is left out: a result may have been deleted meanwhile. */
async function bringBack(kept: KeptSession, { store, results }: Parts, looks: Looks | undefined): Promise<void> {
  const turn = async () => {
    if (kept.look !== undefined) await looks?.turnTo(kept.look).catch(() => {});
  };
  const { jobs } = store.state();
  // The images first: a result is drawn over them.
  if (kept.results.length > 0) await turn();
  for (const { sopInstanceUID, hidden } of kept.results) {
    for (const { job } of jobs) {
      const result = resultsOf(job).find(({ stored }) => stored.sopInstanceUID === sopInstanceUID);
      if (result === undefined || result.deletedAt !== undefined) continue;
      if (results.chosenOf(job)?.stored.sopInstanceUID !== sopInstanceUID) results.choose(result);
      await results.drawAgain(result, hidden);
    }
  }
  await turn();
}

function keepFromNow(
  { host, store }: Parts,
  looks: Looks | undefined,
  before: Partial<KeptSession>,
  leaving: AbortSignal,
): void {
  let session: KeptSession = { results: [], ...before };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    const { studyInstanceUID, jobs } = store.state();
    const { shown, series } = host.view();
    // While the study is closed, its images and overlays go, and with them what is to be kept.
    if (studyInstanceUID === undefined || series === undefined) return;
    const look = looks?.now();
    session = { ...session, ...(look && { look }), results: jobs.flatMap(({ job }) => drawnOf(job, shown)) };
    keepSession(studyInstanceUID, session);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, restMs);
  };
  const stops = [host.subscribe(soon), looks?.subscribe(soon)];
  window.addEventListener('pagehide', keep, { signal: leaving });
  leaving.addEventListener('abort', () => {
    clearTimeout(timer);
    for (const stop of stops) stop?.();
  });
  soon();
}

/** The results of a job of which something is drawn. */
function drawnOf(job: Job, shown: readonly ShownResult[]): readonly KeptResult[] {
  return resultsOf(job).flatMap((result) => {
    const hidden = shownOf(result, shown)?.hiddenSegments;
    return hidden !== undefined && result.findings.some(({ segmentNumber }) => !hidden.includes(segmentNumber))
      ? [{ sopInstanceUID: result.stored.sopInstanceUID, hidden }]
      : [];
  });
}
