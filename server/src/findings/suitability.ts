import type { BodyRegion } from '#contract/bodyRegions.js';
import type { UnsuitableReason } from '#contract/comparison.js';
import type { ErrorCode } from '#contract/errorTable.js';
import { PromptsegError } from '../platform/errors.js';
import { regionsNamed, regionsShown } from '../values/bodyRegions.js';
import type { SeriesFacts } from './seriesFacts.js';

/** The regions that a series states; undefined if it states none beyond doubt. */
export const regionsOf = ({ bodyPartExamined, description, protocolName }: SeriesFacts) =>
  regionsShown(bodyPartExamined) ?? regionsNamed(description) ?? regionsNamed(protocolName);

/** Why a series cannot be the earlier one of another; undefined if it can. */
export function unsuitableReason(
  now: SeriesFacts,
  before: SeriesFacts,
): Exclude<UnsuitableReason, 'not-examined'> | undefined {
  if (before.studyInstanceUID === now.studyInstanceUID) return 'same-study';
  if (isOtherPatient(now.patient, before.patient)) return 'other-patient';
  if (dayOf(before.studyDate) === undefined) return 'no-date';
  if (!isBefore(before, now)) return 'not-before';
  if (before.modality !== now.modality) return 'other-modality';
  return sharesRegion(regionsOf(now), regionsOf(before)) ? undefined : 'other-region';
}

/** One sentence for each reason; none names a patient or a date. */
export const reasonSentences: Readonly<Record<UnsuitableReason, string>> = {
  'same-study': 'It is in the same study.',
  'other-patient':
    'Its images state another name, birth date, sex or issuer of the Patient ID than the images of the job.',
  'no-date': 'Its images state no Study Date.',
  'not-before': 'Its study is not earlier than that of the job, or the times of one day are not stated.',
  'other-modality': 'Its modality is another one.',
  'other-region': 'It shows another region of the body.',
  'not-examined': 'It was not examined, because the patient has very many series.',
};

/** @throws PromptsegError `prior-unsuitable`, `patients-differ` */
export function requireSuitable(now: SeriesFacts, before: SeriesFacts): void {
  const reason = unsuitableReason(now, before);
  // A person who names a series has looked at it; the difference is stated.
  if (reason === undefined || reason === 'other-region') return;
  const code: ErrorCode = reason === 'other-patient' ? 'patients-differ' : 'prior-unsuitable';
  throw new PromptsegError(code, `The series cannot serve as the earlier one. ${reasonSentences[reason]}`, {
    details: { reason },
  });
}

/** @throws PromptsegError `patient-unidentified` */
export function requireIdentified({ patient, studyDate }: SeriesFacts): void {
  if (patient.id === '')
    throw new PromptsegError(
      'patient-unidentified',
      'The images state no Patient ID, so earlier studies of the same patient cannot be found.',
    );
  if (dayOf(studyDate) === undefined)
    throw new PromptsegError(
      'patient-unidentified',
      'The images state no Study Date, so it is not known which studies are earlier.',
    );
}

/** Days since 1970 of a date as in DICOM (DA, PS3.5 section 6.2); undefined if it is none. */
export function dayOf(date: string): number | undefined {
  const [, year, month, day] = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(date.trim()) ?? [];
  if (year === undefined) return undefined;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = new Date(time).getUTCDate() === Number(day) && Number(month) <= 12;
  return isDay ? time / 86_400_000 : undefined;
}

/** The earlier day, or the earlier time of the same day where both state one. */
function isBefore(before: SeriesFacts, now: SeriesFacts): boolean {
  const [earlier, later] = [dayOf(before.studyDate)!, dayOf(now.studyDate)!];
  if (earlier !== later) return earlier < later;
  const [first, second] = [before.studyTime, now.studyTime].map(digitsOf);
  return first !== '' && second !== '' && first!.padEnd(6, '0') < second!.padEnd(6, '0');
}

const digitsOf = (time: string): string => time.replace(/\..*$/, '').replaceAll(/\D/g, '');

/** Whether what both state of their patients differs. An ID counts only together with its issuer. */
function isOtherPatient(now: SeriesFacts['patient'], before: SeriesFacts['patient']): boolean {
  if (now.id !== before.id) return true;
  const differ = (a: string, b: string): boolean => a !== '' && b !== '' && a !== b;
  return (
    differ(now.issuer, before.issuer) ||
    differ(foldName(now.name), foldName(before.name)) ||
    differ(now.birthDate, before.birthDate) ||
    differ(now.sex.toUpperCase(), before.sex.toUpperCase())
  );
}

/** A person's name without what archives change: case, accents, spaces and empty components. */
const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s^,]+/g, ' ')
    .trim();

const sharesRegion = (a: readonly BodyRegion[] | undefined, b: readonly BodyRegion[] | undefined): boolean =>
  a === undefined || b === undefined || a.some((region) => b.includes(region));
