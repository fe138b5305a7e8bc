import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seriesOfList, seriesOfQuery } from './chooseSeries.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-list-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function listOf(text: string): Promise<string> {
  const file = path.join(folder, 'list.csv');
  await writeFile(file, text);
  return file;
}

describe('series of a list', () => {
  it.each([
    ['commas', 'StudyInstanceUID,SeriesInstanceUID\n1.2,1.2.1\n1.3,1.3.1\n'],
    [
      'semicolons, a byte order mark and Windows line ends',
      '\uFEFFSeriesInstanceUID;x;StudyInstanceUID\r\n1.2.1;;1.2\r\n1.3.1;;1.3\r\n',
    ],
    [
      'the columns of our own tables, quoted, twice',
      'study_instance_uid,series_instance_uid\n"1.2","1.2.1"\n1.3,1.3.1\n1.2,1.2.1\n',
    ],
  ])('with %s', async (_name, text) => {
    expect(await seriesOfList(await listOf(text))).toEqual([
      { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.1' },
      { studyInstanceUID: '1.3', seriesInstanceUID: '1.3.1' },
    ]);
  });

  it.each([
    ['no header', '1.2,1.2.1\n', /first line/],
    ['a row without a series', 'StudyInstanceUID,SeriesInstanceUID\n1.2,1.2.1\n1.3\n', /Row 3/],
    ['something that is no UID', 'StudyInstanceUID,SeriesInstanceUID\n1.2,../x\n', /Row 2/],
    ['an open quotation mark', 'StudyInstanceUID,SeriesInstanceUID\n"1.2,1.2.1\n', /not CSV/],
    ['nothing', '', /first line/],
  ])('with %s is refused', async (_name, text, message) => {
    await expect(listOf(text).then(seriesOfList)).rejects.toMatchObject({
      code: 'options-invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('series of a query', () => {
  const asked: string[] = [];
  /** 230 studies of a CT and an MR series; it matches nothing within a study. */
  const search: Parameters<typeof seriesOfQuery>[0] = async (place, query) => {
    asked.push(`${place}?${new URLSearchParams(query)}`);
    const [, study] = /^\/studies\/([\d.]+)\/series$/.exec(place) ?? [];
    if (study === undefined)
      return Array.from({ length: 230 }, (_, n) => ({ '0020000D': { vr: 'UI', Value: [`1.${n}`] } })).slice(
        Number(query.offset),
        Number(query.offset) + 200,
      );
    return ['CT', 'MR'].map((modality, n) => ({
      '0020000E': { vr: 'UI', Value: [`${study}.${n + 1}`] },
      '00080060': { vr: 'CS', Value: [modality] },
    }));
  };

  it('are found page by page, with each attribute at its level', async () => {
    const series = await seriesOfQuery(search, 'Modality=mr&StudyDate=20260101-&SeriesDescription=*T1*');
    expect(series).toHaveLength(230);
    expect(series[229]).toEqual({ studyInstanceUID: '1.229', seriesInstanceUID: '1.229.2' });
    expect(asked[0]).toContain('/studies?StudyDate=20260101-&ModalitiesInStudy=MR&limit=200&offset=0');
    expect(asked[1]).toContain('/studies/1.0/series?SeriesDescription=*T1*&Modality=MR');
  });

  const notQueries = ['', 'Modality', 'Modality=', 'Colour=red', 'Modality=CT&PatientName=DOE*'];
  it.each(notQueries)('“%s” is none', async (text) => {
    await expect(seriesOfQuery(search, text)).rejects.toMatchObject({ code: 'options-invalid' });
  });
});
