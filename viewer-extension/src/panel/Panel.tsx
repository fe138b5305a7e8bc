import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Api } from '../api/api.js';
import { strings } from '../strings.js';
import type { Host } from './host.js';
import { JobList } from './JobList.js';
import type { JobStore } from './jobStore.js';
import { PromptBox } from './PromptBox.js';
import { SeriesHeader } from './SeriesHeader.js';

/** What was typed and not yet sent; OHIF unmounts the panel when another tab is opened. */
let draft = '';

/** The whole panel: the series, the question, the answers. */
export function Panel({ host, api, store }: { host: Host; api: Api; store: JobStore }) {
  const { studyInstanceUID, series, shownSeries } = useSyncExternalStore(host.subscribe, host.view);
  const state = useSyncExternalStore(store.subscribe, store.state);
  const [text, setText] = useState(draft);
  const box = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    if (studyInstanceUID !== undefined) void store.openStudy(studyInstanceUID);
  }, [store, studyInstanceUID]);

  const write = (next: string) => {
    draft = next;
    setText(next);
  };
  const suggest = (next: string) => {
    write(next);
    box.current?.focus();
  };

  return (
    <section className="promptseg" aria-label={strings.title}>
      <SeriesHeader series={series} />
      <PromptBox
        api={api}
        box={box}
        series={series}
        sending={state.sending > 0}
        text={text}
        onText={write}
        onSuggestion={suggest}
        onSubmit={(prompts) => {
          if (series === undefined) return;
          write('');
          void store.submit({
            studyInstanceUID: series.studyInstanceUID,
            seriesInstanceUID: series.seriesInstanceUID,
            prompts,
          });
        }}
      />
      <JobList
        state={state}
        store={store}
        activeSeries={series?.seriesInstanceUID}
        shownSeries={shownSeries}
        onSuggestion={suggest}
      />
      <p className="promptseg-fine">{strings.researchOnly}</p>
    </section>
  );
}
