import type { NaturalizedDataset } from '../../values/naturalizedDataset.js';

/** The age of the patient at the time of the study, in years; or why it is not known. */
export type PatientAge = { readonly years: number } | { readonly unknown: 'missing' | 'contradictory' };

/**
 * From Patient's Birth Date (0010,0030) and Study Date (0008,0020), or else from Patient's Age (0010,1010): of an age
 * in whole years the middle of the year. If both are there and differ, as after de-identification, neither is believed.
 */
export function ageOf({ PatientBirthDate, StudyDate, PatientAge }: NaturalizedDataset): PatientAge {
  const [born, studied] = [dayOf(PatientBirthDate), dayOf(StudyDate)];
  const byDates = born === undefined || studied === undefined ? undefined : (studied - born) / daysOfYear;
  const stated = statedYears(PatientAge);
  if (byDates === undefined) return stated === undefined ? { unknown: 'missing' } : { years: stated };
  const isContradicted = stated !== undefined && Math.abs(stated - byDates) > 1.5;
  return byDates < 0 || byDates > 120 || isContradicted ? { unknown: 'contradictory' } : { years: byDates };
}

/** Patient's Sex (0010,0040); undefined for other and unknown. */
export const sexOf = ({ PatientSex }: NaturalizedDataset): 'female' | 'male' | undefined =>
  PatientSex === 'F' ? 'female' : PatientSex === 'M' ? 'male' : undefined;

const daysOfYear = 365.2425;

/** A date (DA) in days; undefined if it is none. */
function dayOf(value: unknown): number | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(String(value).trim())?.map(Number) ?? [];
  if (year === undefined) return undefined;
  const date = new Date(Date.UTC(year, month! - 1, day));
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day ? date.getTime() / 86_400_000 : undefined;
}

/** An age (AS), such as "045Y" or "010M". */
function statedYears(value: unknown): number | undefined {
  const [, number, unit] = /^(\d{3})([DWMY])$/.exec(String(value).trim()) ?? [];
  if (number === undefined) return undefined;
  const perYear = { D: daysOfYear, W: daysOfYear / 7, M: 12, Y: 1 }[unit as 'D' | 'W' | 'M' | 'Y'];
  return (Number(number) + 0.5) / perYear;
}
