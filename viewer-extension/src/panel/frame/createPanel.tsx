import type { ReactElement } from 'react';
import { createApi } from '../../client/api.js';
import { onServer } from '../../client/server.js';
import { addStyles } from '../addStyles.js';
import { BoxStore } from '../boxes/boxStore.js';
import type { Host } from '../host.js';
import { JobStore } from '../results/jobStore.js';
import { ResultStore } from '../results/resultStore.js';
import { resultsOf } from '../results/results.js';
import styles from '../styles.css';
import { Panel } from './Panel.js';

export interface PanelParts {
  /** May be rendered, unmounted and rendered again; prompts and results outlive it. */
  readonly content: ReactElement;
  /**
   * For a viewer with a button of its own that stores a segmentation: returns whether it is one of the panel's, which
   * then stores it with its codes and its predecessor, or hands it to the browser's downloads if nothing is new.
   */
  readonly takeOver: (seriesInstanceUID: string, kind: 'segmentation' | 'rt-structure-set') => boolean;
  /** Forgets the study on screen. Call it when the viewer drops its images and overlays. */
  readonly closeStudy: () => void;
}

/** The panel in a viewer. */
export function createPanel(host: Host): PanelParts {
  const api = createApi(host.authorization, onServer('/api/v1'));
  const store = new JobStore(api, (job) => results.showNew(job));
  const results = new ResultStore(
    api,
    host,
    (job) => store.take(job),
    () => store.state().jobs.flatMap(({ job }) => resultsOf(job)),
  );
  const boxes = new BoxStore(api, host, (request) => store.refine(request));
  followStudies(store, (study, leaving) => {
    leaving.addEventListener('abort', () => {
      results.forgetStudy();
      boxes.cancel();
    });
    // Without the server there is nothing to come back to.
    import('./later.js')
      .then(({ followSession }) => followSession({ host, store, results }, study, leaving))
      .catch(() => {});
  });
  return {
    content: <Panel host={host} api={api} store={store} results={results} boxes={boxes} />,
    takeOver: (seriesInstanceUID, kind) => results.takeOver(seriesInstanceUID, kind),
    closeStudy: () => store.closeStudy(),
  };
}

/** Calls `follow` with each study that is opened, and aborts once it is closed. */
function followStudies(store: JobStore, follow: (studyInstanceUID: string, leaving: AbortSignal) => void): void {
  let known: string | undefined;
  let study = new AbortController();
  store.subscribe(() => {
    const { studyInstanceUID } = store.state();
    if (studyInstanceUID === known) return;
    known = studyInstanceUID;
    study.abort();
    study = new AbortController();
    if (known !== undefined) follow(known, study.signal);
  });
}

/** Adds the panel's styles to the page; every class begins with `promptseg`. */
export function addPanelStyles(): void {
  addStyles(styles);
}
