import type { SlideRegionRequest } from '#contract/slideRegion.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import { retrieveWholeSeries } from '../pacs/wholeSeries.js';
import { PromptsegError } from '../platform/errors.js';
import { isSingleImage, type SingleImage } from '../values/singleImage.js';
import { technicalNotes } from '../values/technicalNotes.js';
import type { Volume } from '../values/volume.js';
import { assembleVolume } from '../volume/assembleVolume.js';
import { readSingleImage } from '../volume/readSingleImage.js';
import { hasNoVolume, isSingleImageModality, slideModality } from '../volume/sopClasses.js';
import { retrieveSlide } from './retrieveSlide.js';

/** The last series that was read, so that a second prompt on it need not retrieve it again. */
export interface LastSource {
  kept?: RetrievedSource & { readonly key: string; readonly at: number };
}

/**
 * Counting images does not reveal that one was replaced by another, so a kept series expires. A second prompt usually
 * follows within minutes.
 */
const keptForMs = 15 * 60_000;

interface RetrieveOptions {
  /** Id of the stack of slices, of the single image or of a slide's level; undefined if chosen automatically. */
  readonly stack: string | undefined;
  /** Of a whole slide; absent: the whole level. */
  readonly region?: SlideRegionRequest | undefined;
  /** Side of the model's images in pixels, for the choice of a slide's level. */
  readonly modelSize?: number | undefined;
  readonly signal: AbortSignal;
  /** @param of how many tiles of a slide are read; otherwise images of the series are counted */
  readonly onProgress: (read: number, of?: number) => void;
}

export interface RetrievedSource {
  readonly source: Volume | SingleImage;
  /** How the images had to be retrieved, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The volume of a series, one of its images if its modality has single images, or a region of a slide. The one kept
 * from the last request is used if the archive still has the same number of images; otherwise it is retrieved.
 * @throws PromptsegError of `retrieveWholeSeries`, `assembleVolume`, `readSingleImage` and `retrieveSlide`
 */
export async function retrieveSource(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID, numberOfInstances, modality }: SeriesSummary,
  last: LastSource,
  { stack, region, modelSize, signal, onProgress }: RetrieveOptions,
): Promise<RetrievedSource> {
  const isSlide = modality === slideModality;
  const ofSlide = isSlide ? [region, modelSize] : [];
  const key = JSON.stringify([studyInstanceUID, seriesInstanceUID, numberOfInstances, stack, ...ofSlide]);
  const { kept } = last;
  // If the archive does not count images, additions would go unnoticed.
  if (kept?.key === key && numberOfInstances !== undefined && Date.now() - kept.at < keptForMs)
    return {
      source: kept.source,
      notes: [...kept.notes, technicalNotes.imagesKept],
    };
  // Two large volumes might not fit into memory.
  delete last.kept;
  const at = Date.now();
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  const series = { studyInstanceUID, seriesInstanceUID };
  const readInstances = () => {
    const read = isSingleImageModality(modality) ? readSingleImage : assembleVolume;
    return read(retrieveWholeSeries(archive, series, { signal, onNote }), { signal, stack, onProgress });
  };
  const source = isSlide
    ? await retrieveSlide(archive, series, { stack, region, modelSize, signal, onProgress })
    : await readInstances();
  last.kept = { key, source, notes, at };
  return { source, notes };
}

/**
 * The same if only a volume is suitable. @throws PromptsegError `volume-needed` for a series of single images, before
 * it is retrieved
 */
export async function retrieveVolume(
  archive: Archive,
  series: SeriesSummary,
  last: LastSource,
  options: RetrieveOptions,
): Promise<{ readonly volume: Volume } & Pick<RetrievedSource, 'notes'>> {
  if (hasNoVolume(series.modality)) throw volumeNeeded(series.modality);
  const { source, notes } = await retrieveSource(archive, series, last, options);
  if (isSingleImage(source)) throw volumeNeeded(source.modality);
  return { volume: source, notes };
}

const volumeNeeded = (modality: string): PromptsegError =>
  new PromptsegError('volume-needed', `Modality ${modality} has no volumes; this needs a volume of slices.`);
