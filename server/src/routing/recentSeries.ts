import { type DicomJson, firstText } from '#contract/dicomJson.js';
import { holdsNoImages } from '#contract/holdsNoImages.js';
import type { Database } from '../database/database.js';
import type { Archive } from '../pacs/archive.js';
import { describeSeries } from './rules/describeSeries.js';
import type { SeriesDescription } from './rules/seriesDescription.js';

type SeriesUIDs = Pick<SeriesDescription, 'studyInstanceUID' | 'seriesInstanceUID'>;

/** Filter for the newest series. */
export interface SeriesFilter {
  readonly modality?: string | undefined;
  /** Text in the Series Description, ignoring case. */
  readonly description?: string | undefined;
}

export interface RecentSeries {
  /**
   * The newest series of images, as many as can be read in time; a repeated call returns more.
   * @throws PromptsegError the archive's errors if it does not respond at all
   */
  describe(limit: number, filter?: SeriesFilter): Promise<RecentDescriptions>;
}

export interface RecentDescriptions {
  readonly series: readonly SeriesDescription[];
  /** Number of known series that could not be read, or not in time. */
  readonly unread: number;
}

/** Reading the headers of a series takes about 0.2 s; a page that shows fifty waits no longer than this. */
const patienceMs = 8000;
const atOnce = 4;
/** A growing series is read again after this time. */
const keptMs = 60_000;
const mostKept = 300;
/** Maximum number of reported series to filter. */
const mostReported = 200;

/**
 * The newest series: those reported to routing last; if these are few, those of the studies with the
 * newest date in the archive.
 */
export function createRecentSeries({
  archive,
  database,
}: {
  readonly archive: Archive;
  readonly database: Pick<Database, 'executeSql'>;
}): RecentSeries {
  const kept = new Map<string, { readonly at: number; readonly description: Promise<SeriesDescription> }>();

  function describe(series: SeriesUIDs, signal: AbortSignal): Promise<SeriesDescription> {
    const key = `${series.studyInstanceUID} ${series.seriesInstanceUID}`;
    const known = kept.get(key);
    if (known !== undefined && Date.now() - known.at < keptMs) return known.description;
    const description = describeSeries(archive, series, signal);
    kept.delete(key);
    kept.set(key, { at: Date.now(), description });
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
    description.catch(() => kept.delete(key));
    return description;
  }

  async function reported(): Promise<readonly SeriesUIDs[]> {
    const { rows } = await database.executeSql(
      `SELECT study_instance_uid, series_instance_uid FROM promptseg.routing_series
       WHERE state NOT IN ('arriving', 'known') ORDER BY told_at DESC, number DESC LIMIT ${mostReported}`,
    );
    return rows.map((row) => ({
      studyInstanceUID: String(row.study_instance_uid),
      seriesInstanceUID: String(row.series_instance_uid),
    }));
  }

  /** Up to this many matching series, without those of modalities without images. */
  async function newest(limit: number, filter: SeriesFilter, signal: AbortSignal): Promise<readonly SeriesUIDs[]> {
    const found = new Map<string, SeriesUIDs>();
    const read = new Map<string, Promise<ReadonlyMap<string, DicomJson>>>();
    const seriesOf = (study: string): Promise<ReadonlyMap<string, DicomJson>> => {
      const known = read.get(study) ?? listSeries(archive, study, signal);
      read.set(study, known);
      return known;
    };
    const take = (studyInstanceUID: string, seriesInstanceUID: string, listed: DicomJson | undefined): void => {
      if (fits(listed, filter)) found.set(seriesInstanceUID, { studyInstanceUID, seriesInstanceUID });
    };
    for (const { studyInstanceUID, seriesInstanceUID } of await reported()) {
      if (found.size >= limit || signal.aborted) break;
      const inStudy = await seriesOf(studyInstanceUID).catch(() => undefined);
      take(studyInstanceUID, seriesInstanceUID, inStudy?.get(seriesInstanceUID));
    }
    if (found.size < limit)
      for await (const study of studiesByDate(archive, filter, signal)) {
        for (const [uid, listed] of await seriesOf(study)) take(study, uid, listed);
        if (found.size >= limit) break;
      }
    return [...found.values()].slice(0, limit);
  }

  return {
    async describe(limit, filter = {}) {
      const signal = AbortSignal.timeout(patienceMs);
      const wanted = await newest(limit, filter, signal);
      const queue = [...wanted];
      const found = new Map<string, SeriesDescription>();
      const reader = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
          const description = await describe(next, signal).catch(() => undefined);
          if (description !== undefined) found.set(next.seriesInstanceUID, description);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, reader));
      const series = wanted.flatMap(({ seriesInstanceUID }) => found.get(seriesInstanceUID) ?? []);
      return { series, unread: wanted.length - series.length };
    },
  };
}

async function listSeries(
  archive: Archive,
  studyInstanceUID: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DicomJson>> {
  const series = await archive.query(['studies', studyInstanceUID, 'series'], {}, signal);
  return new Map(series.map((each) => [firstText(each, '0020000E'), each]));
}

/** @param listed the archive's entry for a series; undefined if it has none */
function fits(listed: DicomJson | undefined, { modality, description = '' }: SeriesFilter): boolean {
  if (listed === undefined) return modality === undefined && description === '';
  const own = firstText(listed, '00080060').toUpperCase();
  return (
    !holdsNoImages(own) &&
    (modality === undefined || own === modality.toUpperCase()) &&
    firstText(listed, '0008103E').toLowerCase().includes(description.toLowerCase())
  );
}

/** Days before today in which studies are searched, until there are enough; finally all. QIDO-RS has no sort order. */
const spans = [1, 7, 60, 730];
const mostStudies = 200;

/** Studies, those with the newest date first, each once. */
async function* studiesByDate(
  archive: Archive,
  { modality }: SeriesFilter,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const seen = new Set<string>();
  for (const days of [...spans, undefined]) {
    const since = new Date(Date.now() - (days ?? 0) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const studies = await archive.query(
      ['studies'],
      {
        ...(days !== undefined && { StudyDate: `${since}-` }),
        ...(modality !== undefined && { ModalitiesInStudy: modality }),
        limit: String(mostStudies),
      },
      signal,
    );
    const when = (study: DicomJson): string => firstText(study, '00080020') + firstText(study, '00080030');
    for (const study of [...studies].sort((a, b) => when(b).localeCompare(when(a)))) {
      const uid = firstText(study, '0020000D');
      if (signal.aborted) return;
      if (!seen.has(uid)) yield uid;
      seen.add(uid);
    }
  }
}
