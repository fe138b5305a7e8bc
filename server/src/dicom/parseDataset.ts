import dicomParser, { type ByteArray, type ByteArrayParser, type DataSet, type Element } from 'dicom-parser';
import { explicitVRBigEndian, implicitVRLittleEndian } from './transferSyntaxes.js';

declare module 'dicom-parser' {
  /** Missing in the package's types. */
  export const DataSet: new (parser: ByteArrayParser, bytes: ByteArray, elements: Elements) => DataSet;
}

type Elements = Record<string, Element>;

/**
 * Maximum count of numbers (tags and lengths, about three per element) read from one file: four million elements, a
 * segmentation of 110,000 frames, or an enhanced MR of 20,000 frames with two hundred elements each. dicom-parser keeps
 * 60 to 80 bytes per number (measured), so a hostile file of nothing but elements ends at about 1 GB.
 */
const maximumReads = 12_000_000;

/** VRs of 64-bit numbers. Their length field has four bytes (PS3.5 section 7.1.2), unlike in dicom-parser. */
const unknownLongVRs: ReadonlySet<string> = new Set(['OV', 'SV', 'UV']);

/** The file meta information (PS3.10 section 7.1): its elements and the offset of the dataset. */
export interface FileMeta {
  readonly elements: Elements;
  readonly end: number;
}

const pixelData = 'x7fe00010';

/** A dataset, and the number of bytes after it. */
export interface ParsedDataset {
  readonly parsed: DataSet;
  readonly trailingBytes: number;
}

/** A damaged dataset, with the part that could be read. */
export class BrokenDataset extends Error {
  override readonly name = 'BrokenDataset';

  constructor(
    readonly parsed: DataSet,
    cause: unknown,
  ) {
    super('the dataset is truncated or damaged', { cause });
  }
}

/** @param file with preamble @throws what dicom-parser throws: strings and errors */
export function parseFileMeta(file: Buffer): FileMeta {
  const parser = new BudgetedParser(dicomParser.littleEndianByteArrayParser);
  const stream = new dicomParser.ByteStream(parser, file, 132);
  const elements: Elements = {};
  while (stream.position + 2 <= file.length && file.readUInt16LE(stream.position) === 0x0002) {
    const element = dicomParser.readDicomElementExplicit(stream, stream.warnings);
    // The dataset may be big endian; the file meta information never is.
    elements[element.tag] = { ...element, parser: dicomParser.littleEndianByteArrayParser };
  }
  return { elements, end: stream.position };
}

/**
 * Parses a dataset without copying its values, like `dicomParser.parseDicom`, but stops if a file has more elements
 * than any real one, and supports the VRs of 64-bit numbers. Ignores zeros after the last element, and anything but an
 * element after the pixels: some writers and archives fill up whole blocks.
 *
 * @param bytes the whole file, inflated
 * @param until reading stops after this tag, or the first one after it; absent: at the end of the file
 * @returns the elements of the file meta information and of the dataset
 * @throws BrokenDataset
 */
export function parseDataset(bytes: Buffer, meta: FileMeta, transferSyntaxUID: string, until?: string): ParsedDataset {
  const parser = new BudgetedParser(
    transferSyntaxUID === explicitVRBigEndian
      ? dicomParser.bigEndianByteArrayParser
      : dicomParser.littleEndianByteArrayParser,
  );
  const parsed = new dicomParser.DataSet(parser, bytes, { ...meta.elements });
  try {
    const stream = new dicomParser.ByteStream(parser, bytes, meta.end);
    const read = () =>
      transferSyntaxUID === implicitVRLittleEndian
        ? dicomParser.readDicomElementImplicit(stream)
        : readExplicit(stream);
    while (stream.position < bytes.length) {
      const start = stream.position;
      if (isZeroFrom(bytes, start)) return upTo(start);
      const isBehindPixels = pixelData in parsed.elements;
      const element = isBehindPixels ? elementIf(read) : read();
      if (element === undefined || (isBehindPixels && (element.tag <= pixelData || stream.position > bytes.length)))
        return upTo(start);
      parsed.elements[element.tag] = element;
      if (until !== undefined && element.tag >= until) break;
    }
    // dicom-parser silently accepts a length beyond the end.
    if (stream.position > bytes.length) throw new Error('the last element reaches beyond the end of the file');
  } catch (error) {
    throw new BrokenDataset(parsed, error);
  } finally {
    parser.release();
  }
  return { parsed, trailingBytes: 0 };

  function upTo(end: number): ParsedDataset {
    const whole = new dicomParser.DataSet(parser, bytes.subarray(0, end), parsed.elements);
    return { parsed: whole, trailingBytes: bytes.length - end };
  }
}

function elementIf(read: () => Element): Element | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Whether only zeros follow: the tag (0000,0000) does not occur in a dataset. */
function isZeroFrom(bytes: Buffer, start: number): boolean {
  if (bytes.readUInt16LE(Math.min(start, bytes.length - 2)) !== 0) return false;
  return bytes.subarray(start).every((byte) => byte === 0);
}

/**
 * The items of a sequence as datasets. A sequence whose VR a converter did not know, UN with a defined length, is in
 * Implicit VR Little Endian even if the rest is not (PS3.5 section 6.2.2 note 2); it is parsed on access.
 * @param set the dataset of the element
 * @returns empty if the element is not a sequence, or damaged
 */
export function itemsOfSequence(set: DataSet, element: Element): readonly DataSet[] {
  if (element.items === undefined && element.vr === 'UN' && isItem(set, element)) readUnknownSequence(set, element);
  return (element.items ?? []).flatMap(({ dataSet }) => (dataSet === undefined ? [] : [dataSet]));
}

/** Whether a value starts with an Item (FFFE,E000). */
function isItem({ byteArray }: DataSet, { dataOffset, length }: Element): boolean {
  return length >= 8 && [0xfe, 0xff, 0x00, 0xe0].every((byte, n) => byteArray[dataOffset + n] === byte);
}

function readUnknownSequence({ byteArray }: DataSet, element: Element): void {
  const parser = new BudgetedParser(dicomParser.littleEndianByteArrayParser);
  const value = byteArray.subarray(0, element.dataOffset + element.length);
  try {
    dicomParser.readSequenceItemsImplicit(new dicomParser.ByteStream(parser, value, element.dataOffset), element);
  } catch {
    delete element.items;
  } finally {
    parser.release();
  }
}

function readExplicit(stream: dicomParser.ByteStream): Element {
  const vr = Buffer.from(stream.byteArray.buffer, stream.byteArray.byteOffset + stream.position + 4, 2);
  if (!unknownLongVRs.has(vr.toString('latin1'))) return dicomParser.readDicomElementExplicit(stream, stream.warnings);
  const tag = dicomParser.readTag(stream);
  stream.seek(4);
  const length = stream.readUint32();
  const element = { tag, vr: vr.toString('latin1'), length, dataOffset: stream.position };
  stream.seek(length);
  return element;
}

/**
 * Reads numbers for dicom-parser and counts them: it reads some for everything that it keeps, including sequences and
 * fragments. Numbers read after `release` do not count.
 */
class BudgetedParser implements ByteArrayParser {
  #left = maximumReads;

  constructor(private readonly parser: ByteArrayParser) {}

  release(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  readUint16(bytes: ByteArray, position: number): number {
    this.spend();
    return this.parser.readUint16(bytes, position);
  }

  readUint32(bytes: ByteArray, position: number): number {
    this.spend();
    return this.parser.readUint32(bytes, position);
  }

  readInt16(bytes: ByteArray, position: number): number {
    return this.parser.readInt16(bytes, position);
  }

  readInt32(bytes: ByteArray, position: number): number {
    return this.parser.readInt32(bytes, position);
  }

  readFloat(bytes: ByteArray, position: number): number {
    return this.parser.readFloat(bytes, position);
  }

  readDouble(bytes: ByteArray, position: number): number {
    return this.parser.readDouble(bytes, position);
  }

  private spend(): void {
    if (--this.#left < 0) throw new Error(`more than ${maximumReads / 3} elements`);
  }
}
