import { PromptsegError } from '../platform/errors.js';
import { compressedFrame, decodeCodestream } from './decodeCodestream.js';
import type { DicomInstance } from './dicomInstance.js';
import { type DecodableEncoding, decodeSound, pixelData, pixelEncoding, unsupportedPixels } from './frameFormat.js';
import { nativeFrame } from './nativeFrame.js';
import { decodeRle } from './rle.js';
import {
  isSupportedBitsAllocated,
  keepStoredBits,
  type StoredPixels,
  viewAsPixels,
  widenToPixels,
} from './storedPixels.js';

export type { StoredPixels } from './storedPixels.js';

/**
 * The stored pixel values of one frame, before rescaling: columns × rows values, row by row, in the type of Bits
 * Allocated and Pixel Representation (PS3.5 section 8.1). Bits beyond Bits Stored are removed. For colours see
 * decodeColours.ts.
 *
 * Native pixels that are aligned and in this machine's byte order are returned as a view of the instance's own bytes:
 * do not write to it.
 *
 * @param frameIndex from 0
 * @throws PromptsegError `transfer-syntax-unsupported`; `pixel-format-unsupported` for colour, 1-bit, 64-bit and float
 *   pixels; `instance-unreadable` if the pixel data are missing, truncated or damaged
 */
export async function decodeFrame(instance: DicomInstance, frameIndex = 0): Promise<StoredPixels> {
  requireSupportedFormat(instance);
  refusePrivatePixels(instance);
  const encoding = pixelEncoding(instance);
  return decodeSound(instance, frameIndex, () =>
    encoding === 'native' ? decodeNative(instance, frameIndex) : decompress(instance, encoding, frameIndex),
  );
}

function decodeNative(instance: DicomInstance, frameIndex: number): StoredPixels {
  const frame = nativeFrame(instance, pixelData(instance), frameIndex);
  return keepStoredBits(viewAsPixels(frame, instance), instance.bitsStored, instance.highBit);
}

async function decompress(
  instance: DicomInstance,
  encoding: Exclude<DecodableEncoding, 'native'>,
  frameIndex: number,
): Promise<StoredPixels> {
  if (encoding === 'rle') {
    const encoded = compressedFrame(instance, frameIndex);
    const decoded = decodeRle(encoded, instance.rows * instance.columns, instance.bitsAllocated / 8);
    return keepStoredBits(viewAsPixels(decoded, instance), instance.bitsStored, instance.highBit);
  }
  const { samples, precision } = await decodeCodestream(instance, encoding, frameIndex);
  // Codestreams may have fewer bits than Bits Stored. If their sign contradicts Pixel Representation, the dataset is
  // right.
  const bits = Math.min(precision, instance.bitsStored);
  return keepStoredBits(widenToPixels(samples, instance), bits, bits - 1);
}

/** Without public Pixel Data, a private element of at least this many bytes per pixel contains the pixels. */
const leastBytesPerPixel = 1 / 32;

/** Some manufacturers (ELSCINT) store pixels in a private element and compression, without public Pixel Data. */
function refusePrivatePixels(instance: DicomInstance): void {
  if (instance.hasPixelData) return;
  const least = Math.max(256, leastBytesPerPixel * instance.rows * instance.columns);
  const holder = Object.values(instance.parsed.elements).find(
    ({ tag, length }) => Number.parseInt(tag.slice(4, 5), 16) % 2 === 1 && length >= least,
  );
  if (holder === undefined) return;
  throw new PromptsegError(
    'transfer-syntax-unsupported',
    `The pixels of an image are in a private element (${holder.tag.slice(1, 5)},${holder.tag.slice(5)}), in a ` +
      "compression that only the manufacturer's software can read. Export the series from there uncompressed.",
    { details: { tag: holder.tag.slice(1), sopInstanceUID: instance.sopInstanceUID } },
  );
}

function requireSupportedFormat(instance: DicomInstance): void {
  const unsupported =
    instance.samplesPerPixel !== 1
      ? 'colour'
      : instance.element('x7fe00008') !== undefined || instance.element('x7fe00009') !== undefined
        ? 'floating-point'
        : isSupportedBitsAllocated(instance.bitsAllocated)
          ? undefined
          : `${instance.bitsAllocated}-bit`;
  if (unsupported !== undefined) throw unsupportedPixels(instance, unsupported);
}
