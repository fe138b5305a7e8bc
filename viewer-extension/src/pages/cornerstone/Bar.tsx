import { useSyncExternalStore } from 'react';
import type { ActiveSeries } from '../../panel/host.js';
import { strings } from './strings.js';
import type { Layout, Viewports } from './viewports.js';

interface BarProps {
  readonly series: readonly ActiveSeries[];
  readonly viewports: Viewports;
  readonly onTrouble: (error: Error) => void;
}

const layouts: readonly Layout[] = ['stack', 'planes'];

/** The series of the study, and how the one on screen is laid out. */
export function Bar({ series, viewports, onTrouble }: BarProps) {
  const shown = useSyncExternalStore(viewports.subscribe, viewports.series);
  const layout = useSyncExternalStore(viewports.subscribe, viewports.layout);
  return (
    <>
      <fieldset>
        <legend>{strings.series}</legend>
        {series.map(({ seriesInstanceUID, modality, description, numberOfImages }) => (
          <button
            key={seriesInstanceUID}
            type="button"
            data-series={seriesInstanceUID}
            aria-pressed={shown?.seriesInstanceUID === seriesInstanceUID}
            onClick={() => viewports.open(seriesInstanceUID).catch(onTrouble)}
          >
            {modality} · {description === '' ? strings.unnamed : description}
            <span>{strings.images(numberOfImages)}</span>
          </button>
        ))}
      </fieldset>
      <fieldset>
        <legend>{strings.layout}</legend>
        {layouts.map((each) => (
          <button
            key={each}
            type="button"
            data-layout={each}
            aria-pressed={layout === each}
            onClick={() => viewports.arrange(each).catch(onTrouble)}
          >
            {strings.layouts[each]}
          </button>
        ))}
      </fieldset>
    </>
  );
}
