/**
 * A time as DICOM date (DA) and time (TM, to the millisecond), in the time zone of the dataset: that of Timezone Offset
 * From UTC (0008,0201) if the source states it, else the server's.
 * @param timezoneOffset "+0100"; anything else counts as not stated
 */
export function contentDateAndTime(moment: Date, timezoneOffset: unknown): readonly [date: string, time: string] {
  const [date, time] = new Date(moment.getTime() + 60_000 * minutesEastOfUtc(moment, timezoneOffset))
    .toISOString()
    .split('T');
  return [date!.replaceAll('-', ''), time!.slice(0, 12).replaceAll(':', '')];
}

function minutesEastOfUtc(moment: Date, timezoneOffset: unknown): number {
  const stated = /^([+-])(\d{2})(\d{2})$/.exec(String(timezoneOffset));
  if (stated === null) return -moment.getTimezoneOffset();
  const [, sign, hours, minutes] = stated;
  return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes));
}
