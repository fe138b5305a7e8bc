import { type DicomJson, firstText, textsOf, valuesOf } from '../../../../server/contract/dicomJson.js';
import { holdsNoImages } from '../../../../server/contract/holdsNoImages.js';
import { language } from '../../client/strings/language.js';
import { get, numberOf } from './dicomWeb.js';
import { strings } from './strings.js';

export interface Study {
  readonly studyInstanceUID: string;
  readonly description: string;
  /** "Doe, Jane". */
  readonly patientName: string;
  readonly patientId: string;
  /** YYYYMMDD, where the archive says it. */
  readonly date: string;
  /** Of its images. */
  readonly modalities: readonly string[];
  readonly numberOfSeries: number;
}

/** So many are read; QIDO-RS has no order, so that of more these need not be the newest. */
export const mostStudies = 100;

/** PatientName, PatientID, ModalitiesInStudy, StudyDescription, NumberOfStudyRelatedSeries. */
const fields = ['00100010', '00100020', '00080061', '00081030', '00201206'].map((tag) => `includefield=${tag}`);

/**
 * Studies of the archive, newest first.
 * @throws ApiError if the archive refuses
 */
export async function listStudies(): Promise<readonly Study[]> {
  const studies = await get(`/studies?limit=${mostStudies}&${fields.join('&')}`);
  return studies.map(readStudy).toSorted((a, b) => b.date.localeCompare(a.date));
}

/** @throws ApiError if the archive refuses; Error if it has no such study */
export async function readOneStudy(studyInstanceUID: string): Promise<Study> {
  const query = new URLSearchParams({ StudyInstanceUID: studyInstanceUID });
  const [study] = await get(`/studies?${query}&${fields.join('&')}`);
  if (study === undefined) throw new Error(strings.noSuchStudy);
  return readStudy(study);
}

const readStudy = (study: DicomJson): Study => ({
  studyInstanceUID: firstText(study, '0020000D'),
  description: firstText(study, '00081030'),
  patientName: nameInWords(firstText(study, '00100010')),
  patientId: firstText(study, '00100020'),
  date: firstText(study, '00080020'),
  modalities: valuesOf(study, '00080061')
    .flatMap(textsOf)
    .filter((modality) => !holdsNoImages(modality)),
  numberOfSeries: numberOf(study, '00201206'),
});

/** "Doe^Jane^^Dr." is "Doe, Jane" (PS3.5 section 6.2.1.2). */
const nameInWords = (name: string): string =>
  name
    .split('^')
    .slice(0, 3)
    .filter((part) => part !== '')
    .join(', ');

/** "4 Jun 2019" in the language of the page; what is no date stays as it is. */
export function dateInWords(date: string): string {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(date) ?? [];
  if (year === undefined) return date;
  const moment = new Date(Number(year), Number(month) - 1, Number(day));
  return moment.toLocaleDateString(language, { day: 'numeric', month: 'short', year: 'numeric' });
}
