import {
  type ActiveSeries,
  type Host,
  type HostView,
  mountPanel,
  type ShownResult,
} from '../panel/frame/mountPanel.js';

/**
 * The panel beside a viewer that draws nothing: it shows one series, as the page names it, and remembers which results
 * it was asked to draw. For tests of what needs no images.
 */
const series = JSON.parse(document.getElementById('series')!.textContent!) as ActiveSeries;
const listeners = new Set<() => void>();
let view: HostView = { studyInstanceUID: series.studyInstanceUID, series, shown: [] };

function show(shown: readonly ShownResult[]): void {
  view = { ...view, shown };
  for (const listener of listeners) listener();
}

const host: Host = {
  view: () => view,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  authorization: () => ({}),
  async show({ seriesInstanceUID }) {
    if (view.shown.some((each) => each.seriesInstanceUID === seriesInstanceUID)) return;
    show([...view.shown, { seriesInstanceUID, hiddenSegments: [], edited: false, overlapLost: false }]);
  },
  setVisible(seriesInstanceUID, segmentNumbers, visible) {
    show(
      view.shown.map((each) => {
        if (each.seriesInstanceUID !== seriesInstanceUID) return each;
        const others = each.hiddenSegments.filter((number) => !segmentNumbers.includes(number));
        return { ...each, hiddenSegments: visible ? others : [...others, ...segmentNumbers].toSorted((a, b) => a - b) };
      }),
    );
  },
  jumpToSegment() {},
  jumpTo() {},
  async remove(seriesInstanceUID) {
    show(view.shown.filter((each) => each.seriesInstanceUID !== seriesInstanceUID));
  },
};

const mount = () => mountPanel(document.getElementById('panel')!, host);
let mounted = mount();
/** As where another tab of a viewer was in front of the panel for a while. */
addEventListener('mount-again', () => {
  mounted.unmount();
  mounted = mount();
});
