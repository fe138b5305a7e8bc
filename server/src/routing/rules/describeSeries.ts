import { type DicomJson, firstText, numbersOf } from '#contract/dicomJson.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import { distinguishingTags } from '../../volume/distinguishingAttributes.js';
import { deriveAttributes } from './deriveAttributes.js';
import type { SeriesDescription } from './seriesDescription.js';

/**
 * The metadata of up to this many instances are read; for a longer series those of one instance and the search result
 * of the others. Orthanc reads every file for either, 1 ms each; the metadata are 20 kB of JSON per CT image, the
 * search's response is 2 kB.
 */
const mostWhole = 1000;

/** Modalities in Study, Number of Study Related Series and Instances. */
const studyFields = '00080061,00201206,00201208';
/** Number of Series Related Instances, and descriptive attributes that the archive does not return by default. */
const seriesFields = '00201209,00080060,0008103E,00180015';
/** Position, size and number of frames of an image, and what distinguishes it from others at its position. */
const instanceFields = [
  ...['00200032', '00200037', '00280008', '00280010', '00280011', '00280030'],
  ...distinguishingTags().map((tag) => tag.slice(1).toUpperCase()),
].join(',');

/**
 * Everything that rules can test of a series, by three simultaneous requests to the archive.
 * @throws PromptsegError `series-not-found` if the archive does not have it (any more), and the archive's errors
 */
export async function describeSeries(
  archive: Pick<Archive, 'query' | 'retrieveMetadata'>,
  { studyInstanceUID, seriesInstanceUID }: Pick<SeriesDescription, 'studyInstanceUID' | 'seriesInstanceUID'>,
  signal?: AbortSignal,
): Promise<SeriesDescription> {
  const [[study = {}], [series]] = await Promise.all([
    archive.query(['studies'], { StudyInstanceUID: studyInstanceUID, includefield: studyFields }, signal),
    archive.query(
      ['studies', studyInstanceUID, 'series'],
      { SeriesInstanceUID: seriesInstanceUID, includefield: seriesFields },
      signal,
    ),
  ]);
  if (series === undefined) throw notFound(studyInstanceUID, seriesInstanceUID);
  const instances = await readInstances(archive, studyInstanceUID, seriesInstanceUID, series, signal);
  if (instances.length === 0) throw notFound(studyInstanceUID, seriesInstanceUID);
  const representative = instances[Math.floor(instances.length / 2)]!;
  const attributes = { ...study, ...series, ...representative };
  return {
    studyInstanceUID,
    seriesInstanceUID,
    modality: firstText(attributes, '00080060'),
    description: firstText(attributes, '0008103E'),
    attributes,
    derived: deriveAttributes(instances),
    sopInstanceUIDs: instances.map((instance) => firstText(instance, '00080018')).sort(),
    isOurs: firstText(attributes, '00080070') === 'Promptseg',
  };
}

/** The datasets of all instances, in the order of Instance Number (0020,0013). */
async function readInstances(
  archive: Pick<Archive, 'query' | 'retrieveMetadata'>,
  study: string,
  series: string,
  summary: DicomJson,
  signal: AbortSignal | undefined,
): Promise<readonly DicomJson[]> {
  if ((numbersOf(summary, '00201209')[0] ?? 0) <= mostWhole)
    return byInstanceNumber(await archive.retrieveMetadata(study, series, undefined, signal));
  const instances = byInstanceNumber(
    await archive.query(['studies', study, 'series', series, 'instances'], { includefield: instanceFields }, signal),
  );
  const middle = instances[Math.floor(instances.length / 2)];
  if (middle === undefined) return [];
  const [whole = {}] = await archive.retrieveMetadata(study, series, firstText(middle, '00080018'), signal);
  // Each image has its own position; if the archive does not report it, it is unknown.
  const { '00200032': _position, ...common } = whole;
  return instances.map((instance) => (instance === middle ? { ...whole, ...instance } : { ...common, ...instance }));
}

const byInstanceNumber = (instances: readonly DicomJson[]): readonly DicomJson[] =>
  instances
    .map((instance) => ({ instance, number: numbersOf(instance, '00200013')[0] ?? 0 }))
    .sort((a, b) => a.number - b.number)
    .map(({ instance }) => instance);

const notFound = (studyInstanceUID: string, seriesInstanceUID: string): PromptsegError =>
  new PromptsegError('series-not-found', 'The archive does not hold this series.', {
    details: { studyInstanceUID, seriesInstanceUID },
  });
