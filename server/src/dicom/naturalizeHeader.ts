import dcmjs, { type DictDataset, type ReadBufferStream, type TextDecoding } from 'dcmjs';
import type { DataSet, Element } from 'dicom-parser';
import { PromptsegError } from '../errors.js';
import { characterSetDecoder } from './characterSets.js';
import { parseInstance } from './dicomInstance.js';
import type { NaturalizedDataset } from './naturalizedDataset.js';
import { explicitVRBigEndian, explicitVRLittleEndian, implicitVRLittleEndian } from './transferSyntaxes.js';

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
const pixelDataTag = '7FE00010';

// Its remarks on unusual attributes would go to the console, with values.
for (const log of [dcmjs.log, dcmjs.log.getLogger('validation.dcmjs')]) log.setLevel('silent');

/**
 * Everything of a Part 10 file before its pixel data, by keyword, with `_meta`. Text is decoded, so Specific Character Set is that of
 * what dcmjs writes: ISO_IR 192 (UTF-8). The pixel data are neither read nor copied.
 * @throws PromptsegError `instance-unreadable`
 */
export function naturalizeHeader(part10: Uint8Array): NaturalizedDataset {
  const instance = parseInstance(part10);
  const { parsed, transferSyntaxUID } = instance;
  const { datasetStart, pixelDataStart } = extent(parsed);
  const decoder = characterSetDecoder(instance.strings('x00080005'));
  const bytes = Uint8Array.from(parsed.byteArray.subarray(0, pixelDataStart));
  blankCharacterSets(parsed, bytes);
  try {
    const meta = read(bytes.slice(132, datasetStart), explicitVRLittleEndian, decoder);
    const dataset = read(bytes.slice(datasetStart), datasetEncoding(transferSyntaxUID), decoder);
    return Object.assign(DicomMetaDictionary.naturalizeDataset(dataset), {
      _meta: { ...DicomMetaDictionary.naturalizeDataset(meta), TransferSyntaxUID: transferSyntaxUID },
    });
  } catch (error) {
    throw new PromptsegError('instance-unreadable', 'The attributes of an instance cannot be read.', {
      cause: error,
      details: { sopInstanceUID: instance.sopInstanceUID },
    });
  }
}

/** dcmjs cannot read a last element that is empty, so the tag of Pixel Data follows as the one to stop at. */
function read(bytes: Uint8Array, transferSyntaxUID: string, decoder: TextDecoding): DictDataset {
  const isBigEndian = transferSyntaxUID === explicitVRBigEndian;
  const stop = isBigEndian ? [0x7f, 0xe0, 0x00, 0x10] : [0xe0, 0x7f, 0x10, 0x00];
  const stopped = new Uint8Array(bytes.length + stop.length);
  stopped.set(bytes);
  stopped.set(stop, bytes.length);
  const stream = new DecodedStream(stopped.buffer, decoder);
  const { [pixelDataTag]: _, ...dataset } = DicomMessage._read(stream, transferSyntaxUID, { untilTag: pixelDataTag });
  return dataset;
}

/**
 * dcmjs knows one character set per dataset, refuses several, and forgets it within sequences. This stream decodes with the decoder
 * it was given, at every depth.
 */
class DecodedStream extends dcmjs.data.ReadBufferStream {
  constructor(buffer: ArrayBuffer, decoder: TextDecoding) {
    super(buffer);
    this.decoder = decoder;
  }

  override setDecoder(): void {}

  override more(length: number): ReadBufferStream {
    const part = Object.setPrototypeOf(super.more(length), DecodedStream.prototype) as DecodedStream;
    part.decoder = this.decoder;
    return part;
  }
}

/** Blanks every value of Specific Character Set, so that dcmjs does not refuse several. */
function blankCharacterSets(dataSet: DataSet, bytes: Uint8Array): void {
  for (const element of Object.values(dataSet.elements)) {
    if (element.tag === 'x00080005') bytes.fill(0x20, element.dataOffset, element.dataOffset + element.length);
    for (const item of element.items ?? []) {
      if (item.dataSet !== undefined) blankCharacterSets(item.dataSet, bytes);
    }
  }
}

/** Where the dataset starts, after the file meta information, and where its pixel data (group 7FE0) or else it ends. */
function extent(parsed: DataSet): { datasetStart: number; pixelDataStart: number } {
  const elements = Object.values(parsed.elements).filter(({ dataOffset }) => dataOffset !== undefined);
  const meta = elements.filter(({ tag }) => tag.startsWith('x0002'));
  const pixelData = elements.filter(({ tag }) => tag.startsWith('x7fe0'));
  return {
    datasetStart: Math.max(0, ...meta.map(({ dataOffset, length }) => dataOffset + length)),
    pixelDataStart: Math.min(parsed.byteArray.length, ...pixelData.map(elementStart)),
  };
}

/** Before tag and length, in Explicit VR also before the VR; only the obsolete group length there has a short one (PS3.5 section 7.1). */
function elementStart({ dataOffset, vr }: Element): number {
  return dataOffset - (vr === undefined || vr === 'UL' ? 8 : 12);
}

/** Compressed and deflated instances have their attributes in Explicit VR Little Endian (PS3.5 section A.4, A.5). */
function datasetEncoding(transferSyntaxUID: string): string {
  return transferSyntaxUID === implicitVRLittleEndian || transferSyntaxUID === explicitVRBigEndian
    ? transferSyntaxUID
    : explicitVRLittleEndian;
}
