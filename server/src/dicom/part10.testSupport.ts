/** Builds small Part 10 files for tests. */

export type TestElement = readonly [tag: string, vr: string, value: string | Uint8Array | readonly number[]];

const longVRs = new Set(['OB', 'OV', 'OW', 'SQ', 'UN', 'UT']);

/** A data element in Explicit VR; numbers are US or, with VR SS, signed. `tag` has 8 hexadecimal digits. */
export function element([tag, vr, value]: TestElement, bigEndian = false): Buffer {
  const group = Number.parseInt(tag.slice(0, 4), 16);
  const number = Number.parseInt(tag.slice(4), 16);
  const bytes = valueBytes(vr, value, bigEndian);
  const head = Buffer.alloc(longVRs.has(vr) ? 12 : 8);
  const write16 = (n: number, at: number) => (bigEndian ? head.writeUInt16BE(n, at) : head.writeUInt16LE(n, at));
  write16(group, 0);
  write16(number, 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 8) write16(bytes.length, 6);
  else if (bigEndian) head.writeUInt32BE(bytes.length, 8);
  else head.writeUInt32LE(bytes.length, 8);
  return Buffer.concat([head, bytes]);
}

function valueBytes(vr: string, value: TestElement[2], bigEndian: boolean): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'latin1');
    return text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  const bytes = Buffer.alloc(2 * value.length);
  value.forEach((n, i) => {
    const bits = n & 0xffff;
    if (bigEndian) bytes.writeUInt16BE(bits, 2 * i);
    else bytes.writeUInt16LE(bits, 2 * i);
  });
  return bytes;
}

export const testSopInstanceUID = '1.2.3.4';

/** A sequence of items, little endian, with explicit lengths. */
export function sequence(tag: string, ...items: readonly (readonly TestElement[])[]): TestElement {
  const bytes = items.map((elements) => {
    const content = Buffer.concat(elements.map((each) => element(each)));
    return Buffer.concat([item(0xe000, content.length), content]);
  });
  return [tag, 'SQ', Buffer.concat(bytes)];
}

/** The same with an unknown VR, in Implicit VR Little Endian (PS3.5 section 6.2.2 note 2). */
export function unknownSequence(tag: string, ...items: readonly (readonly TestElement[])[]): TestElement {
  const bytes = items.map((elements) => {
    const content = Buffer.concat(elements.map(implicitElement));
    return Buffer.concat([item(0xe000, content.length), content]);
  });
  return [tag, 'UN', Buffer.concat(bytes)];
}

function implicitElement([tag, vr, value]: TestElement): Buffer {
  const bytes = valueBytes(vr, value, false);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** A whole file: SOP Class and Instance UID, then the elements in the given order. */
export function part10(transferSyntaxUID: string, elements: readonly TestElement[]): Buffer {
  const bigEndian = transferSyntaxUID === '1.2.840.10008.1.2.2';
  const dataset: readonly TestElement[] = [
    ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    ['00080018', 'UI', testSopInstanceUID],
    ...elements,
  ];
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(['00020010', 'UI', transferSyntaxUID]),
    ...dataset.map((each) => element(each, bigEndian)),
  ]);
}

interface TestImage {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly highBit?: number;
  readonly pixelRepresentation?: number;
  readonly frames?: number;
  readonly samplesPerPixel?: number;
  readonly pixelData: TestElement[2];
}

/** A grayscale image. */
export function imagePart10(transferSyntaxUID: string, image: TestImage): Buffer {
  const { bitsAllocated = 16 } = image;
  const bitsStored = image.bitsStored ?? bitsAllocated;
  return part10(transferSyntaxUID, [
    ['00280002', 'US', [image.samplesPerPixel ?? 1]],
    ['00280004', 'CS', 'MONOCHROME2'],
    ['00280008', 'IS', String(image.frames ?? 1)],
    ['00280010', 'US', [image.rows]],
    ['00280011', 'US', [image.columns]],
    ['00280100', 'US', [bitsAllocated]],
    ['00280101', 'US', [bitsStored]],
    ['00280102', 'US', [image.highBit ?? bitsStored - 1]],
    ['00280103', 'US', [image.pixelRepresentation ?? 0]],
    ['7FE00010', 'OW', image.pixelData],
  ]);
}

/** An image whose pixel data are fragments, with the given Basic Offset Table or an empty one. */
export function encapsulatedPart10(
  transferSyntaxUID: string,
  image: Omit<TestImage, 'pixelData'>,
  fragments: readonly Uint8Array[],
  offsets: readonly number[] = [],
): Buffer {
  const withoutPixels = imagePart10(transferSyntaxUID, { ...image, pixelData: new Uint8Array(0) });
  withoutPixels.writeUInt32LE(0xffffffff, withoutPixels.length - 4);
  const table = Buffer.alloc(4 * offsets.length);
  offsets.forEach((offset, i) => {
    table.writeUInt32LE(offset, 4 * i);
  });
  const items = [table, ...fragments].map((bytes) => Buffer.concat([item(0xe000, bytes.length), bytes]));
  return Buffer.concat([withoutPixels, ...items, item(0xe0dd, 0)]);
}

function item(element: number, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(length, 4);
  return head;
}
