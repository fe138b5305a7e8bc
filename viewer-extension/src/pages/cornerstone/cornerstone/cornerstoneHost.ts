import * as core from '@cornerstonejs/core';
import * as tools from '@cornerstonejs/tools';
import { strings } from '../../../client/strings.js';
import {
  type ActiveSeries,
  type Host,
  type HostView,
  type ResultToShow,
  SourceNotInViewport,
} from '../../../panel/host.js';
import { readPixels, segmentCentre } from './labelmapPixels.js';
import { addNewSegmentation, addSegmentation, fetchSegmentation, type LoadedSegmentation } from './loadSegmentation.js';

/** A series of images that Cornerstone can load. */
export interface ImageSeries extends ActiveSeries {
  /** One per image or frame, along the normal of the first. */
  readonly imageIds: readonly string[];
}

/** An application of Cornerstone3D, as far as the panel's host needs it. */
export interface CornerstoneViewer {
  /** The series on screen, one at a time. */
  readonly series: () => ImageSeries | undefined;
  /** The viewports that show it: stack or volume viewports. */
  readonly viewportIds: () => readonly string[];
  /** Puts a series of the study on screen. */
  readonly open: (seriesInstanceUID: string) => Promise<void>;
  /** Calls `listener` when another series or other viewports are on screen. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Headers that authorize a request to the server, where it wants any. */
  readonly authorization?: () => Readonly<Record<string, string>>;
}

interface Shown extends LoadedSegmentation {
  readonly hidden: Set<number>;
}

const type = tools.Enums.SegmentationRepresentations.Labelmap;

/** A plain Cornerstone3D application as the panel's host. */
export function createCornerstoneHost(viewer: CornerstoneViewer): Host {
  const results = new Map<string, Shown>();
  const listeners = new Set<() => void>();
  /** What is being made by clicks, and is in no archive. */
  let made: Shown | undefined;
  let numberMade = 0;
  let view: HostView = { shown: [] };
  let showing: Promise<void> = Promise.resolve();

  const ofSeries = (all: Iterable<Shown>): Shown[] => {
    const series = viewer.series()?.seriesInstanceUID;
    return [...all].filter(({ sourceSeriesInstanceUID }) => sourceSeriesInstanceUID === series);
  };
  const onScreen = (): Shown[] => ofSeries(results.values());
  const changed = (): void => {
    const { imageIds: _, ...series } = viewer.series() ?? { imageIds: [] };
    const now: HostView = {
      ...('studyInstanceUID' in series ? { studyInstanceUID: series.studyInstanceUID, series } : {}),
      shown: onScreen().map(({ seriesInstanceUID, hidden }) => ({
        seriesInstanceUID,
        hiddenSegments: [...hidden].toSorted((a, b) => a - b),
        edited: false,
        overlapLost: false,
      })),
    };
    if (JSON.stringify(now) !== JSON.stringify(view)) view = now;
    for (const listener of listeners) listener();
  };
  const draw = (): void => {
    const shown = [...onScreen(), ...ofSeries(made === undefined ? [] : [made])];
    for (const viewportId of viewer.viewportIds()) {
      removeOthers(viewportId, shown);
      for (const segmentation of shown) drawIn(viewportId, segmentation);
    }
  };
  /** Takes a segmentation out of Cornerstone. */
  const forget = ({ seriesInstanceUID, layers }: Shown): void => {
    draw();
    tools.segmentation.removeSegmentation(seriesInstanceUID);
    for (const { imageId } of layers.flat()) core.cache.removeImageLoadObject(imageId, { force: true });
  };
  viewer.subscribe(() => {
    draw();
    changed();
  });
  changed();

  async function show(result: ResultToShow, { openSource }: { readonly openSource: boolean }): Promise<void> {
    const known = results.get(result.seriesInstanceUID);
    const fetched = known ?? (await fetchSegmentation(result));
    if (fetched.sourceSeriesInstanceUID !== viewer.series()?.seriesInstanceUID) {
      if (!openSource) throw new SourceNotInViewport();
      await viewer.open(fetched.sourceSeriesInstanceUID);
    }
    if ('part10' in fetched) {
      const loaded = await addSegmentation(result.seriesInstanceUID, fetched.part10, viewer.series()!);
      results.set(result.seriesInstanceUID, { ...loaded, hidden: new Set() });
    }
    draw();
    changed();
  }

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    authorization: viewer.authorization ?? (() => ({})),
    show(result, options) {
      // One after the other: opening the source of one must not take it from under the next.
      const next = showing.then(() => show(result, options));
      showing = next.catch(() => {});
      return next;
    },
    setVisible(seriesInstanceUID, segmentNumbers, visible) {
      const shown = results.get(seriesInstanceUID);
      if (shown === undefined) return;
      for (const segment of segmentNumbers) shown.hidden[visible ? 'delete' : 'add'](segment);
      draw();
      changed();
    },
    jumpToSegment(seriesInstanceUID, segmentNumber) {
      const shown = results.get(seriesInstanceUID);
      const centre = shown && segmentCentre(shown.layers, segmentNumber);
      if (centre === undefined) return;
      for (const viewportId of viewer.viewportIds()) viewportOf(viewportId)?.jumpToWorld(centre);
    },
    jumpTo(seriesInstanceUID, [x, y, z]) {
      if (!results.has(seriesInstanceUID)) return;
      for (const viewportId of viewer.viewportIds()) viewportOf(viewportId)?.jumpToWorld([x, y, z]);
    },
    async remove(seriesInstanceUID) {
      const shown = results.get(seriesInstanceUID);
      if (shown === undefined) return;
      results.delete(seriesInstanceUID);
      forget(shown);
      changed();
    },
    async refine(of, listener) {
      const { clickInPage } = await import('./clickInPage.js');
      if ('resultSeries' in of) {
        const shown = results.get(of.resultSeries);
        return shown && clickInPage(viewer.viewportIds, shown, of.segmentNumber, listener);
      }
      if (viewer.series()?.seriesInstanceUID !== of.imageSeries) await viewer.open(of.imageSeries);
      const series = viewer.series();
      if (series === undefined) return undefined;
      numberMade += 1;
      const id = `promptseg-new-${numberMade}`;
      const drawn: Shown = { ...addNewSegmentation(id, series, of.label, of.colour), hidden: new Set() };
      made = drawn;
      draw();
      const end = () => {
        if (made === drawn) made = undefined;
        forget(drawn);
      };
      const clicks = clickInPage(viewer.viewportIds, drawn, 1, listener, end);
      if (clicks === undefined) end();
      return clicks;
    },
    pixels(seriesInstanceUID) {
      const shown = results.get(seriesInstanceUID);
      if (shown === undefined) throw new Error(strings.show.notShown);
      return readPixels(shown);
    },
  };
}

function drawIn(viewportId: string, { seriesInstanceUID, colours, segments, hidden }: Shown): void {
  const specifier = { segmentationId: seriesInstanceUID, type };
  if (tools.segmentation.state.getSegmentationRepresentation(viewportId, specifier) === undefined) {
    tools.segmentation.addLabelmapRepresentationToViewport(viewportId, [
      { segmentationId: seriesInstanceUID, config: { colorLUTOrIndex: [...colours] } },
    ]);
  }
  const { getSegmentIndexVisibility, setSegmentIndexVisibility } = tools.segmentation.config.visibility;
  for (const { number } of segments) {
    const visible = !hidden.has(number);
    if (getSegmentIndexVisibility(viewportId, specifier, number) !== visible)
      setSegmentIndexVisibility(viewportId, specifier, number, visible);
  }
}

function removeOthers(viewportId: string, shown: readonly Shown[]): void {
  for (const { segmentationId } of tools.segmentation.state.getSegmentationRepresentations(viewportId) ?? []) {
    if (!shown.some(({ seriesInstanceUID }) => seriesInstanceUID === segmentationId))
      tools.segmentation.removeLabelmapRepresentation(viewportId, segmentationId, true);
  }
}

function viewportOf(viewportId: string): core.StackViewport | core.VolumeViewport | undefined {
  return core.getEnabledElementByViewportId(viewportId)?.viewport as
    | core.StackViewport
    | core.VolumeViewport
    | undefined;
}
