import dcmjs from 'dcmjs';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { codeItem, codes } from './code.js';
import { decimalString } from './decimalString.js';

/**
 * Type 2 attributes of the Patient and General Study modules (PS3.3 sections C.7.1.1, C.7.2.1): present even if the
 * source does not know them.
 */
const statedAlways = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'ReferringPhysicianName',
  'StudyID',
  'AccessionNumber',
] as const;

/** The same modules, Patient Study (C.7.2.2) and SOP Common: present if the source states them. */
const statedWhereKnown = [
  'IssuerOfPatientID',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'DeidentificationMethodCodeSequence',
  'PatientSpeciesDescription',
  'StudyDescription',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
  'TimezoneOffsetFromUTC',
] as const;

/** Keywords of all copied attributes; an archive may coerce them to what it knows about the patient and the study. */
export const takenOver: ReadonlySet<string> = new Set([...statedAlways, ...statedWhereKnown]);

/**
 * What every result copies from its source: patient and study, and the scanner as Contributing Equipment.
 *
 * Text is passed on in Unicode, without padding; what its VR or its defined values do not allow is left empty or
 * omitted, so that an invalid source does not make the result invalid. Patient ID and names are never omitted or
 * shortened, because the archive files the result by them.
 */
export function sourceContext(header: NaturalizedDataset): NaturalizedDataset {
  const always = statedAlways.map((keyword) => [keyword, copyOf(keyword, header[keyword]) ?? '']);
  const known = statedWhereKnown.flatMap((keyword) => {
    const value = copyOf(keyword, header[keyword]);
    return value === undefined ? [] : [[keyword, value]];
  });
  return {
    ...Object.fromEntries([...always, ...known]),
    ...unstatedDeidentification(header),
    ...contributingEquipment(header),
  };
}

/**
 * A dataset that states that the patient's identity was removed must state how (PS3.3 section C.7.1.1); some sources do
 * not.
 */
function unstatedDeidentification(header: NaturalizedDataset): NaturalizedDataset {
  const isStated = !isEmpty(header.DeidentificationMethod) || !isEmpty(header.DeidentificationMethodCodeSequence);
  if (header.PatientIdentityRemoved !== 'YES' || isStated) return {};
  return { DeidentificationMethod: 'Not stated by the source' };
}

/**
 * Position Reference Indicator (0020,1040) of the source, type 2 of the Frame of Reference module (PS3.3 section
 * C.7.4.1).
 */
export const positionReferenceIndicator = ({ PositionReferenceIndicator }: NaturalizedDataset): unknown =>
  copyOf('PositionReferenceIndicator', PositionReferenceIndicator) ?? '';

/**
 * Patient Orientation (0020,0020) of a source without a position in the patient, type 2C of the General Image module
 * (PS3.3 section C.7.6.1): a result that matches it pixel for pixel has the same orientation.
 */
export const patientOrientation = ({ PatientOrientation }: NaturalizedDataset): unknown =>
  copyOf('PatientOrientation', PatientOrientation) ?? '';

/** Lossy Image Compression applies to everything derived from a lossy image (PS3.3 section C.7.6.1.1.5). */
export function lossyCompressionOf(header: NaturalizedDataset): NaturalizedDataset {
  if (header.LossyImageCompression !== '01') return { LossyImageCompression: '00' };
  const ratio = copyOf('LossyImageCompressionRatio', header.LossyImageCompressionRatio);
  const method = copyOf('LossyImageCompressionMethod', header.LossyImageCompressionMethod);
  return {
    LossyImageCompression: '01',
    ...(ratio !== undefined && { LossyImageCompressionRatio: ratio }),
    ...(method !== undefined && { LossyImageCompressionMethod: method }),
  };
}

function contributingEquipment(header: NaturalizedDataset): NaturalizedDataset {
  const manufacturer = copyOf('Manufacturer', header.Manufacturer);
  if (manufacturer === undefined) return {};
  const details = ['InstitutionName', 'StationName', 'ManufacturerModelName', 'DeviceSerialNumber', 'SoftwareVersions'];
  const stated = details.flatMap((keyword) => {
    const value = copyOf(keyword, header[keyword]);
    return value === undefined ? [] : [[keyword, value]];
  });
  const purpose = {
    PurposeOfReferenceCodeSequence: [codeItem(codes.acquisitionEquipment)],
    Manufacturer: manufacturer,
  };
  return { ContributingEquipmentSequence: [{ ...purpose, ...Object.fromEntries(stated) }] };
}

/** The allowed values of a VR (PS3.5 table 6.2-1), lengths in characters. */
const allowed: Readonly<Record<string, (text: string) => boolean>> = {
  AS: (text) => /^\d{3}[DWMY]$/.test(text),
  CS: (text) => /^[A-Z0-9 _]{1,16}$/.test(text),
  DA: isDate,
  LO: (text) => isText(text, 64),
  SH: (text) => isText(text, 16),
  TM: (text) => /^([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?$/.test(text),
};

/** Attributes that allow less than their VR. */
const defined: Readonly<Record<string, RegExp>> = {
  PatientSex: /^[MFO]$/,
  PatientIdentityRemoved: /^(YES|NO)$/,
  TimezoneOffsetFromUTC: /^[+-](0\d|1[0-4])[0-5]\d$/,
};

const neverLeftOut: ReadonlySet<string> = new Set(['PatientID']);

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text)?.map(Number) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(year, month! - 1, day));
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
}

/** One value of text without control characters. */
const isText = (text: string, most: number): boolean => !/[\p{Cc}\\]/u.test(text) && Array.from(text).length <= most;

/** The value in the form to be written; undefined if there is none, or none that the VR allows. */
function copyOf(keyword: string, value: unknown): unknown {
  const { vr, vm } = dcmjs.data.DicomMetaDictionary.nameMap[keyword]!;
  if (isEmpty(value)) return undefined;
  if (vr === 'PN') return withoutNul(value);
  if (vr === 'SQ') return copyOfItems(value);
  const values = (Array.isArray(value) ? value : [value]).filter((each) => !isEmpty(each));
  const writable = values.flatMap((each) => {
    const text = vr === 'DS' ? decimalOf(each) : String(withoutNul(each)).trim();
    return text === '' || !isAllowed(keyword, vr, text) ? [] : [text];
  });
  if (writable.length === 0 || (vm === '1' && writable.length > 1 && !neverLeftOut.has(keyword))) return undefined;
  return writable;
}

const isAllowed = (keyword: string, vr: string, text: string): boolean =>
  neverLeftOut.has(keyword) || ((allowed[vr]?.(text) ?? true) && (defined[keyword]?.test(text) ?? true));

/** Codes with their content, each value in the form to be written. */
function copyOfItems(value: unknown): unknown {
  const items = (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return [];
    const written = Object.entries(item).flatMap(([keyword, each]) => {
      const copy = keyword in dcmjs.data.DicomMetaDictionary.nameMap ? copyOf(keyword, each) : undefined;
      return copy === undefined ? [] : [[keyword, copy]];
    });
    return written.length === 0 ? [] : [Object.fromEntries(written)];
  });
  return items.length === 0 ? undefined : items;
}

/**
 * NUL pads values of some writers, though only UIDs may be padded like that (PS3.5 section 6.2). @param value text, a
 * name, or several
 */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').trimEnd();
  if (Array.isArray(value)) return value.map(withoutNul);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([group, name]) => [group, withoutNul(name)]));
}

function decimalOf(value: unknown): string {
  const number = Number(withoutNul(value));
  return Number.isFinite(number) ? decimalString(number) : '';
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
