import { createFileArchive } from '../pacs/fileArchive.js';
import type { FieldOfView } from '../segmenter/fieldOfView/openFieldOfView.js';
import { readNifti } from '../volume/readNifti.js';
import { volumeOfNifti } from '../volume/volumeOfNifti.js';
import { type SurelyShown, surelyShown } from './imageShows/surelyShown.js';
import { lookAtSeries } from './lookAtSeries.js';
import type { ImageFiles } from './segmentFiles.js';

export interface FilesToLookAt {
  readonly images: ImageFiles;
  readonly stack?: string | undefined;
}

/**
 * What the volume in files surely shows.
 * @throws PromptsegError of {@link lookAtSeries} and {@link readNifti}
 */
export async function lookAtFiles(
  { images, stack }: FilesToLookAt,
  fieldOfView: FieldOfView,
  signal: AbortSignal,
): Promise<SurelyShown> {
  if (images.kind === 'nifti')
    return surelyShown(volumeOfNifti(await readNifti(images.path), images.modality), fieldOfView, signal);
  const { summary: series } = images.series;
  const surroundings = { archive: createFileArchive(images.series, ''), lastSource: {}, fieldOfView, signal };
  return lookAtSeries({ series, stack }, surroundings);
}
