import dcmjs, { type DictionaryEntry } from 'dcmjs';

const { dictionary, nameMap } = dcmjs.data.DicomMetaDictionary;

/** The entry of the dictionary (PS3.6) for a tag of eight hexadecimal digits, as in DICOM JSON. */
export const entryOfTag = (tag: string): DictionaryEntry | undefined =>
  dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`.toUpperCase()];

export const keywords: readonly string[] = Object.keys(nameMap);

/**
 * The tag of a keyword, eight upper-case hexadecimal digits; undefined for unknown keywords and repeating groups.
 */
export function tagOfKeyword(keyword: string): string | undefined {
  const tag = Object.hasOwn(nameMap, keyword)
    ? nameMap[keyword]?.tag.replaceAll(/[(),]/g, '').toUpperCase()
    : undefined;
  return tag !== undefined && /^[0-9A-F]{8}$/.test(tag) ? tag : undefined;
}

/**
 * An element's own VR or, if the file does not state it, that of the dictionary, in which Pixel Representation decides
 * "US or SS" (PS3.5 section A.1).
 * @param element from dicom-parser
 */
export function vrOf(
  { tag, vr }: { readonly tag: string; readonly vr?: string | undefined },
  isSigned: () => boolean,
): string {
  if (vr !== undefined && vr !== 'UN') return vr;
  const known = entryOfTag(tag.slice(1))?.vr ?? 'UN';
  if (known === 'lt') return 'OW'; // "US or OW"
  if (known !== 'xs') return known;
  return isSigned() ? 'SS' : 'US';
}
