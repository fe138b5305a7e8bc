import { entryOfTag, keywords, tagOfKeyword } from '../../dicom/dictionary.js';
import { nearestKeyword } from './nearestKeyword.js';

/** One attribute, as in the dictionary of PS3.6, or a private one with only a tag. */
export interface AttributeStep {
  /** Eight upper-case hexadecimal digits, as in the DICOM JSON model (PS3.18 annex F): `0008103E`. */
  readonly tag: string;
  /** Value representation; undefined if the dictionary does not know the tag. */
  readonly vr: string | undefined;
  /** Keyword, or "(gggg,eeee)" without one, for messages. */
  readonly name: string;
}

/** Path of an attribute: in the dataset itself, or in any item of the sequences before it. */
export type AttributePath = readonly [AttributeStep, ...AttributeStep[]];

const tagPattern = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i;
const deepestPath = 5;

/**
 * Reads "SeriesDescription", "(0008,103E)", "0008103e" or, for an attribute of the items of a sequence,
 * "AnatomicRegionSequence.CodeValue".
 * @returns the path, or a sentence that explains why it is not one
 */
export function attributePathOf(text: string): AttributePath | string {
  const parts = text.split('.');
  if (parts.length > deepestPath) return `goes deeper than ${deepestPath} attributes`;
  const steps: AttributeStep[] = [];
  for (const part of parts) {
    const step = stepOf(part.trim());
    if (typeof step === 'string') return step;
    const before = steps.at(-1);
    if (before?.vr !== undefined && before.vr !== 'SQ')
      return `"${before.name}" is not a sequence; nothing is inside it`;
    steps.push(step);
  }
  return steps as unknown as AttributePath;
}

function stepOf(text: string): AttributeStep | string {
  const typed = tagPattern.exec(text);
  const tag = typed === null ? tagOfKeyword(text) : `${typed[1]}${typed[2]}`.toUpperCase();
  if (tag !== undefined) {
    const entry = entryOfTag(tag);
    return { tag, vr: entry?.vr, name: entry?.name ?? `(${tag.slice(0, 4)},${tag.slice(4)})` };
  }
  const nearest = nearestKeyword(text, keywords);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `is neither a DICOM keyword nor a tag such as (0008,103E)${hint}`;
}
