import type { StoredResult } from '../../../server/src/jobs/job.js';
import type { Host, HostView } from '../panel/host.js';
import { activeSeries } from './activeSeries.js';
import type { Managers, Services } from './ohif.js';
import { findDisplaySet, showSegmentation, viewportIds, viewportsDrawing } from './showSegmentation.js';

/** OHIF as the panel's host. */
export function createOhifHost(managers: Managers): Host {
  const { services } = managers.servicesManager;
  let view: HostView = { shownSeries: [] };
  let showing: Promise<void> = Promise.resolve();
  return {
    view() {
      const now = readView(services);
      if (JSON.stringify(now) !== JSON.stringify(view)) view = now;
      return view;
    },
    subscribe: (listener) => subscribeToView(services, listener),
    authorization: () => services.userAuthenticationService.getAuthorizationHeader() ?? {},
    show(result: StoredResult, options) {
      // One after the other: two at once would each drop the study metadata that the other is fetching.
      const next = showing.then(() => showSegmentation(managers, result, options));
      showing = next.catch(() => {});
      return next;
    },
    jumpToSegment(seriesInstanceUID, segmentNumber) {
      const segmentation = findDisplaySet(services, seriesInstanceUID);
      if (segmentation === undefined) return;
      const [viewportId] = viewportsDrawing(services, segmentation.displaySetInstanceUID);
      if (viewportId === undefined) return;
      services.segmentationService.jumpToSegmentCenter(segmentation.displaySetInstanceUID, segmentNumber, viewportId);
    },
  };
}

function readView(services: Services): HostView {
  const series = activeSeries(services);
  const displaySets = services.displaySetService.getActiveDisplaySets();
  const studyInstanceUID = series?.studyInstanceUID ?? displaySets[0]?.StudyInstanceUID;
  const drawn = new Set(
    viewportIds(services).flatMap((id) =>
      services.segmentationService.getSegmentationRepresentations(id).map(({ segmentationId }) => segmentationId),
    ),
  );
  const shownSeries = displaySets
    .filter(({ displaySetInstanceUID }) => drawn.has(displaySetInstanceUID))
    .map(({ SeriesInstanceUID }) => SeriesInstanceUID);
  return {
    ...(studyInstanceUID === undefined ? {} : { studyInstanceUID }),
    ...(series === undefined ? {} : { series }),
    shownSeries,
  };
}

function subscribeToView(services: Services, listener: () => void): () => void {
  const { displaySetService, viewportGridService, segmentationService } = services;
  const subscriptions = [
    displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_ADDED, listener),
    displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_REMOVED, listener),
    viewportGridService.subscribe(viewportGridService.EVENTS.ACTIVE_VIEWPORT_ID_CHANGED, listener),
    viewportGridService.subscribe(viewportGridService.EVENTS.GRID_STATE_CHANGED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REPRESENTATION_MODIFIED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REPRESENTATION_REMOVED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REMOVED, listener),
  ];
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}
