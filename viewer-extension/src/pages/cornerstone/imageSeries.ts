import dicomImageLoader from '@cornerstonejs/dicom-image-loader';
import { type DicomJson, firstText, numbersOf } from '../../../../server/contract/dicomJson.js';
import { holdsNoImages } from '../../../../server/contract/holdsNoImages.js';
import type { ActiveSeries } from '../../panel/host.js';
import type { ImageSeries } from './cornerstone/cornerstoneHost.js';
import { get, numberOf, root } from './dicomWeb.js';
import { strings } from './strings.js';

/**
 * The image series of a study, by Series Number.
 * @throws ApiError if the archive refuses
 */
export async function listSeries(studyInstanceUID: string): Promise<readonly Omit<ActiveSeries, 'bodyPartExamined'>[]> {
  const found = await get(
    `/studies/${studyInstanceUID}/series?includefield=0008103E&includefield=00201209&includefield=00200011`,
  );
  return found
    .toSorted((a, b) => numberOf(a, '00200011') - numberOf(b, '00200011'))
    .map((series) => ({
      studyInstanceUID,
      seriesInstanceUID: firstText(series, '0020000E'),
      modality: firstText(series, '00080060'),
      description: firstText(series, '0008103E'),
      numberOfImages: numberOf(series, '00201209'),
    }))
    .filter(({ modality }) => !holdsNoImages(modality));
}

/**
 * Reads the attributes of every image of a series and makes them known to Cornerstone.
 * @throws ApiError if the archive refuses; Error if the series holds no image
 */
export async function readSeries(studyInstanceUID: string, seriesInstanceUID: string): Promise<ImageSeries> {
  const series = `/studies/${studyInstanceUID}/series/${seriesInstanceUID}`;
  const instances = await get(`${series}/metadata`);
  const images = inSpatialOrder(instances.filter((instance) => numbersOf(instance, '00280010').length > 0));
  const [first] = images;
  if (first === undefined) throw new Error(strings.emptySeries);
  const imageIds = images.flatMap((image) => {
    const frames = Math.max(1, numberOf(image, '00280008'));
    const address = `wadors:${location.origin}${root}${series}/instances/${firstText(image, '00080018')}/frames/`;
    return Array.from({ length: frames }, (_, index) => {
      const imageId = `${address}${index + 1}`;
      dicomImageLoader.wadors.metaDataManager.add(imageId, image as never);
      return imageId;
    });
  });
  const bodyPartExamined = firstText(first, '00180015');
  return {
    studyInstanceUID,
    seriesInstanceUID,
    modality: firstText(first, '00080060'),
    description: firstText(first, '0008103E'),
    numberOfImages: imageIds.length,
    ...(bodyPartExamined === '' ? {} : { bodyPartExamined }),
    imageIds,
  };
}

/**
 * Along the normal of the first image's plane (PS3.3 section C.7.6.2), by Instance Number where images do not say where
 * they are.
 */
function inSpatialOrder(instances: readonly DicomJson[]): readonly DicomJson[] {
  const orientation = numbersOf(instances[0] ?? {}, '00200037');
  const along = (instance: DicomJson): number => {
    const position = numbersOf(instance, '00200032');
    if (orientation.length !== 6 || position.length !== 3) return numberOf(instance, '00200013');
    const [rx, ry, rz, cx, cy, cz] = orientation as unknown as [number, number, number, number, number, number];
    const [x, y, z] = position as unknown as [number, number, number];
    return x * (ry * cz - rz * cy) + y * (rz * cx - rx * cz) + z * (rx * cy - ry * cx);
  };
  return instances
    .map((instance) => ({ instance, at: along(instance) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ instance }) => instance);
}
