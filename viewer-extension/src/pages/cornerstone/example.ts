import { Enums, type StackViewport } from '@cornerstonejs/core';
import { mountPanel } from '../../panel/frame/mountPanel.js';
import { createCornerstoneHost, type ImageSeries } from './cornerstone/cornerstoneHost.js';
import { startCornerstone } from './cornerstone/startCornerstone.js';
import { readSeries } from './imageSeries.js';

// The application: one viewport with one series.
const parameters = new URLSearchParams(location.search);
const study = parameters.get('study')!;
let series: ImageSeries | undefined;
const listeners = new Set<() => void>();

const engine = await startCornerstone();
const element = document.querySelector<HTMLDivElement>('.viewport')!;
engine.enableElement({ viewportId: 'only', type: Enums.ViewportType.STACK, element });

async function open(seriesInstanceUID: string): Promise<void> {
  series = await readSeries(study, seriesInstanceUID);
  await (engine.getViewport('only') as StackViewport).setStack([...series.imageIds]);
  for (const listener of listeners) listener();
}

// The panel: needs to know what is on screen, and how to open something else.
const host = createCornerstoneHost({
  series: () => series,
  viewportIds: () => ['only'],
  open,
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
});
mountPanel(document.getElementById('panel')!, host);
await open(parameters.get('series')!);
