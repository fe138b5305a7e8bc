import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '#contract/dicomJson.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { createRecentSeries, type SeriesFilter } from './recentSeries.js';
import { axialHead, datasetOf, evenly, slicesAt } from './rules/description.testSupport.js';

/** Studies with their date and series; the archive does not know the order of anything. */
const studies = [
  { uid: '1.1', date: '20200101', series: ['1.1.1'] },
  { uid: '1.2', date: '20260131', series: ['1.2.1', '1.2.2', '1.2.9'] },
  { uid: '1.3', date: '20251231', series: ['1.3.1'] },
];
/** 1.2.9 is a result; the others are images. */
const listed: Readonly<Record<string, { readonly Modality: string; readonly SeriesDescription: string }>> = {
  '1.1.1': { Modality: 'CT', SeriesDescription: 'Thorax 3.0 B40f' },
  '1.2.1': { Modality: 'MR', SeriesDescription: 't1_mprage' },
  '1.2.2': { Modality: 'MR', SeriesDescription: 't2_tse' },
  '1.2.9': { Modality: 'SEG', SeriesDescription: 'Hippocampi' },
  '1.3.1': { Modality: 'CT', SeriesDescription: 'Abdomen 5.0' },
};

function archiveOf({ broken = [] as string[], read = [] as string[] } = {}): Archive {
  return {
    async query(resource: readonly string[], query: Readonly<Record<string, string>>): Promise<readonly DicomJson[]> {
      const [, study, , series] = [...resource, undefined, undefined];
      if (study === undefined && query.StudyInstanceUID !== undefined) return [{}];
      const since = query.StudyDate?.slice(0, 8) ?? '';
      if (study === undefined)
        return studies
          .filter(({ date }) => date >= since)
          .map(({ uid, date }) => datasetOf({ StudyInstanceUID: uid, StudyDate: date }));
      const found = studies.find(({ uid }) => uid === study)?.series ?? [];
      const wanted = query.SeriesInstanceUID;
      expect(series).toBeUndefined();
      return found
        .filter((uid) => wanted === undefined || uid === wanted)
        .map((uid) => datasetOf({ SeriesInstanceUID: uid, ...listed[uid] }));
    },
    async retrieveMetadata(_study: string, series: string) {
      read.push(series);
      if (broken.includes(series))
        throw new PromptsegError('archive-broken-answer', 'The archive has an internal error (500).');
      return slicesAt(evenly(3, 1), { ...axialHead, SeriesInstanceUID: series });
    },
  } as unknown as Archive;
}
const databaseWith = (...reported: readonly [study: string, series: string][]) => ({
  executeSql: async () => ({
    rows: reported.map(([study, series]) => ({ study_instance_uid: study, series_instance_uid: series })),
  }),
});
const uidsOf = (series: readonly { readonly seriesInstanceUID: string }[]): string[] =>
  series.map(({ seriesInstanceUID }) => seriesInstanceUID);

describe('the recent series', () => {
  it('are those of the newest studies if routing has no reports', async () => {
    const recent = createRecentSeries({ archive: archiveOf(), database: databaseWith() });
    expect(uidsOf((await recent.describe(3)).series)).toEqual(['1.2.1', '1.2.2', '1.3.1']);
    expect(uidsOf((await recent.describe(50)).series)).toEqual(['1.2.1', '1.2.2', '1.3.1', '1.1.1']);
  });

  it('are first those that were reported to routing, each once', async () => {
    const recent = createRecentSeries({
      archive: archiveOf(),
      database: databaseWith(['1.1', '1.1.1'], ['1.2', '1.2.2']),
    });
    expect(uidsOf((await recent.describe(3)).series)).toEqual(['1.1.1', '1.2.2', '1.2.1']);
  });

  it('that cannot be read are counted, and tried again', async () => {
    const broken = ['1.2.1', '9.9'];
    const recent = createRecentSeries({ archive: archiveOf({ broken }), database: databaseWith(['9', '9.9']) });
    expect(await recent.describe(4)).toMatchObject({
      series: [{ seriesInstanceUID: '1.2.2' }, { seriesInstanceUID: '1.3.1' }],
      unread: 2,
    });
    broken.length = 0;
    expect(await recent.describe(4)).toMatchObject({ unread: 1 });
  });

  it('are images, never results', async () => {
    const recent = createRecentSeries({ archive: archiveOf(), database: databaseWith(['1.2', '1.2.9']) });
    expect(uidsOf((await recent.describe(50)).series)).not.toContain('1.2.9');
  });

  it('can be those of a modality and of a description only', async () => {
    const recent = createRecentSeries({
      archive: archiveOf(),
      database: databaseWith(['1.1', '1.1.1'], ['1.2', '1.2.2']),
    });
    const found = async (filter: SeriesFilter) => uidsOf((await recent.describe(2, filter)).series);
    expect(await found({ modality: 'CT' })).toEqual(['1.1.1', '1.3.1']);
    expect(await found({ modality: 'CT', description: 'abdo' })).toEqual(['1.3.1']);
    expect(await found({ description: 'T2_' })).toEqual(['1.2.2']);
    expect(await found({ modality: 'PT' })).toEqual([]);
  });

  it('are not read again for every look', async () => {
    const read: string[] = [];
    const recent = createRecentSeries({ archive: archiveOf({ read }), database: databaseWith() });
    await recent.describe(3);
    await recent.describe(3);
    expect(read.sort()).toEqual(['1.2.1', '1.2.2', '1.3.1']);
  });
});
