import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { type DicomJson, firstText } from '#contract/dicomJson.js';
import { uidSchema } from '#contract/uid.js';
import { PromptsegError } from '../../platform/errors.js';

/** A series of the archive. */
export interface Member {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

/** A search of the archive: "/studies", "/studies/1.2.3/series". */
type Search = (path: string, query: Readonly<Record<string, string>>) => Promise<readonly DicomJson[]>;

/** Attributes that a query may name, by the level at which archives match them (PS3.4 section C.6.1.1, PS3.18 10.6). */
const ofStudies = ['StudyDate', 'StudyDescription', 'StudyInstanceUID', 'AccessionNumber', 'PatientID'];
const ofSeries = [
  'Modality',
  'SeriesDescription',
  'SeriesNumber',
  'SeriesInstanceUID',
  'ProtocolName',
  'BodyPartExamined',
];

/** Studies are requested in pages of this size. */
const pageSize = 200;

/**
 * The series of the archive that match a query such as "Modality=MR&StudyDate=20260101-&SeriesDescription=*T1*".
 * @param search QIDO-RS (PS3.18 section 10.6)
 * @throws PromptsegError `options-invalid` if the query names no attribute or one that archives do not match
 */
export async function seriesOfQuery(search: Search, text: string): Promise<readonly Member[]> {
  const wanted = [...new URLSearchParams(text)];
  const unknown = wanted.find(([name, value]) => value === '' || ![...ofStudies, ...ofSeries].includes(name));
  if (wanted.length === 0 || unknown !== undefined)
    throw new PromptsegError(
      'options-invalid',
      `--query needs attributes with a value, of these: ${[...ofStudies, ...ofSeries].join(', ')}.`,
    );
  const at = (names: readonly string[]) => Object.fromEntries(wanted.filter(([name]) => names.includes(name)));
  const { Modality, ...rest } = at(ofSeries);
  const modality = Modality?.toUpperCase();
  const members: Member[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const studies = await search('/studies', {
      ...at(ofStudies),
      ...(modality !== undefined && { ModalitiesInStudy: modality }),
      limit: String(pageSize),
      offset: String(offset),
    });
    for (const study of studies) {
      const studyInstanceUID = firstText(study, '0020000D');
      const query = { ...rest, ...(modality !== undefined && { Modality: modality }) };
      // Some archives do not match at this level.
      for (const series of await search(`/studies/${studyInstanceUID}/series`, query))
        if (modality === undefined || firstText(series, '00080060') === modality)
          members.push({ studyInstanceUID, seriesInstanceUID: firstText(series, '0020000E') });
    }
    if (studies.length < pageSize) return distinct(members);
  }
}

/**
 * The series of a CSV file with the columns StudyInstanceUID and SeriesInstanceUID; others are ignored.
 * @throws PromptsegError `options-invalid` with the line of a row that does not name a series
 */
export async function seriesOfList(file: string): Promise<readonly Member[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new PromptsegError('options-invalid', `The file of --list cannot be read: ${cause.code}.`, { cause });
  });
  const [header = [], ...rows] = rowsOf(text);
  const place = (keyword: string): number =>
    header.findIndex((name) => name.trim().toLowerCase().replaceAll('_', '') === keyword.toLowerCase());
  const [study, series] = [place('StudyInstanceUID'), place('SeriesInstanceUID')];
  if (study < 0 || series < 0)
    throw new PromptsegError(
      'options-invalid',
      'The first line of --list must name the columns StudyInstanceUID and SeriesInstanceUID.',
    );
  return distinct(
    rows.map((row, index) => {
      const [studyInstanceUID, seriesInstanceUID] = [study, series].map((column) => row[column]?.trim() ?? '');
      if (![studyInstanceUID, seriesInstanceUID].every((uid) => uidSchema.safeParse(uid).success))
        throw new PromptsegError('options-invalid', `Row ${index + 2} of --list does not name a study and a series.`);
      return { studyInstanceUID: studyInstanceUID!, seriesInstanceUID: seriesInstanceUID! };
    }),
  );
}

function rowsOf(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true, delimiter: [',', ';', '\t'] });
  } catch (cause) {
    throw new PromptsegError('options-invalid', 'The file of --list is not CSV.', { cause });
  }
}

const distinct = (members: readonly Member[]): readonly Member[] => [
  ...new Map(members.map((member) => [member.seriesInstanceUID, member])).values(),
];
