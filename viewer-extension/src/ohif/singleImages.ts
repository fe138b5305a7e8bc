import { items } from './imagePlane.js';
import type { DisplaySet, Services } from './ohif.js';
import { sopInstanceUIDOf } from './segmentPixels.js';

/** Modality (0008,0060) of series of single images, as in the server (volume/sopClasses.ts). */
const singleImageModalities = new Set('CR DX MG US OP OPT ES XC DMS'.split(' '));

/** SOP Instance UID of the image that the active viewport shows, for a series of single images. */
export function shownImage(services: Services): string | undefined {
  const viewportId = services.viewportGridService.getActiveViewportId();
  if (!viewportId) return undefined;
  const shown = (services.viewportGridService.getDisplaySetsUIDsForViewport(viewportId) ?? []).map((uid) =>
    services.displaySetService.getDisplaySetByUID(uid),
  );
  if (!shown.some((displaySet) => singleImageModalities.has(displaySet?.Modality ?? ''))) return undefined;
  const imageId = services.cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getCurrentImageId?.();
  return imageId === undefined ? undefined : sopInstanceUIDOf(imageId);
}

/** Rows to the right, columns downwards: what OHIF takes where an image does not say how it is. */
const unstated = [1, 0, 0, 0, 1, 0];

/**
 * Lets OHIF draw a segmentation that is pixel for pixel on an image without a place in the patient (PS3.3 section
 * A.51.5.1). Such a segmentation states no orientation; OHIF 3.13 wants one, to compare it with that of the image, and
 * gives up without (`checkOrientation` in @cornerstonejs/adapters). Here its frames are given that of the image, in the
 * viewer's memory only.
 */
export function layOnImage(services: Services, segmentation: DisplaySet): void {
  const [instance] = segmentation.instances ?? [];
  if (segmentation.Modality !== 'SEG' || instance === undefined || instance.FrameOfReferenceUID !== undefined) return;
  const source = services.displaySetService.getDisplaySetByUID(segmentation.referencedDisplaySetInstanceUID ?? '');
  const ImageOrientationPatient = source?.instances?.[0]?.ImageOrientationPatient ?? unstated;
  for (const frame of items(instance.PerFrameFunctionalGroupsSequence))
    frame.PlaneOrientationSequence ??= { ImageOrientationPatient };
}

/** The same of all that are there. */
export function layAllOnImages(services: Services): void {
  for (const displaySet of services.displaySetService.getActiveDisplaySets()) layOnImage(services, displaySet);
}
