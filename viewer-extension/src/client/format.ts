import type { Finding } from '../../../server/contract/finding.js';
import { language } from './strings/language.js';
import { strings } from './strings.js';

/** What was measured: "40 ms", "1.5 s", "12 s", "2 min 05 s". @param milliseconds below 0 counts as 0 */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 9.95 ? `${decimal(seconds, 1)} s` : formatSeconds(seconds);
}

/** What runs on while one looks: "5 s", "2 min 05 s", "1 h 04 min", "3 d 2 h". @param seconds below 0 counts as 0 */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** For what is only roughly known: "10 s", "2 min", "1 h 10 min"; undefined if it is about to be. */
export function formatRoughly(seconds: number): string | undefined {
  if (seconds < 3) return undefined;
  if (seconds < 57.5) return `${5 * Math.max(1, Math.round(seconds / 5))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${two(10 * Math.floor((minutes % 60) / 10))} min`;
}

/** "5 s", "3 min", "2 h", "4 d": how long ago, without a word around it. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** On the reader's clock: "14:05", "Jan 31, 14:05", "Jan 31, 2025, 14:05"; no more than is needed to know when. */
export function formatMoment(iso: string, now: Date = new Date()): string {
  const moment = new Date(iso);
  const thisYear = moment.getFullYear() === now.getFullYear();
  const today = thisYear && moment.toDateString() === now.toDateString();
  return moment.toLocaleString(language, {
    ...(!today && { month: 'short', day: 'numeric', ...(!thisYear && { year: 'numeric' }) }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

/** The end of a UID distinguishes it; the root is the same for all. */
export function shortUid(uid: string): string {
  return uid.length <= 14 ? uid : `…${uid.slice(-12)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

type Found = Extract<Finding, { status: 'found' }>;

/**
 * Size of a finding: its volume; on a single image its area, or the number of pixels if that has no scale: "412 px".
 */
export function formatSize({ volumeMl, areaMm2, voxelCount }: Size): string {
  if (volumeMl !== undefined) return formatVolume(volumeMl);
  return areaMm2 === undefined ? `${decimal(voxelCount, 0)} px` : `${formatMillilitres(areaMm2)} mm²`;
}

export type Size = Pick<Found, 'volumeMl' | 'areaMm2' | 'voxelCount'>;

/** A volume with as many digits as a reader can use: "0.42 mL", "31.7 mL", "2,310 mL". */
export function formatVolume(millilitres: number): string {
  return `${formatMillilitres(millilitres)} mL`;
}

/** The same without its unit. */
export function formatMillilitres(millilitres: number): string {
  if (millilitres > 0 && millilitres < 0.01) return '< 0.01';
  const digits = millilitres < 9.995 ? 2 : millilitres < 99.95 ? 1 : 0;
  return decimal(millilitres, digits);
}

/**
 * Mean of a finding in the modality's unit: "−812 HU", "4.21 SUV", "312 a.u." if the unit is arbitrary; none on a
 * single image.
 */
export function formatMean({ mean, unit = '' }: { readonly [K in 'mean' | 'unit']?: Found[K] | undefined }): string {
  if (mean === undefined) return '';
  const digits = unit === 'HU' || Math.abs(mean) >= 99.95 ? 0 : Math.abs(mean) < 9.995 ? 2 : 1;
  const shownUnit = unit === 'arbitrary' ? strings.finding.arbitraryUnit : unit;
  return shownUnit === '' ? decimal(mean, digits) : `${decimal(mean, digits)} ${shownUnit}`;
}

/** A mean probability: "p 0.97". */
export function formatScore(score: number): string {
  return `p ${decimal(score, 2)}`;
}

/** How many millilitres more or less: "+12.4", "−0.31", "±0". */
export function formatDifference(millilitres: number): string {
  if (millilitres === 0) return '±0';
  return `${millilitres > 0 ? '+' : '−'}${formatMillilitres(Math.abs(millilitres))}`;
}

/** "+1.2 %", "−38 %". */
export function formatChange(fraction: number): string {
  const percent = Math.abs(fraction) * 100;
  const sign = fraction > 0 ? '+' : fraction < 0 ? '−' : '±';
  return `${sign}${decimal(percent, percent < 9.95 ? 1 : 0)} %`;
}

export function cssColour([red, green, blue]: readonly [number, number, number]): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** With a true minus sign, and never "−0". */
export function decimal(value: number, digits: number): string {
  const text = value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace('-', '−');
}
