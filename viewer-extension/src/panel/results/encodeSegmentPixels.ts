import type { SegmentFrame, SegmentPixels } from '../host.js';

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
const explicitVRLittleEndian = '1.2.840.10008.1.2.1';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The voxels of an edited segmentation as a DICOM Part 10 file: a BINARY segmentation object with what the server needs
 * to say which voxels belong to which segment. It is no object for an archive: the server takes codes, colours and
 * tracking identifiers from the predecessor and writes the object again. Written here because viewers export less: OHIF
 * 3.13 drops codes and makes every segment MANUAL, and merges overlapping segments.
 */
export function encodeSegmentPixels(studyInstanceUID: string, pixels: SegmentPixels): Bytes {
  const sopInstanceUID = createUid();
  const meta = join([
    element(0x0002, 0x0001, 'OB', new Uint8Array([0, 1])),
    text(0x0002, 0x0002, 'UI', segmentationStorage),
    text(0x0002, 0x0003, 'UI', sopInstanceUID),
    text(0x0002, 0x0010, 'UI', explicitVRLittleEndian),
    text(0x0002, 0x0012, 'UI', '2.25.173006888909613009253414344428721652400'),
  ]);
  return join([
    new Uint8Array(128),
    ascii('DICM'),
    element(0x0002, 0x0000, 'UL', uint32(meta.length)),
    meta,
    text(0x0008, 0x0005, 'CS', 'ISO_IR 192'),
    text(0x0008, 0x0016, 'UI', segmentationStorage),
    text(0x0008, 0x0018, 'UI', sopInstanceUID),
    text(0x0008, 0x0060, 'CS', 'SEG'),
    text(0x0020, 0x000d, 'UI', studyInstanceUID),
    number(0x0028, 0x0002, 1),
    text(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    text(0x0028, 0x0008, 'IS', String(pixels.frames.length)),
    number(0x0028, 0x0010, pixels.rows),
    number(0x0028, 0x0011, pixels.columns),
    number(0x0028, 0x0100, 1),
    number(0x0028, 0x0101, 1),
    number(0x0028, 0x0102, 0),
    number(0x0028, 0x0103, 0),
    text(0x0062, 0x0001, 'CS', 'BINARY'),
    sequence(
      0x0062,
      0x0002,
      pixels.segments.map(({ number: segment, label }) => [
        number(0x0062, 0x0004, segment),
        text(0x0062, 0x0005, 'LO', label.replaceAll('\\', ' ').slice(0, 64)),
      ]),
    ),
    sequence(0x5200, 0x9230, pixels.frames.map(describeFrame)),
    element(0x7fe0, 0x0010, 'OB', packFrames(pixels)),
  ]);
}

/** The functional groups of a frame (PS3.3 section C.7.6.16). */
function describeFrame({ segmentNumber, sopInstanceUID, frameNumber, plane }: SegmentFrame): readonly Bytes[] {
  const sourceImage = [
    text(0x0008, 0x1155, 'UI', sopInstanceUID),
    ...(frameNumber === undefined ? [] : [text(0x0008, 0x1160, 'IS', String(frameNumber))]),
  ];
  return [
    sequence(0x0008, 0x9124, [[sequence(0x0008, 0x2112, [sourceImage])]]),
    sequence(0x0020, 0x9113, [[decimals(0x0020, 0x0032, plane.imagePositionPatient)]]),
    sequence(0x0020, 0x9116, [[decimals(0x0020, 0x0037, plane.imageOrientationPatient)]]),
    sequence(0x0028, 0x9110, [[decimals(0x0028, 0x0030, plane.pixelSpacing)]]),
    sequence(0x0062, 0x000a, [[number(0x0062, 0x000b, segmentNumber)]]),
  ];
}

/** The frames one after the other, without a gap between their bits (PS3.5 section 8.1.1). */
function packFrames({ rows, columns, frames }: SegmentPixels): Bytes {
  const frameBits = rows * columns;
  const packed = new Uint8Array(Math.ceil((frames.length * frameBits) / 8));
  frames.forEach(({ bits }, frame) => {
    const start = frame * frameBits;
    if (start % 8 === 0) packed.set(bits.subarray(0, Math.ceil(frameBits / 8)), start / 8);
    else {
      for (let pixel = 0; pixel < frameBits; pixel += 1) {
        if (((bits[pixel >> 3]! >> (pixel & 7)) & 1) === 1) packed[(start + pixel) >> 3]! |= 1 << ((start + pixel) & 7);
      }
    }
  });
  return packed;
}

const longVRs: ReadonlySet<string> = new Set(['OB', 'SQ']);

/** A data element in Explicit VR Little Endian (PS3.5 section 7.1.2), its value padded to even length. */
function element(group: number, tag: number, vr: string, value: Uint8Array): Bytes {
  const length = value.length + (value.length % 2);
  const headerLength = longVRs.has(vr) ? 12 : 8;
  const bytes = new Uint8Array(headerLength + length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, group, true);
  view.setUint16(2, tag, true);
  bytes.set(ascii(vr), 4);
  if (longVRs.has(vr)) view.setUint32(8, length, true);
  else view.setUint16(6, length, true);
  bytes.set(value, headerLength);
  return bytes;
}

/** Text is padded with a space, a UID with a zero byte. */
function text(group: number, tag: number, vr: 'UI' | 'CS' | 'LO' | 'IS' | 'DS', value: string): Bytes {
  const bytes = new TextEncoder().encode(value);
  const isEven = bytes.length % 2 === 0;
  return element(group, tag, vr, isEven ? bytes : join([bytes, ascii(vr === 'UI' ? '\0' : ' ')]));
}

function number(group: number, tag: number, value: number): Bytes {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, true);
  return element(group, tag, 'US', bytes);
}

/** Decimal strings have at most 16 characters. */
function decimals(group: number, tag: number, values: readonly number[]): Bytes {
  const short = (value: number) =>
    [String(value), ...[15, 14, 13, 12, 11, 10, 9].map((digits) => String(Number(value.toPrecision(digits))))].find(
      (candidate) => candidate.length <= 16,
    ) ?? value.toExponential(8);
  return text(group, tag, 'DS', values.map(short).join('\\'));
}

function sequence(group: number, tag: number, items: readonly (readonly Uint8Array[])[]): Bytes {
  const parts = items.flatMap((elements) => {
    const item = join(elements);
    return [new Uint8Array([0xfe, 0xff, 0x00, 0xe0]), uint32(item.length), item];
  });
  return element(group, tag, 'SQ', join(parts));
}

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

const ascii = (characters: string): Uint8Array => new TextEncoder().encode(characters);

function join(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** "2.25." and a random UUID as a decimal number (PS3.5 section B.2) */
function createUid(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6]! & 0x0f) | 0x40;
  random[8] = (random[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`)}`;
}
