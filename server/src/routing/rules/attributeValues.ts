import { type DicomJson, type DicomJsonElement, itemsOf, textsOf } from '#contract/dicomJson.js';
import type { AttributePath, AttributeStep } from './attributePath.js';

/** How the values of a value representation are compared (PS3.5 section 6.2). */
export type ValueKind = 'number' | 'date' | 'age' | 'uid' | 'text';

/** VRs by kind; every other one is text. */
const kinds: readonly (readonly [ValueKind, readonly string[]])[] = [
  ['number', ['DS', 'IS', 'FL', 'FD', 'SL', 'SS', 'SV', 'UL', 'US', 'UV', 'xs']],
  ['date', ['DA', 'DT', 'TM']],
  ['age', ['AS']],
  ['uid', ['UI']],
];
const kindOfVr = new Map(kinds.flatMap(([kind, vrs]) => vrs.map((vr) => [vr, kind] as const)));

export const kindOf = (vr: string | undefined): ValueKind => kindOfVr.get(vr ?? '') ?? 'text';

/** All values of an attribute, of every item of the sequences before it. */
export interface AttributeValues {
  readonly kind: ValueKind;
  /**
   * As texts without padding, and without empty ones. Numbers are written out; a person's name yields each
   * representation.
   */
  readonly texts: readonly string[];
  /** Whether there is a value, an item or bulk data. */
  readonly exists: boolean;
}

/** @param dataset in the DICOM JSON model */
export function attributeValues(dataset: DicomJson, path: AttributePath): AttributeValues {
  const last = path.at(-1) as AttributeStep;
  let datasets: readonly DicomJson[] = [dataset];
  for (const { tag } of path.slice(0, -1)) datasets = datasets.flatMap((each) => itemsOf(each, tag));
  const elements = datasets.flatMap((each) => each[last.tag] ?? []);
  // Private attributes are not in the dictionary; the archive states their VR.
  const kind = kindOf(last.vr ?? elements[0]?.vr);
  const texts = elements.flatMap(({ Value = [] }) => Value.flatMap(textsOf)).map((text) => text.normalize('NFC'));
  return { kind, texts, exists: texts.length > 0 || elements.some(hasContent) };
}

const hasContent = (element: DicomJsonElement): boolean =>
  'BulkDataURI' in element ||
  'InlineBinary' in element ||
  (element.Value ?? []).some((value) => typeof value === 'object' && value !== null);

/** Ages as DICOM writes them, "045Y", in years. */
export function yearsOf(age: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([DWMY])$/i.exec(age) ?? [];
  const unitsPerYear = { D: 365.25, W: 52.18, M: 12, Y: 1 }[unit?.toUpperCase() ?? ''];
  return unitsPerYear === undefined ? undefined : Number(count) / unitsPerYear;
}

/** A date or a time without its separators: 2026-01-31 is 20260131 as in a DICOM file. */
export const compactDate = (date: string): string => date.replace(/[-:/ T]/g, '');

/**
 * Whether a value may be shown in responses and logs: numbers, codes, UIDs, and descriptions of device and procedure.
 * Excluded is everything that may identify the patient: names, IDs, dates, ages, the whole patient group, free text of
 * reports.
 */
export function mayBeShown({ tag, vr, name }: AttributeStep): boolean {
  if (tag.startsWith('0010') || vr === undefined || name.startsWith('(')) return false;
  const kind = kindOf(vr);
  if (kind === 'number' || kind === 'uid' || vr === 'CS' || vr === 'SQ') return true;
  return describing.has(name);
}

const describing = new Set(
  `SeriesDescription StudyDescription ProtocolName SequenceName Manufacturer ManufacturerModelName StationName
   SoftwareVersions ContrastBolusAgent ContrastBolusRoute ConvolutionKernel ReceiveCoilName TransmitCoilName
   Radiopharmaceutical CodeValue CodeMeaning CodingSchemeDesignator PulseSequenceName`.split(/\s+/),
);
