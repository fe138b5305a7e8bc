import { type DicomInstance, parseInstance } from './dicomInstance.js';
import type { InstanceHeader } from './instanceHeader.js';
import { transferSyntaxes } from './transferSyntaxes.js';

/** A frame as an archive delivers it. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  readonly transferSyntaxUID: string;
}

/**
 * One frame of a multi-frame image as an instance of its own, for the decoders: a view of a few hundred bytes more.
 *
 * An archive that decompresses a frame returns red, green and blue, whatever the header says of the compressed one.
 * @param header of the whole image
 * @throws PromptsegError `instance-unreadable` if the header lacks what describes pixels
 */
export function instanceOfFrame(header: InstanceHeader, { bytes, transferSyntaxUID }: EncodedFrame): DicomInstance {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = header;
  const isNative = transferSyntaxes.get(transferSyntaxUID)?.pixelEncoding === 'native';
  const isWhole = bytes.length >= rows * columns * 3 * (bitsAllocated / 8);
  const wasDecoded = isNative && isWhole && /^YBR_(FULL_422|ICT|RCT|PARTIAL)/.test(photometricInterpretation);
  return parseInstance(
    Buffer.concat([
      Buffer.alloc(128),
      Buffer.from('DICM'),
      text(0x0002, 0x0010, 'UI', transferSyntaxUID),
      text(0x0008, 0x0016, 'UI', header.sopClassUID),
      text(0x0008, 0x0018, 'UI', header.sopInstanceUID),
      short(0x0002, samplesPerPixel),
      text(0x0028, 0x0004, 'CS', wasDecoded ? 'RGB' : photometricInterpretation),
      short(0x0006, wasDecoded ? 0 : (header.number('x00280006') ?? 0)),
      short(0x0010, rows),
      short(0x0011, columns),
      short(0x0100, bitsAllocated),
      short(0x0101, header.bitsStored),
      short(0x0102, header.highBit),
      short(0x0103, header.pixelRepresentation),
      ...(isNative ? nativePixels(bytes) : encapsulatedPixels(bytes)),
    ]),
  );
}

function element(group: number, number: number, vr: string, value: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}

/** Padded to even length: UIDs with NUL, codes with a space (PS3.5 section 6.2). */
function text(group: number, number: number, vr: 'UI' | 'CS', value: string): Buffer {
  const padding = value.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
  return element(group, number, vr, Buffer.from(value + padding, 'latin1'));
}

/** An attribute of group 0028 with one unsigned number. */
function short(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(0x0028, number, 'US', bytes);
}

/** Tag, VR OB and length of Pixel Data; or tag and length of an item (PS3.5 sections 7.1.2 and A.4). */
function head(bytes: readonly number[], length: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return Buffer.concat([Buffer.from(bytes), size]);
}

const pixelData = [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0];
const item = [0xfe, 0xff, 0x00, 0xe0];
const end = [0xfe, 0xff, 0xdd, 0xe0];

const nativePixels = (bytes: Uint8Array): Uint8Array[] => [
  head(pixelData, bytes.length + (bytes.length % 2)),
  bytes,
  Buffer.alloc(bytes.length % 2),
];

const encapsulatedPixels = (bytes: Uint8Array): Uint8Array[] => [
  head(pixelData, 0xffffffff),
  head(item, 0),
  head(item, bytes.length + (bytes.length % 2)),
  bytes,
  Buffer.alloc(bytes.length % 2),
  head(end, 0),
];
