/**
 * Dates and times of DICOM as seconds since 1970, as if all clocks were in UTC: valid only for differences between
 * times of one scanner.
 */

const timeOfDay = /^(\d{2})(?::?(\d{2})(?::?(\d{2}(?:\.\d{1,6})?))?)?$/;

/**
 * Seconds since midnight (TM, PS3.5 section 6.2; older ones have colons). @returns undefined if it is not a time
 */
export function secondsOfTime(time: string | undefined): number | undefined {
  const [, hours, minutes = '0', seconds = '0'] = timeOfDay.exec(time?.trim() ?? '') ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** @param date DA, older ones have dots @param time TM @returns undefined if either is missing or not valid */
export function secondsOfDateAndTime(date: string | undefined, time: string | undefined): number | undefined {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date?.trim() ?? '') ?? [];
  const seconds = secondsOfTime(time);
  if (year === undefined || seconds === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000 + seconds;
}

/** @param dateTime DT, at least a day; the offset from UTC is ignored @returns undefined if it is not valid */
export function secondsOfDateTime(dateTime: string | undefined): number | undefined {
  const [, date, time = '00'] = /^(\d{8})(\d{2,6}(?:\.\d{1,6})?)?(?:[+-]\d{4})?$/.exec(dateTime?.trim() ?? '') ?? [];
  return secondsOfDateAndTime(date, time);
}
