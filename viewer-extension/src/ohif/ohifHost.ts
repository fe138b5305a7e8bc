import { strings } from '../client/strings.js';
import type { ActiveSeries, Host, HostView, ResultToShow, ShownResult } from '../panel/host.js';
import { activeSeries, activeWithoutImages, describeSeries, imageSeries } from './activeSeries.js';
import { Edits } from './edits.js';
import type { DisplaySet, Managers, Services } from './ohif.js';
import { losesOverlap } from './overlapLayers.js';
import { readPixels } from './segmentPixels.js';
import { findDisplaySet, removeLayer, showSegmentation, viewportIds, viewportsDrawing } from './showSegmentation.js';
import { layAllOnImages, shownImage } from './singleImages.js';

const type = 'Labelmap';

/** OHIF as the panel's host. */
export function createOhifHost(managers: Managers): Host {
  const { services } = managers.servicesManager;
  const { segmentationService } = services;
  const listeners = new Set<() => void>();
  const edits = new Edits(managers, () => {
    for (const listener of listeners) listener();
  });
  let view: HostView = { shown: [] };
  let held: ActiveSeries | undefined;
  let showing: Promise<void> = Promise.resolve();

  /** Calls `work` with the id of the segmentation of a series and the viewports that draw it, where it is shown. */
  const whereShown = (seriesInstanceUID: string, work: (id: string, viewports: readonly string[]) => void): void => {
    const id = findDisplaySet(services, seriesInstanceUID)?.displaySetInstanceUID;
    if (id !== undefined) work(id, viewportsDrawing(services, id));
  };

  return {
    view() {
      const now = readView(services, edits, held);
      if (JSON.stringify(now) !== JSON.stringify(view)) view = now;
      return view;
    },
    subscribe(listener) {
      listeners.add(listener);
      // The panel may have been away while somebody painted.
      edits.lookAtAll();
      // One opened without the panel, from the list of studies, is drawn too.
      layAllOnImages(services);
      const unsubscribe = subscribeToView(services, listener, edits);
      return () => {
        listeners.delete(listener);
        unsubscribe();
      };
    },
    shownImage: () => shownImage(services),
    authorization: () => services.userAuthenticationService.getAuthorizationHeader() ?? {},
    show(result: ResultToShow, options) {
      // One after the other: two at once would each drop the study metadata that the other is fetching.
      const next = showing.then(async () => edits.remember(await showSegmentation(managers, result, options)));
      showing = next.catch(() => {});
      return next;
    },
    open(seriesInstanceUID) {
      const images = findDisplaySet(services, seriesInstanceUID);
      const viewportId = services.viewportGridService.getActiveViewportId();
      if (images === undefined || !viewportId) return;
      managers.commandsManager.runCommand('setDisplaySetsForViewports', {
        viewportsToUpdate: [{ viewportId, displaySetInstanceUIDs: [images.displaySetInstanceUID] }],
      });
    },
    setVisible(seriesInstanceUID, segmentNumbers, visible) {
      whereShown(seriesInstanceUID, (id, viewports) => {
        for (const viewport of viewports) {
          const types = segmentationService
            .getSegmentationRepresentations(viewport, { segmentationId: id })
            .map(({ type }) => type);
          for (const type of types) {
            for (const segment of segmentNumbers) {
              segmentationService.setSegmentVisibility(viewport, id, segment, visible, type);
            }
          }
        }
      });
    },
    style: {
      of(seriesInstanceUID) {
        const segmentationId = findDisplaySet(services, seriesInstanceUID)?.displaySetInstanceUID ?? '';
        const { fillAlpha = 0.5, renderOutline = true } = segmentationService.getStyle({ segmentationId, type });
        return { opacity: fillAlpha, hasOutline: renderOutline };
      },
      set(seriesInstanceUID, { opacity, hasOutline }) {
        whereShown(seriesInstanceUID, (segmentationId) =>
          segmentationService.setStyle(
            { segmentationId, type },
            {
              fillAlpha: opacity,
              fillAlphaInactive: opacity,
              renderOutline: hasOutline,
              renderOutlineInactive: hasOutline,
            },
          ),
        );
      },
    },
    jumpToSegment(seriesInstanceUID, segmentNumber) {
      whereShown(seriesInstanceUID, (id, viewports) => {
        for (const viewport of viewports) segmentationService.jumpToSegmentCenter(id, segmentNumber, viewport);
      });
    },
    jumpTo(seriesInstanceUID, position) {
      whereShown(seriesInstanceUID, (_, viewports) => {
        for (const viewport of viewports)
          services.cornerstoneViewportService.getCornerstoneViewport(viewport)?.jumpToWorld?.(position);
      });
    },
    async remove(seriesInstanceUID) {
      const id = findDisplaySet(services, seriesInstanceUID)?.displaySetInstanceUID;
      if (id === undefined) return;
      await removeLayer(managers, id);
      segmentationService.remove(id);
      // Its label maps are kept with the display set, edited as they are.
      services.displaySetService.deleteDisplaySet(id);
      edits.forget(id);
    },
    viewArea: () => document.querySelector<HTMLElement>('[data-cy="viewport-grid"]') ?? undefined,
    pixels(seriesInstanceUID) {
      const displaySet = findDisplaySet(services, seriesInstanceUID);
      if (displaySet === undefined) throw new Error(strings.show.notShown);
      return readPixels(managers, displaySet);
    },
    looks: async () => (await import('./looks.js')).createLooks(managers),
    linkTo: (StudyInstanceUIDs, result) =>
      `${location.origin}${location.pathname}?${new URLSearchParams({ StudyInstanceUIDs, result })}`,
    // In our own mode they are stacked below the panel; in OHIF's modes the panel has a tab of its own.
    tools: {
      areThere: () => document.querySelector('.promptseg-island ~ *') !== null,
      show({ tools, lists }) {
        for (const island of document.querySelectorAll('.promptseg-island')) {
          island.toggleAttribute('data-tools', tools);
          island.toggleAttribute('data-lists', lists);
        }
      },
    },
    async edit(seriesInstanceUID, segmentNumber, brush) {
      const { takeUpBrush } = await import('./brush.js');
      const id = findDisplaySet(services, seriesInstanceUID)?.displaySetInstanceUID;
      return id !== undefined && takeUpBrush(managers, id, segmentNumber, brush);
    },
    async endEdit(seriesInstanceUID) {
      const { putDownBrush } = await import('./brush.js');
      whereShown(seriesInstanceUID, (id) => putDownBrush(managers, id));
    },
    drawBox: async (onBox) => (await import('./drawBox.js')).drawBox(managers, onBox),
    refine: async (of, listener) => (await import('./refineInPlace.js')).refine(managers, of, listener, edits),
    sideBySide: async (...toShow) =>
      (await import('./sideBySide.js')).showSideBySide(
        managers,
        (images) => (held = images && describeSeries(images)),
        ...toShow,
      ),
    history: {
      undo: () => managers.commandsManager.runCommand('undo', {}),
      redo: () => managers.commandsManager.runCommand('redo', {}),
    },
  };
}

/** @param held the panel stays with this series while the reader looks into a study that stands beside it */
function readView(services: Services, edits: Edits, held: ActiveSeries | undefined): HostView {
  const active = activeSeries(services);
  const series = held && active?.studyInstanceUID !== held.studyInstanceUID ? held : active;
  const modality = activeWithoutImages(services);
  const displaySets = services.displaySetService.getActiveDisplaySets();
  const studyInstanceUID = series?.studyInstanceUID ?? displaySets[0]?.StudyInstanceUID;
  return {
    ...(studyInstanceUID === undefined ? {} : { studyInstanceUID }),
    ...(series === undefined ? {} : { series }),
    ...(modality === undefined ? {} : { noImages: { modality } }),
    others: imageSeries(services),
    shown: displaySets.flatMap((displaySet) => describeShown(services, displaySet, edits) ?? []),
  };
}

function describeShown(services: Services, displaySet: DisplaySet, edits: Edits): ShownResult | undefined {
  const id = displaySet.displaySetInstanceUID;
  const [viewport] = viewportsDrawing(services, id);
  if (viewport === undefined) return undefined;
  edits.remember(displaySet);
  // Where viewports differ, the one that the reader works in counts.
  const [representation] = services.segmentationService.getSegmentationRepresentations(viewport, {
    segmentationId: id,
  });
  return {
    seriesInstanceUID: displaySet.SeriesInstanceUID,
    hiddenSegments: Object.values(representation?.segments ?? {})
      .filter(({ visible }) => !visible)
      .map(({ segmentIndex }) => segmentIndex),
    edited: edits.isEdited(id),
    overlapLost: losesOverlap(services, displaySet, viewportIds(services)),
  };
}

function subscribeToView(services: Services, listener: () => void, edits: Edits): () => void {
  const { displaySetService, viewportGridService, segmentationService } = services;
  const subscriptions = [
    displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_ADDED, () => {
      layAllOnImages(services);
      listener();
    }),
    displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_REMOVED, listener),
    viewportGridService.subscribe(viewportGridService.EVENTS.ACTIVE_VIEWPORT_ID_CHANGED, listener),
    viewportGridService.subscribe(viewportGridService.EVENTS.GRID_STATE_CHANGED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REPRESENTATION_MODIFIED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REPRESENTATION_REMOVED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_REMOVED, listener),
    segmentationService.subscribe(segmentationService.EVENTS.SEGMENTATION_DATA_MODIFIED, (change) =>
      edits.mayHaveChanged((change as { readonly segmentationId: string }).segmentationId),
    ),
  ];
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}
