import type { DicomInstance } from '../dicom/dicomInstance.js';
import { encapsulatedFrame } from '../dicom/encapsulatedFrame.js';
import { decodeRle } from '../dicom/rle.js';
import { rleLossless } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';

/**
 * The pixels of all frames of a segmentation object, one frame after another, row by row (PS3.3 section C.8.20.2.3).
 */
export type SegmentationPixels =
  | {
      readonly type: 'BINARY';
      /** One bit per pixel, without padding between frames (PS3.5 section 8.1.1). */
      readonly bits: Uint8Array;
    }
  | {
      readonly type: 'FRACTIONAL';
      readonly values: Uint8Array;
      /** Segmentation Fractional Type (0062,0010): PROBABILITY or OCCUPANCY */
      readonly fractionalType: string | undefined;
      /** The value that stands for 1. */
      readonly maximumFractionalValue: number;
    }
  | {
      readonly type: 'LABELMAP';
      /** Segment numbers. */
      readonly labels: Uint8Array | Uint16Array;
      /** Pixel Padding Value (0028,0120): the label that is not a segment, if the object names one. */
      readonly background: number | undefined;
    };

/**
 * The pixels of a segmentation object, native or in RLE Lossless.
 * @param decoded the bytes of all frames, if they are compressed in another way
 * @throws PromptsegError `segmentation-unreadable`
 */
export function readSegmentationPixels(
  instance: DicomInstance,
  numberOfFrames: number,
  decoded?: Uint8Array,
): SegmentationPixels {
  const type = instance.string('x00620001');
  const samples = numberOfFrames * instance.rows * instance.columns;
  const bytesOf = (bits: 1 | 8 | 16) => decoded ?? pixelBytes(instance, numberOfFrames, samples, bits);
  switch (type) {
    case 'BINARY':
      // Cornerstone's adapter, when it compresses, writes a byte per pixel in RLE and calls it BINARY, which should
      // have one bit (PS3.3 section C.8.20.2.3).
      if (instance.bitsAllocated === 8) return { type, bits: packed(bytesOf(8)) };
      return { type, bits: bytesOf(1) };
    case 'FRACTIONAL':
      return {
        type,
        values: bytesOf(8),
        fractionalType: instance.string('x00620010'),
        maximumFractionalValue: requiredMaximum(instance),
      };
    case 'LABELMAP': {
      const bits = instance.bitsAllocated === 16 ? 16 : 8;
      const bytes = bytesOf(bits);
      return { type, labels: bits === 16 ? words(bytes) : bytes, background: instance.number('x00280120') };
    }
    case undefined:
      throw unreadable('The object is not a DICOM segmentation.');
    default:
      throw unreadable(`A segmentation of type ${type} cannot be read.`);
  }
}

export function unreadable(message: string, details: Readonly<Record<string, unknown>> = {}): PromptsegError {
  return new PromptsegError('segmentation-unreadable', message, { details });
}

function requiredMaximum(instance: DicomInstance): number {
  const maximum = instance.number('x0062000e');
  if (maximum === undefined || maximum < 1 || maximum > 255)
    throw unreadable('The segmentation does not say which value stands for 1.');
  return maximum;
}

/** The bytes of all frames, little endian; for native pixels a view of the instance. */
function pixelBytes(
  instance: DicomInstance,
  numberOfFrames: number,
  samples: number,
  bitsAllocated: 1 | 8 | 16,
): Uint8Array {
  if (instance.bitsAllocated !== bitsAllocated)
    throw unreadable('The segmentation has pixels of a size that its type does not have.', {
      bitsAllocated: instance.bitsAllocated,
    });
  const bytes = Math.ceil((samples * bitsAllocated) / 8);
  const element = instance.element('x7fe00010');
  if (element === undefined) throw fewerPixels(bytes, 0);
  if (bitsAllocated > 1 && instance.transferSyntaxUID === rleLossless)
    return decompress(instance, numberOfFrames, bytes, bitsAllocated / 8);
  // The compressed bytes could be as many as the pixels need, and would be taken for them.
  if (element.hadUndefinedLength)
    throw unreadable('The segmentation is compressed in a way that is not supported for its pixels.', {
      bitsAllocated: instance.bitsAllocated,
    });
  if (element.length < bytes) throw fewerPixels(bytes, element.length);
  const { buffer, byteOffset } = instance.parsed.byteArray;
  return new Uint8Array(buffer, byteOffset + element.dataOffset, bytes);
}

/** Two bytes of PackBits make at most 128. */
const greatestExpansion = 64;

function decompress(
  instance: DicomInstance,
  numberOfFrames: number,
  bytes: number,
  bytesPerSample: number,
): Uint8Array {
  const element = instance.element('x7fe00010')!;
  const encodedBytes = (element.fragments ?? []).reduce((total, { length }) => total + length, 0);
  // Memory is allocated only for what so many bytes can expand to, whatever the header claims.
  if (bytes > greatestExpansion * encodedBytes) throw fewerPixels(bytes, greatestExpansion * encodedBytes);
  const decoded = new Uint8Array(bytes);
  const frameBytes = bytes / numberOfFrames;
  try {
    for (let frame = 0; frame < numberOfFrames; frame++)
      decoded.set(
        decodeRle(encapsulatedFrame(instance, element, frame), frameBytes / bytesPerSample, bytesPerSample),
        frame * frameBytes,
      );
  } catch (cause) {
    throw new PromptsegError('segmentation-unreadable', 'The compressed pixels of the segmentation are damaged.', {
      cause,
    });
  }
  return decoded;
}

/** One bit per pixel that is not 0. */
function packed(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(bytes.length / 8));
  for (let n = 0; n < bytes.length; n++) if (bytes[n] !== 0) bits[n >>> 3]! |= 1 << (n & 7);
  return bits;
}

function fewerPixels(expectedBytes: number, bytes: number): PromptsegError {
  return unreadable('The segmentation has fewer pixels than its frames need.', { expectedBytes, bytes });
}

/** Little endian bytes as numbers, copied if they are not aligned. */
function words(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}
