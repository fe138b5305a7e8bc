import { type DicomJson, firstText } from '#contract/dicomJson.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import { servedSopClass, singleImageSopClass, slideModality, wholeSlideStorage } from '../volume/sopClasses.js';

/**
 * A series as the archive describes it, with its modality if the images state one: some archives omit it from their
 * lists, and some converters from the images, in which case the SOP class implies it.
 * @throws PromptsegError as `Archive.findSeries`
 */
export async function findSeries(
  archive: Pick<Archive, 'findSeries' | 'query' | 'retrieveMetadata'>,
  studyInstanceUID: string,
  seriesInstanceUID: string,
  signal?: AbortSignal,
): Promise<SeriesSummary> {
  const series = await archive.findSeries(studyInstanceUID, seriesInstanceUID, signal);
  if (series.modality !== '') return series;
  const resource = ['studies', studyInstanceUID, 'series', seriesInstanceUID, 'instances'];
  const listed = await archive.query(resource, { limit: '1', includefield: '00080060,00080016' }, signal);
  const instance = listed[0] && firstText(listed[0], '00080018');
  const modality = listed.map(modalityOf).find(Boolean);
  if (modality !== undefined || !instance) return { ...series, modality: modality ?? '' };
  const metadata = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID, instance, signal);
  return { ...series, modality: metadata.map(modalityOf).find(Boolean) ?? '' };
}

function modalityOf(instance: DicomJson): string {
  const sopClassUID = firstText(instance, '00080016');
  if (sopClassUID === wholeSlideStorage) return slideModality;
  return (
    firstText(instance, '00080060') ||
    (servedSopClass(sopClassUID)?.modality ?? singleImageSopClass(sopClassUID)?.modality ?? '')
  );
}
