import type { DicomJson } from '#contract/dicomJson.js';
import type { SlideRegionRequest } from '#contract/slideRegion.js';
import { headerOfJson } from '../dicom/headerOfJson.js';
import { naturalizeJson } from '../dicom/naturalizeJson.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import type { SlideRegion } from '../values/slide.js';
import { readSlideRegion } from '../volume/readSlideRegion.js';

/** Side of a model's images where its package does not state one: that of the published models. */
const usualModelSize = 1024;

export interface RetrieveSlideOptions {
  /** Id or SOP Instance UID of the level; absent: the one nearest to the model's size. */
  readonly stack: string | undefined;
  readonly region?: SlideRegionRequest | undefined;
  /** Side of the model's images in pixels. */
  readonly modelSize?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (read: number, of: number) => void;
}

/**
 * A region of a whole slide: the metadata of its levels, then the tiles of the region.
 * @throws PromptsegError of `readSlideRegion` and of {@link Archive}
 */
export async function retrieveSlide(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: Pick<SeriesSummary, 'studyInstanceUID' | 'seriesInstanceUID'>,
  { modelSize = usualModelSize, signal, ...options }: RetrieveSlideOptions,
): Promise<SlideRegion> {
  const metadata = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID, undefined, signal);
  const datasets = new Map(metadata.map((dataset) => [headerOfJson(dataset), dataset] as const));
  return readSlideRegion(
    [...datasets.keys()],
    (header) => naturalizeJson(datasets.get(header) as DicomJson),
    (sopInstanceUID, numbers) =>
      archive.retrieveFrames(studyInstanceUID, seriesInstanceUID, sopInstanceUID, numbers, signal),
    { ...options, modelSize, signal },
  );
}
