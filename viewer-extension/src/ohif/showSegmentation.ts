import { strings } from '../client/strings.js';
import { type ResultToShow, SourceNotInViewport } from '../panel/host.js';
import type { DisplaySet, Managers, Services } from './ohif.js';
import { separateOverlaps } from './overlapLayers.js';
import { layOnImage } from './singleImages.js';

/** How long OHIF may take. A SEG of 250 frames of 512² is drawn in 2.5 s on two cores without a graphics card. */
const patienceMs = 60_000;

/**
 * Draws a stored SEG over its images without a page load: fetches the metadata of this one series, which makes OHIF
 * create its display set, parses it, and adds it as a layer to the viewport that shows its images.
 *
 * @throws SourceNotInViewport where no viewport shows its images and `openSource` is false
 * @throws Error with a sentence for people where OHIF does not create or draw it
 */
export async function showSegmentation(
  managers: Managers,
  result: ResultToShow,
  options: { readonly openSource: boolean },
): Promise<DisplaySet> {
  const { services } = managers.servicesManager;
  const segmentation = findDisplaySet(services, result.seriesInstanceUID) ?? (await createDisplaySet(managers, result));
  const viewportId = await viewportOfSource(managers, segmentation, options.openSource);
  layOnImage(services, segmentation);
  await segmentation.load?.({ headers: services.userAuthenticationService.getAuthorizationHeader() ?? {} });
  separateOverlaps(services, segmentation);
  await addLayer(managers, viewportId, segmentation);
  return segmentation;
}

export function findDisplaySet(services: Services, seriesInstanceUID: string): DisplaySet | undefined {
  return services.displaySetService.getActiveDisplaySets().find((set) => set.SeriesInstanceUID === seriesInstanceUID);
}

export function viewportIds(services: Services): readonly string[] {
  const active = services.viewportGridService.getActiveViewportId();
  const all = [...services.viewportGridService.getState().viewports.keys()];
  return active ? [active, ...all.filter((id) => id !== active)] : all;
}

/** The viewports that draw this segmentation, the active one first. */
export function viewportsDrawing(services: Services, segmentationId: string): readonly string[] {
  return viewportIds(services).filter(
    (id) => services.segmentationService.getSegmentationRepresentations(id, { segmentationId }).length > 0,
  );
}

/**
 * Has OHIF fetch the metadata of a series of any study, and make its display set.
 * @throws Error where the archive does not have it
 */
export async function createDisplaySet(managers: Managers, result: ResultToShow): Promise<DisplaySet> {
  const { services } = managers.servicesManager;
  const [dataSource] = managers.extensionManager.getActiveDataSource();
  if (dataSource === undefined) throw new Error(strings.show.noDataSource);
  dropStudyMetadata(managers, result.studyInstanceUID);
  try {
    await dataSource.retrieve.series.metadata({
      StudyInstanceUID: result.studyInstanceUID,
      filters: { seriesInstanceUID: [result.seriesInstanceUID] },
    });
  } finally {
    // Only one series was fetched; in the cache it would be taken for the whole study.
    dropStudyMetadata(managers, result.studyInstanceUID);
  }
  return until(() => findDisplaySet(services, result.seriesInstanceUID), strings.show.notInArchive);
}

/**
 * Makes the data source forget a study. OHIF 3.13.2 caches under `${name}:${StudyInstanceUID}` but its documented call
 * deletes the bare UID, which is what later versions cache under: delete both.
 */
function dropStudyMetadata(managers: Managers, studyInstanceUID: string): void {
  const [dataSource] = managers.extensionManager.getActiveDataSource();
  dataSource?.deleteStudyMetadataPromise(studyInstanceUID);
  dataSource?.deleteStudyMetadataPromise(`${dataSource.getConfig().name}:${studyInstanceUID}`);
}

async function viewportOfSource(managers: Managers, segmentation: DisplaySet, open: boolean): Promise<string> {
  const {
    services,
    services: { viewportGridService },
  } = managers.servicesManager;
  // While a study opens, a SEG may be there before its images.
  const source = await until(() => imagesOf(services, segmentation), strings.show.sourceUnknown);
  const showing = () => viewportShowing(services, source);
  const found = showing();
  if (found !== undefined) return found;
  if (!open) throw new SourceNotInViewport();
  const active = await until(() => viewportGridService.getActiveViewportId() || undefined, strings.show.notDrawn);
  managers.commandsManager.runCommand('setDisplaySetsForViewports', {
    viewportsToUpdate: [{ viewportId: active, displaySetInstanceUIDs: [source] }],
  });
  return until(showing, strings.show.notDrawn);
}

/**
 * The display set of the images, which it is then laid on. OHIF takes that display set which came first of all that a
 * SEG refers to. A corrected result refers to its predecessor, too, and when a study opens that one may come first.
 */
function imagesOf({ displaySetService }: Services, segmentation: DisplaySet): string | undefined {
  const taken = segmentation.referencedDisplaySetInstanceUID || undefined;
  if (taken === undefined || displaySetService.getDisplaySetByUID(taken)?.Modality !== 'SEG') return taken;
  const images = displaySetService
    .getActiveDisplaySets()
    .find(({ SeriesInstanceUID }) => SeriesInstanceUID === segmentation.referencedSeriesInstanceUID);
  if (images === undefined) return undefined;
  const { displaySetInstanceUID, isReconstructable, FrameOfReferenceUID } = images;
  Object.assign(segmentation, {
    referencedDisplaySetInstanceUID: displaySetInstanceUID,
    isReconstructable,
    FrameOfReferenceUID,
  });
  return displaySetInstanceUID;
}

export function viewportShowing(services: Services, displaySetInstanceUID: string): string | undefined {
  return viewportIds(services).find((id) =>
    services.viewportGridService.getDisplaySetsUIDsForViewport(id)?.includes(displaySetInstanceUID),
  );
}

/** OHIF gets as many looks, 30 ms apart, before it is asked again. */
const looksBeforeAskingAgain = 100;

async function addLayer(managers: Managers, viewportId: string, segmentation: DisplaySet): Promise<void> {
  const { services } = managers.servicesManager;
  const { segmentationService } = services;
  const segmentationId = segmentation.displaySetInstanceUID;
  const drawn = () => viewportsDrawing(services, segmentationId).at(0);
  const ask = () =>
    managers.commandsManager.runCommand('addDisplaySetAsLayer', {
      viewportId: viewportShowing(services, segmentation.referencedDisplaySetInstanceUID ?? '') ?? viewportId,
      displaySetInstanceUID: segmentationId,
    });
  if (drawn() !== undefined) return;
  if (services.viewportGridService.getDisplaySetsUIDsForViewport(viewportId)?.includes(segmentationId)) {
    // Removed from view in OHIF's own panel: still a layer of the viewport, so OHIF silently refuses to add it again.
    await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId, type: 'Labelmap' });
  } else ask();
  let looks = 0;
  await until(() => {
    // While a study opens, OHIF lays out its viewports, which drops a layer that came before.
    if (++looks % looksBeforeAskingAgain === 0 && viewportShowing(services, segmentationId) === undefined) ask();
    return drawn();
  }, strings.show.notDrawn);
}

/**
 * Takes a segmentation out of all viewports, and waits until OHIF's grid knows: a display set that it still lists must
 * not go.
 */
export async function removeLayer(managers: Managers, segmentationId: string): Promise<void> {
  const { services } = managers.servicesManager;
  const listing = () =>
    viewportIds(services).filter((id) =>
      services.viewportGridService.getDisplaySetsUIDsForViewport(id)?.includes(segmentationId),
    );
  for (const viewportId of new Set([...listing(), ...viewportsDrawing(services, segmentationId)])) {
    managers.commandsManager.runCommand('removeDisplaySetLayer', {
      viewportId,
      displaySetInstanceUID: segmentationId,
    });
  }
  await until(() => (listing().length === 0 ? true : undefined), strings.show.notRemoved);
}

/** Polls, because OHIF guarantees the order of none of its events. @throws Error after a minute */
export async function until<Value>(look: () => Value | undefined, failure: string): Promise<Value> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(failure);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
