import { inflateRawSync } from 'node:zlib';
import type { DataSet, Element } from 'dicom-parser';
import { PromptsegError } from '../platform/errors.js';
import type { Tag } from './dataset.js';
import { InstanceHeader } from './instanceHeader.js';
import { BrokenDataset, type FileMeta, parseDataset, parseFileMeta } from './parseDataset.js';
import { ParsedAttributes } from './parsedAttributes.js';
import {
  deflatedExplicitVRLittleEndian,
  explicitVRBigEndian,
  explicitVRLittleEndian,
  implicitVRLittleEndian,
} from './transferSyntaxes.js';

/**
 * Maximum size of an inflated dataset. Deflate shrinks images to a quarter and masks to a hundredth, but can reach a
 * thousandth, so a small file could fill the memory. At least 64 MiB are allowed, and at most 1 GiB, which is above
 * every instance seen in practice.
 */
const maximumInflatedBytes = (deflatedBytes: number): number => Math.min(2 ** 30, 2 ** 26 + 128 * deflatedBytes);

/** One DICOM instance, with its file. */
export class DicomInstance extends InstanceHeader {
  constructor(
    readonly parsed: DataSet,
    readonly transferSyntaxUID: string,
    trailingBytes = 0,
  ) {
    super(new ParsedAttributes(parsed), trailingBytes);
  }

  /** The data element itself, with its position and length; undefined if absent. */
  element(tag: Tag): Element | undefined {
    return this.parsed.elements[tag];
  }
}

/**
 * Parses a Part 10 file without copying its pixels: the instance refers to `part10`.
 *
 * The format of a file without preamble or without file meta information is guessed from its first bytes.
 * @throws PromptsegError `instance-unreadable` for anything that is not a complete DICOM file, or has too many elements
 * (`parseDataset.ts`)
 */
export function parseInstance(part10: Uint8Array): DicomInstance {
  return parse(part10);
}

/** The same, reading only up to this tag, or the first one after it. */
export const parseBeginning = (part10: Uint8Array, until: Tag): DicomInstance => parse(part10, until);

function parse(part10: Uint8Array, until?: Tag): DicomInstance {
  try {
    const file = withPreamble(Buffer.from(part10.buffer, part10.byteOffset, part10.byteLength));
    const meta = file.rawTransferSyntaxUID === undefined ? parseFileMeta(file.bytes) : { elements: {}, end: 0 };
    const transferSyntaxUID = file.rawTransferSyntaxUID ?? declaredTransferSyntaxUID(file.bytes, meta);
    const isDeflated = transferSyntaxUID === deflatedExplicitVRLittleEndian;
    const bytes = isDeflated ? inflateFile(file.bytes, meta.end) : file.bytes;
    const { parsed, trailingBytes } = parseDataset(bytes, meta, transferSyntaxUID, until);
    return new DicomInstance(parsed, transferSyntaxUID, trailingBytes);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Finds out the format of a file that does not start as in PS3.10 section 7.1. */
function withPreamble(file: Buffer): { readonly bytes: Buffer; readonly rawTransferSyntaxUID?: string } {
  if (file.length >= 132 && file.toString('latin1', 128, 132) === 'DICM') return { bytes: file };
  if (file.length < 8) throw new Error('shorter than a data element');
  const looksExplicit = /^[A-Z]{2}$/.test(file.toString('latin1', 4, 6));
  if (file.readUInt16LE(0) === 0x0002 && looksExplicit) {
    return { bytes: Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), file]) };
  }
  if (file.readUInt16LE(0) === 0x0008) {
    return { bytes: file, rawTransferSyntaxUID: looksExplicit ? explicitVRLittleEndian : implicitVRLittleEndian };
  }
  if (file.readUInt16BE(0) === 0x0008 && looksExplicit)
    return { bytes: file, rawTransferSyntaxUID: explicitVRBigEndian };
  throw new Error('neither the DICM prefix nor a dataset');
}

function declaredTransferSyntaxUID(file: Buffer, { elements }: FileMeta): string {
  const element = elements.x00020010;
  if (element === undefined) throw new Error('no Transfer Syntax UID');
  return file.toString('latin1', element.dataOffset, element.dataOffset + element.length).replace(/[\0 ]+$/, '');
}

/**
 * Inflates the dataset of a file (PS3.5 section A.5).
 *
 * dicom-parser's own inflation starts to read the dataset in the preamble, which works only by luck, and has no limit.
 * @param start offset of the dataset
 * @throws RangeError if the dataset would grow beyond {@link maximumInflatedBytes}
 */
export function inflateFile(file: Buffer, start: number): Buffer {
  const deflated = file.subarray(start);
  const inflated = inflateRawSync(deflated, { maxOutputLength: maximumInflatedBytes(deflated.length) });
  return Buffer.concat([file.subarray(0, start), inflated]);
}

function unreadable(thrown: unknown): PromptsegError {
  const sopInstanceUID = thrown instanceof BrokenDataset ? uidOf(thrown.parsed) : undefined;
  return new PromptsegError(
    'instance-unreadable',
    'An instance of the series is not a complete DICOM file: it is truncated or damaged.',
    { cause: thrown, details: sopInstanceUID === undefined ? {} : { sopInstanceUID } },
  );
}

function uidOf(parsed: DataSet): string | undefined {
  try {
    return parsed.string('x00080018');
  } catch {
    return undefined; // the UID itself is damaged
  }
}
