import type { DictDataset } from 'dcmjs';
import type { DataSet, Element } from 'dicom-parser';
import type { TextDecoding } from './dataset.js';
import { vrOf } from './dictionary.js';
import { ParsedAttributes } from './parsedAttributes.js';

/**
 * The wanted elements of a dataset, and of the items of its sequences, in the DICOM JSON model (PS3.18 annex F). Binary
 * values are left out.
 * @param decoder of the text
 */
export function datasetJson(set: DataSet, decoder: TextDecoding, isWanted: (element: Element) => boolean): DictDataset {
  const isSigned = () => set.uint16('x00280103') === 1;
  return Object.fromEntries(
    Object.values(set.elements).flatMap((element) => {
      if (!isWanted(element)) return [];
      const vr = vrOf(element, isSigned);
      const Value = valuesOf(new ParsedAttributes(set), element.tag, vr, decoder, isWanted);
      return Value === undefined ? [] : [[element.tag.slice(1).toUpperCase(), { vr, Value }]];
    }),
  );
}

/** VRs whose text is in the character set of the dataset (PS3.5 section 6.1.2.2). */
const encoded: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** VRs with a single value, in which a backslash is a character. */
const single: ReadonlySet<string> = new Set(['LT', 'ST', 'UT']);
const numeric: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD']);
const ascii: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI', 'UR']);

/** @returns undefined for binary values */
function valuesOf(
  attributes: ParsedAttributes,
  tag: string,
  vr: string,
  decoder: TextDecoding,
  isWanted: (element: Element) => boolean,
): unknown[] | undefined {
  if (vr === 'SQ') return attributes.items(tag).map(({ parsed }) => datasetJson(parsed, decoder, isWanted));
  if (vr === 'AT') return tagsIn(attributes, tag);
  if (numeric.has(vr)) return [...attributes.numbers(tag, () => vr === 'SS')];
  if (ascii.has(vr)) {
    const texts = attributes.strings(tag);
    return vr === 'DS' || vr === 'IS' ? texts.map(numberIfOne) : [...texts];
  }
  if (!encoded.has(vr)) return undefined;
  const text = attributes.text(tag, decoder);
  if (text === '') return [];
  const values = single.has(vr) ? [text] : text.split('\\').map((value) => value.trimEnd());
  return vr === 'PN' ? values.map(personName) : values;
}

/** Tags are pairs of 16-bit numbers, group and element. */
function tagsIn({ parsed }: ParsedAttributes, tag: string): string[] {
  const numbers = Math.floor((parsed.elements[tag]?.length ?? 0) / 4) * 2;
  const halves = Array.from({ length: numbers }, (_, n) => parsed.uint16(tag, n)!.toString(16).padStart(4, '0'));
  return halves.flatMap((half, n) => (n % 2 === 0 ? [`${half}${halves[n + 1]}`.toUpperCase()] : []));
}

const numberIfOne = (text: string): string | number =>
  text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** The representations of a name (PS3.5 section 6.2.1.2). */
function personName(text: string): Readonly<Record<string, string>> {
  const [Alphabetic = '', Ideographic = '', Phonetic = ''] = text.split('=');
  return {
    ...(Alphabetic !== '' && { Alphabetic }),
    ...(Ideographic !== '' && { Ideographic }),
    ...(Phonetic !== '' && { Phonetic }),
  };
}
