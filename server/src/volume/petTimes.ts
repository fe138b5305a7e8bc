import type { Dataset, Tag } from '../dicom/dataset.js';
import { secondsOfDateAndTime, secondsOfDateTime, secondsOfTime } from '../dicom/moment.js';

/** How long the dose had decayed at the time to which PET values are decay corrected, or why that is unknown. */
export type DecayTime =
  | { readonly seconds: number; readonly until: string; readonly notes: readonly string[] }
  | { readonly missing: string };

const secondsPerDay = 86_400;
const hour = 3600;
/** No scan begins longer before its images; a longer time means that a date was shifted or removed. */
const longestScan = 12 * hour;
/** Dynamic scans begin shortly before the injection. */
const earliestScan = 600;
/**
 * After ten half-lives a thousandth of the dose is left, which nobody images: eight minutes of Rb-82 are six
 * half-lives, a week of Zr-89 is two.
 */
const mostHalfLives = 10;
/** Above, patients are also imaged on later days, so that a time of day does not determine the day. */
const longestHalfLifeOfOneDay = 6 * hour;
/** Two statements of the same time may differ by rounding. */
const sameTime = 60;

/**
 * The time from the injection to the time that the values are decay corrected to with Decay Correction START (PS3.3
 * section C.8.9.1).
 *
 * - Time of the correction, from the first of these, if an image was acquired within 12 hours after it: Decay
 *   Correction Date Time; Series Date and Time; the private attribute of GE or Siemens; Frame Reference Time.
 * - Acquisition: Acquisition Date and Time; Acquisition Date Time; Frame Acquisition Date Time.
 * - Injection: Radiopharmaceutical Start Date Time; Start Time; GE's private attribute; Stop Date Time; Stop Time.
 *
 * De-identifiers shift some dates and not others: if a date cannot be right, only the time of day is used, with a note.
 * A missing date is taken from the acquisition, the series or the study. Times without minutes count as missing.
 *
 * @param halfLife in seconds
 */
export function decayTime(frame: Dataset, injection: Dataset, halfLife: number): DecayTime {
  const reference = referenceTime(frame, halfLife);
  if (reference === undefined) return { missing: 'the time that the decay correction refers to is not known' };
  const injected = injectionTime(frame, injection, reference.seconds, halfLife);
  if ('missing' in injected) return injected;
  return {
    seconds: reference.seconds - injected.seconds,
    until: reference.name,
    notes: [...reference.notes, ...injected.notes],
  };
}

interface Reference {
  readonly seconds: number;
  readonly name: string;
  readonly notes: readonly string[];
}

function referenceTime(frame: Dataset, halfLife: number): Reference | undefined {
  const acquisition = acquisitionTime(frame);
  const candidates = [
    {
      seconds: exactDateTime(frame, frame.string('x00189701')),
      name: 'the time that the images state',
      isStated: true,
    },
    { seconds: dayAndTime(frame, 'x00080021', 'x00080031'), name: 'the start of the series', isNeeded: true },
    { seconds: privateStart(frame), name: "the start of the scan that the maker's private attribute states" },
  ];
  for (const { seconds, name, isNeeded, isStated = false } of candidates) {
    if (seconds === undefined || (acquisition === undefined && isNeeded)) continue;
    const before = (acquisition ?? seconds) - seconds;
    // The time that the values refer to may also be within the scan; a start is before each of its images.
    if (before >= (isStated ? -longestScan : 0) && before <= longestScan) return { seconds, name, notes: [] };
    if (acquisition === undefined || Math.abs(before) < longestScan) continue;
    const sameDay = onDayOf(acquisition, seconds);
    if (sameDay <= acquisition && acquisition - sameDay <= longestScan)
      return {
        seconds: sameDay,
        name,
        notes: [`The date of ${name} is not that of the images; its time of day was taken.`],
      };
  }
  const start = startByFrameReferenceTime(frame, acquisition, halfLife);
  return start === undefined
    ? undefined
    : { seconds: start, name: 'the start of the scan, found from Frame Reference Time', notes: [] };
}

function acquisitionTime(frame: Dataset): number | undefined {
  return (
    dayAndTime(frame, 'x00080022', 'x00080032') ??
    exactDateTime(frame, frame.string('x0008002a')) ??
    exactDateTime(frame, frame.string('x00189074'))
  );
}

/**
 * The start of the scan, which GE (GEMS_PETD_01) and Siemens (SIEMENS MED PT) keep in series that were reconstructed
 * later.
 */
function privateStart(frame: Dataset): number | undefined {
  if (frame.string('x00090010') === 'GEMS_PETD_01') return exactDateTime(frame, frame.string('x0009100d'));
  if (frame.string('x00710010') === 'SIEMENS MED PT') return exactDateTime(frame, frame.string('x00711022'));
  return undefined;
}

function startByFrameReferenceTime(
  frame: Dataset,
  acquisition: number | undefined,
  halfLife: number,
): number | undefined {
  const frameReference = frame.numberIfSound('x00541300');
  const duration = frame.numberIfSound('x00181242');
  if (acquisition === undefined || frameReference === undefined || !(duration !== undefined && duration > 0))
    return undefined;
  return acquisition + averageCountRateTime(duration / 1000, halfLife) - frameReference / 1000;
}

/**
 * The time within a frame at which the decaying count rate equals its average, to which Frame Reference Time
 * (0054,1300) refers. All in seconds.
 */
function averageCountRateTime(duration: number, halfLife: number): number {
  const decay = (Math.LN2 / halfLife) * duration;
  return (Math.log(decay / (1 - Math.exp(-decay))) / decay) * duration;
}

type Injection = { readonly seconds: number; readonly notes: readonly string[] } | { readonly missing: string };

function injectionTime(frame: Dataset, injection: Dataset, scan: number, halfLife: number): Injection {
  const start = statedTimes(frame, injection, 'x00181078', 'x00181072');
  const ge = frame.string('x00090010') === 'GEMS_PETD_01' ? exactDateTime(frame, frame.string('x0009103b')) : undefined;
  const stop = statedTimes(frame, injection, 'x00181079', 'x00181073');
  const { dateTime, time } = isStated(start) ? start : ge !== undefined ? { dateTime: ge, time: undefined } : stop;
  if (dateTime === undefined && time === undefined) return { missing: 'the time of the injection is not known' };
  if (dateTime !== undefined && time !== undefined && apartInDay(dateTime, time) > sameTime)
    return { missing: 'the two times of the injection that are stated contradict each other' };
  const notes =
    isStated(start) || ge !== undefined ? [] : ['The start of the injection is not stated; its end was taken.'];
  const isBelievable = (at: number) => scan - at >= -earliestScan && scan - at <= mostHalfLives * halfLife;
  if (dateTime !== undefined && isBelievable(dateTime)) return { seconds: dateTime, notes };
  if (halfLife > longestHalfLifeOfOneDay) return { missing: 'the day of the injection is not known' };
  const sameDay = onDayOf(scan, (dateTime ?? time)!);
  const seconds = sameDay - scan <= earliestScan ? sameDay : sameDay - secondsPerDay;
  if (!isBelievable(seconds)) {
    const halfLives = ((scan - (dateTime ?? seconds)) / halfLife).toFixed(0);
    const isAfterScan = (dateTime ?? sameDay) - scan > earliestScan;
    const when = isAfterScan ? 'after the scan' : `${halfLives} half-lives before the scan`;
    return { missing: `the stated time of the injection is ${when}` };
  }
  if (dateTime === undefined) return { seconds, notes };
  return { seconds, notes: [...notes, 'The date of the injection is not believable; its time of day was taken.'] };
}

interface StatedTimes {
  readonly dateTime: number | undefined;
  readonly time: number | undefined;
}

const statedTimes = (frame: Dataset, injection: Dataset, dateTime: Tag, time: Tag): StatedTimes => ({
  dateTime: exactDateTime(frame, injection.string(dateTime)),
  time: exactTime(injection.string(time)),
});

const isStated = ({ dateTime, time }: StatedTimes): boolean => dateTime !== undefined || time !== undefined;

const timeOfDay = (seconds: number): number => ((seconds % secondsPerDay) + secondsPerDay) % secondsPerDay;
const onDayOf = (day: number, seconds: number): number =>
  Math.floor(day / secondsPerDay) * secondsPerDay + timeOfDay(seconds);

function apartInDay(a: number, b: number): number {
  const apart = Math.abs(timeOfDay(a) - timeOfDay(b));
  return Math.min(apart, secondsPerDay - apart);
}

/** A time of whole hours may be an hour off. */
const exactTime = (time: string | undefined): number | undefined =>
  time !== undefined && /^\d{2}:?\d{2}/.test(time) ? secondsOfTime(time) : undefined;

/**
 * @returns in the time zone of the dataset, if a Date Time states another one and Timezone Offset From UTC (0008,0201)
 * is present
 */
function exactDateTime(frame: Dataset, dateTime: string | undefined): number | undefined {
  if (dateTime === undefined || !/^\d{12}/.test(dateTime)) return undefined;
  const seconds = secondsOfDateTime(dateTime);
  const [own, ofDataset] = [/[+-]\d{4}$/.exec(dateTime)?.[0], frame.string('x00080201')].map(offsetSeconds);
  return seconds === undefined || own === undefined || ofDataset === undefined ? seconds : seconds - own + ofDataset;
}

function offsetSeconds(offset: string | undefined): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(offset ?? '') ?? [];
  if (sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/**
 * A time on its date, or if that is missing on another date of the same examination; without any date, on the same day
 * for all.
 */
function dayAndTime(frame: Dataset, date: Tag, time: Tag): number | undefined {
  if (exactTime(frame.string(time)) === undefined) return undefined;
  const dates = [date, 'x00080022', 'x00080021', 'x00080020'] as const;
  const stated = dates.map((tag) => secondsOfDateAndTime(frame.string(tag), frame.string(time)));
  return stated.find((seconds) => seconds !== undefined) ?? secondsOfTime(frame.string(time));
}
