import { hasEnded } from '../../../../server/contract/jobState.js';
import { createDraftsApi } from '../../client/drafts.js';
import { onServer } from '../../client/server.js';
import type { BoxStore } from '../boxes/boxStore.js';
import type { Host } from '../host.js';
import type { JobStore } from '../results/jobStore.js';
import type { ResultStore } from '../results/resultStore.js';
import { type JobResult, resultsOf } from '../results/results.js';
import { shownOf } from '../results/shownResults.js';
import { ClickStore } from './clickStore.js';

/** What a panel has one of each. */
export interface PanelStores {
  readonly host: Host;
  readonly store: JobStore;
  readonly results: ResultStore;
  readonly boxes: BoxStore;
}

const made = new WeakMap<JobStore, ClickStore>();

/** The clicks of a panel: one store, however often its parts are shown again. Follows the study that is open. */
export function clickStoreOf({ host, store, results }: Omit<PanelStores, 'boxes'>): ClickStore {
  const known = made.get(store);
  if (known !== undefined) return known;
  const clicks = new ClickStore({
    api: createDraftsApi(host.authorization, onServer('/api/v1')),
    host,
    async show(result, segmentNumber) {
      await results.endEditing();
      await results.show(result, { openSource: true, ...(segmentNumber !== undefined && { segmentNumber }) });
    },
    isEdited: (result) => shownOf(result, host.view().shown)?.edited === true,
    followDrafts: (listener) => store.followDrafts(listener),
    async stored(job) {
      store.adopt(job);
      return resultsWhenEnded(store, job.id);
    },
  });
  made.set(store, clicks);
  let study: string | undefined;
  const follow = () => {
    const { studyInstanceUID } = store.state();
    if (studyInstanceUID === study) return;
    study = studyInstanceUID;
    clicks.leave();
  };
  store.subscribe(follow);
  follow();
  return clicks;
}

/** None where the job failed, or its study was left. */
const resultsWhenEnded = (store: JobStore, id: string): Promise<readonly JobResult[]> =>
  new Promise((resolve) => {
    const look = () => {
      const job = store.state().jobs.find((tracked) => tracked.job.id === id)?.job;
      if (job !== undefined && !hasEnded(job)) return;
      stop();
      resolve(job === undefined ? [] : resultsOf(job));
    };
    const stop = store.subscribe(look);
    look();
  });
