import type { DataSet, Element } from 'dicom-parser';
import { parseInstance } from '../dicom/dicomInstance.js';
import { entryOfTag, tagOfKeyword } from '../dicom/dictionary.js';
import { PromptsegError } from '../platform/errors.js';
import { takenOver } from './sourceContext.js';

/** Tags, as dicom-parser writes them, of what an archive may coerce. */
const coercible: ReadonlySet<string> = new Set(
  [...takenOver].map((keyword) => `x${tagOfKeyword(keyword)!.toLowerCase()}`),
);

/**
 * Compares an object without pixels, such as a report or a structure set, with what the archive returns. Equal bytes
 * are equal; otherwise every attribute must be equal, byte by byte at every depth, except those of patient and study,
 * which an archive may coerce. An archive may add attributes, and choose lengths, padding and (little endian) transfer
 * syntax.
 *
 * @param sent the Part 10 file that was stored
 * @param readBack the Part 10 file that the archive returned
 * @param except tags, as dicom-parser writes them, that are not compared
 * @throws PromptsegError `store-not-verified` naming the differences
 */
export function verifyContent(sent: Uint8Array, readBack: Uint8Array, except: ReadonlySet<string> = new Set()): void {
  if (Buffer.compare(sent, readBack) === 0) return;
  const expected = parseInstance(sent).parsed;
  const found = parseReadBack(readBack);
  const differing = Object.values(expected.elements)
    .filter(({ tag }) => !tag.startsWith('x0002') && !tag.endsWith('0000') && !coercible.has(tag) && !except.has(tag))
    .filter((element) => !sameElement(element, expected, found.elements[element.tag], found))
    .map(({ tag }) => keywordOf(tag));
  if (differing.length > 0)
    throw new PromptsegError(
      'store-not-verified',
      `The archive gives the result back with other ${differing.join(', ')}.`,
      { details: { differing } },
    );
}

function sameElement(a: Element, inA: DataSet, b: Element | undefined, inB: DataSet): boolean {
  if (b === undefined) return false;
  if (a.items === undefined && b.items === undefined) return unpadded(a, inA).equals(unpadded(b, inB));
  const [itemsA, itemsB] = [a.items ?? [], b.items ?? []];
  return itemsA.length === itemsB.length && itemsA.every((item, index) => sameItem(item, itemsB[index]!));
}

function sameItem({ dataSet: a }: Element, { dataSet: b }: Element): boolean {
  if (a === undefined || b === undefined) return a === b;
  const elements = Object.values(a.elements);
  return elements.every((element) => sameElement(element, a, b.elements[element.tag], b));
}

/** Without the padding to even length. */
function unpadded({ dataOffset, length }: Element, { byteArray }: DataSet): Buffer {
  let end = dataOffset + length;
  while (end > dataOffset && (byteArray[end - 1] === 0x20 || byteArray[end - 1] === 0)) end--;
  return Buffer.from(byteArray.buffer, byteArray.byteOffset + dataOffset, end - dataOffset);
}

/** "x00080018" → "SOPInstanceUID" */
const keywordOf = (tag: string): string => entryOfTag(tag.slice(1))?.name ?? tag;

function parseReadBack(readBack: Uint8Array): DataSet {
  try {
    return parseInstance(readBack).parsed;
  } catch (cause) {
    throw new PromptsegError(
      'store-not-verified',
      'The archive gives the result back as something that cannot be read.',
      { cause },
    );
  }
}
