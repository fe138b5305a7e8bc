import { withoutHidden } from '#contract/shownText.js';
import type { CodedConcept } from '../values/concept.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';

/** Codes of the standard that a segmentation object needs, with the context group that each comes from (PS3.16). */
export const codes = {
  /** CID 7203: why a frame was derived. */
  segmentation: { value: '113076', scheme: 'DCM', meaning: 'Segmentation' },
  /** CID 7202: what the source image was used for. */
  sourceImage: { value: '121322', scheme: 'DCM', meaning: 'Source image for image processing operation' },
  /** CID 7005: what a contributing equipment did. */
  acquisitionEquipment: { value: '109101', scheme: 'DCM', meaning: 'Acquisition Equipment' },
  /** The pixels of a label map that belong to no segment. */
  background: { value: '125040', scheme: 'DCM', meaning: 'Background' },
} as const satisfies Record<string, CodedConcept>;

/** A code of any scheme, including units and languages. */
export type Code = Omit<CodedConcept, 'scheme'> & { readonly scheme: string };

/** One item of a code sequence (PS3.3 section 8.8). A value of more than 16 characters goes into Long Code Value. */
export function codeItem({ value, scheme, meaning }: Code): NaturalizedDataset {
  return {
    [value.length > 16 ? 'LongCodeValue' : 'CodeValue']: value,
    CodingSchemeDesignator: scheme,
    CodeMeaning: longString(meaning),
  };
}

/**
 * A text as a Long String (LO): no control characters, no backslash (it separates values), at most 64 characters (PS3.5
 * table 6.2-1). Truncation adds ASCII only: dcmjs, and therefore OHIF, reads text inside sequences as Latin-1 whatever
 * the character set.
 * @param most fewer characters, if something is to follow
 */
export const longString = (text: string, most = 64): string => shortened(text.replaceAll('\\', '/'), most);

/**
 * The name of a person or program as a Person Name (PN): a single component group with the whole name as family name,
 * since its parts are not known (PS3.5 section 6.2.1). `^` and `=` separate parts.
 */
export function personName(name: string): string {
  return `${shortened(name.replaceAll(/[\\^=]/g, ' ').replaceAll(/\s+/g, ' '), 63)}^`;
}

/** A text as a Short Text (ST): as a Long String, but of at most 1024 characters and with backslashes. */
export const shortText = (text: string): string => shortened(text, 1024);

function shortened(text: string, most: number): string {
  const allowed = withoutHidden(text.replace(/\p{Cc}+/gu, ' '), '').trim();
  const characters = Array.from(allowed);
  return characters.length <= most
    ? allowed
    : `${characters
        .slice(0, most - 3)
        .join('')
        .trimEnd()}...`;
}
