import { implicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { byteLength, type Encoded, encodePart10 } from './encodeElements.js';

const meta = { TransferSyntaxUID: implicitVRLittleEndian };
const lengthWithoutDataset = encodePart10(meta, {}).length;

/** Tag of an item in a sequence; its header has the form of an element's (PS3.5 section 7.5). */
export const itemTag = 0xfffee000;

/** The data elements of a dataset in Implicit VR Little Endian, without preamble and file meta information. */
export function encodeImplicitElements(dataset: NaturalizedDataset): Uint8Array {
  return encodePart10(meta, dataset).subarray(lengthWithoutDataset);
}

/**
 * An element, a sequence or an item in Implicit VR Little Endian, of explicit length (PS3.5 section 7.1.3), assembled
 * from encoded parts for the reason given at `encodeSequence`.
 *
 * @param tag group and element, e.g. 0x30060039
 * @param value of even length
 */
export function implicitElement(tag: number, value: Encoded): Encoded {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.writeUInt32LE(byteLength(value), 4);
  return [header, ...value];
}

/** An element of text in ASCII (CS, DS, IS), padded with a space to even length. */
export function implicitText(tag: number, text: string): Encoded {
  return implicitElement(tag, [Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1')]);
}
