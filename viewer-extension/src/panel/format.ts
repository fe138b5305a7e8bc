import type { Finding } from '../../../server/src/finding.js';

type Found = Extract<Finding, { status: 'found' }>;

/** A volume with as many digits as a reader can use: "0.42 mL", "31.7 mL", "2,310 mL". */
export function formatVolume(millilitres: number): string {
  if (millilitres > 0 && millilitres < 0.01) return '< 0.01 mL';
  const digits = millilitres < 9.995 ? 2 : millilitres < 99.95 ? 1 : 0;
  return `${decimal(millilitres, digits)} mL`;
}

/** The mean of a finding in the modality's unit: "−812 HU", "4.21 SUV", "312" where the unit is arbitrary. */
export function formatMean({ mean, unit }: Pick<Found, 'mean' | 'unit'>): string {
  const digits = unit === 'HU' || Math.abs(mean) >= 99.95 ? 0 : Math.abs(mean) < 9.995 ? 2 : 1;
  const shownUnit = unit === 'arbitrary' ? '' : unit;
  return shownUnit === '' ? decimal(mean, digits) : `${decimal(mean, digits)} ${shownUnit}`;
}

/** "8 s", "2 min 05 s", "1 h 04 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export function cssColour([red, green, blue]: readonly [number, number, number]): string {
  return `rgb(${red} ${green} ${blue})`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** With a true minus sign, and never "−0". */
function decimal(value: number, digits: number): string {
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace('-', '−');
}
