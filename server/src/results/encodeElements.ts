import dcmjs from 'dcmjs';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { requirePixelDataFits } from './pixelDataLimit.js';

const { DicomDict, DicomMetaDictionary } = dcmjs.data;

// Its warnings about unusual attributes would go to the console, with values.
for (const log of [dcmjs.log, dcmjs.log.getLogger('validation.dcmjs')]) log.setLevel('silent');

/** A sequence or item that can be repeated in a file without encoding it again. */
export type Encoded = readonly Uint8Array[];

/**
 * A Part 10 file: preamble, file meta information and dataset, in Explicit VR Little Endian.
 * @param dataset attributes by keyword; its values must fit their VR
 */
export function encodePart10(meta: NaturalizedDataset, dataset: NaturalizedDataset): Uint8Array {
  const file = new DicomDict(DicomMetaDictionary.denaturalizeDataset(meta));
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  // Without this dcmjs throws an error with the value in its message, which may be a patient's name.
  return new Uint8Array(file.write({ allowInvalidVRLength: true }));
}

/** A value of even length (PS3.5 section 8.1.1): with a zero byte after it where that is needed. */
export function evenValue(bytes: Uint8Array): ArrayBuffer {
  const value = new Uint8Array(bytes.length + (bytes.length % 2));
  value.set(bytes);
  return value.buffer;
}

const lengthWithoutDataset = encodePart10({}, {}).length;

/** The data elements of a dataset in Explicit VR Little Endian, without preamble and file meta information. */
export function encodeElements(dataset: NaturalizedDataset): Uint8Array {
  return encodePart10({}, dataset).subarray(lengthWithoutDataset);
}

/**
 * A sequence of explicit length from items that are already encoded.
 *
 * dcmjs copies every level of nesting and searches its 256-byte pieces one by one: a per-frame sequence of 1000 frames
 * takes 0.5 s, of 4000 takes 2.3 s. Assembled from encoded parts, one of 20,800 frames takes 0.3 s.
 *
 * @param tag group and element, e.g. 0x52009230
 * @param items the data elements of each item, in parts, ascending by tag
 */
export function encodeSequence(tag: number, items: readonly Encoded[]): Encoded {
  const parts = items.flatMap((item) => [itemHeader(byteLength(item)), ...item]);
  const header = elementHeader(tag, 'SQ', byteLength(parts));
  return [header, ...parts];
}

/** An element of unsigned 32-bit integers (UL). */
export function encodeUnsignedLongs(tag: number, values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 + 4 * values.length);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write('UL', 4, 'latin1');
  bytes.writeUInt16LE(4 * values.length, 6);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, 8 + 4 * index);
  });
  return bytes;
}

/** An element of text in ASCII, padded to even length. */
export function encodeText(tag: number, vr: 'UI' | 'DS' | 'IS', text: string): Uint8Array {
  const length = text.length + (text.length % 2);
  const bytes = Buffer.alloc(8 + length, vr === 'UI' ? '\0' : ' ');
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, 'latin1');
  bytes.writeUInt16LE(length, 6);
  bytes.write(text, 8, 'latin1');
  return bytes;
}

/**
 * Encodes datasets that differ only in the first elements of their innermost item: one is encoded, and of the others
 * these elements. dcmjs takes 0.2 ms for each whole dataset.
 *
 * @param like one of the datasets
 * @param first its first elements in the innermost item
 * @param depth number of sequences around them, each the first element of its item
 * @returns encodes another dataset from its own first elements
 */
export function encodeAlike(like: NaturalizedDataset, first: Encoded, depth: number): (others: Encoded) => Uint8Array {
  const encoded = encodeElements(like);
  const start = depth * (sequenceHeaderLength + itemHeaderLength);
  const [before, after] = [encoded.subarray(0, start), encoded.subarray(start + byteLength(first))];
  return (others) => Buffer.concat([before, ...others, after]);
}

export const pixelDataTag = 0x7fe00010;

/**
 * Encapsulated Pixel Data (PS3.5 section A.4): a Basic Offset Table, then one fragment per frame.
 * @param frames compressed frames, each of even length
 * @throws PromptsegError `result-not-encodable` for more than 3.75 GiB
 */
export function encodeEncapsulatedPixelData(frames: readonly Uint8Array[]): Encoded {
  const fragments = frames.flatMap((frame) => [itemHeader(frame.length), frame]);
  requirePixelDataFits(byteLength(fragments));
  const offsets = Buffer.alloc(4 * frames.length);
  let offset = 0;
  frames.forEach((frame, index) => {
    offsets.writeUInt32LE(offset, 4 * index);
    offset += itemHeaderLength + frame.length;
  });
  return [
    elementHeader(pixelDataTag, 'OB', undefinedLength),
    itemHeader(offsets.length),
    offsets,
    ...fragments,
    sequenceDelimitationItem,
  ];
}

const undefinedLength = 0xffffffff;
const sequenceDelimitationItem = Buffer.from('feffdde000000000', 'hex');

/** Tag, VR and length of an element of a VR with 32-bit length (PS3.5 section 7.1.2). */
export function elementHeader(tag: number, vr: 'SQ' | 'OB', length: number): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.write(vr, 4, 'latin1');
  bytes.writeUInt32LE(length, 8);
  return bytes;
}

const sequenceHeaderLength = 12;
const itemHeaderLength = 8;

function itemHeader(length: number): Uint8Array {
  const bytes = Buffer.alloc(itemHeaderLength);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(0xe000, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

export const byteLength = (parts: Encoded): number => parts.reduce((total, part) => total + part.length, 0);
