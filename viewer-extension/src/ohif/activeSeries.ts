import { holdsNoImages } from '../../../server/contract/holdsNoImages.js';
import type { ActiveSeries } from '../panel/host.js';
import type { DisplaySet, Services } from './ohif.js';

/** The images behind a display set: itself, or those that a SEG or RTSTRUCT was drawn on. */
function sourceImages(displaySet: DisplaySet | undefined, services: Services): DisplaySet | undefined {
  if (displaySet === undefined || !holdsNoImages(displaySet.Modality ?? '')) return displaySet;
  const referenced = displaySet.referencedDisplaySetInstanceUID;
  return referenced ? services.displaySetService.getDisplaySetByUID(referenced) : undefined;
}

/** What is in the active viewport. */
const activeDisplaySets = ({ viewportGridService, displaySetService }: Services): readonly DisplaySet[] => {
  const viewportId = viewportGridService.getActiveViewportId();
  const uids = viewportId ? (viewportGridService.getDisplaySetsUIDsForViewport(viewportId) ?? []) : [];
  return uids.flatMap((uid) => displaySetService.getDisplaySetByUID(uid) ?? []);
};

/** Of an active viewport that shows a report or the like, and no images, its modality. */
export function activeWithoutImages(services: Services): string | undefined {
  const shown = activeDisplaySets(services);
  return shown.some((displaySet) => sourceImages(displaySet, services) !== undefined) ? undefined : shown[0]?.Modality;
}

/** The image series of the study. */
export const imageSeries = ({ displaySetService }: Services): readonly ActiveSeries[] =>
  displaySetService
    .getActiveDisplaySets()
    .filter(({ Modality = '', numImageFrames = 0 }) => !holdsNoImages(Modality) && numImageFrames > 0)
    .map(describeSeries);

/** The image series of the active viewport; of a viewport that shows a SEG, the series that the SEG references. */
export function activeSeries(services: Services): ActiveSeries | undefined {
  const images = activeDisplaySets(services)
    .map((displaySet) => sourceImages(displaySet, services))
    .find((displaySet) => displaySet !== undefined);
  return images === undefined ? undefined : describeSeries(images);
}

export function describeSeries(images: DisplaySet): ActiveSeries {
  const bodyPartExamined = images.instances?.[0]?.BodyPartExamined;
  const frameOfReferenceUID = images.instances?.[0]?.FrameOfReferenceUID;
  const unsuited = whyUnsuited(images);
  return {
    studyInstanceUID: images.StudyInstanceUID,
    seriesInstanceUID: images.SeriesInstanceUID,
    modality: images.Modality ?? '',
    description: images.SeriesDescription ?? '',
    numberOfImages: images.numImageFrames ?? 0,
    ...(typeof bodyPartExamined === 'string' && bodyPartExamined !== '' ? { bodyPartExamined } : {}),
    ...(frameOfReferenceUID && { frameOfReferenceUID }),
    ...(unsuited && { unsuited }),
  };
}

/** Secondary Capture Image Storage, of one frame or several (PS3.4 section B.5). */
const captures = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.\d)?$/;

/** A CT localizer is a projection (PS3.3 section C.8.2.1.1.1); in MR it is a slice like any other. */
function whyUnsuited({ Modality = '', instances = [], numImageFrames }: DisplaySet): ActiveSeries['unsuited'] {
  if (instances.length === 0) return undefined;
  if (instances.every(({ SOPClassUID = '' }) => captures.test(SOPClassUID))) return 'capture';
  if (Modality === 'CT' && instances.every(({ ImageType = '' }) => String(ImageType).includes('LOCALIZER')))
    return 'localizer';
  return ['CT', 'MR', 'PT'].includes(Modality) && numImageFrames === 1 ? 'single-slice' : undefined;
}
