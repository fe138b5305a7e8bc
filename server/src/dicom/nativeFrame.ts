import type { Element } from 'dicom-parser';
import type { DicomInstance } from './dicomInstance.js';
import { explicitVRBigEndian } from './transferSyntaxes.js';

/**
 * The bytes of one frame of uncompressed Pixel Data (PS3.5 section 8.2), little endian: a view of the instance, or a swapped copy for big endian.
 * @throws Error where the pixel data are shorter than the image
 */
export function nativeFrame(instance: DicomInstance, pixelData: Element, frameIndex: number): Uint8Array {
  const frameLength = instance.rows * instance.columns * (instance.bitsAllocated / 8);
  const start = pixelData.dataOffset + frameIndex * frameLength;
  const end = start + frameLength;
  const file = instance.parsed.byteArray;
  if (pixelData.hadUndefinedLength || end > Math.min(file.length, pixelData.dataOffset + pixelData.length)) {
    throw new Error('the pixel data are shorter than the image');
  }
  const frame = file.subarray(start, end);
  return instance.transferSyntaxUID === explicitVRBigEndian ? swapped(frame, instance.bitsAllocated) : frame;
}

function swapped(frame: Uint8Array, bitsAllocated: number): Uint8Array {
  const copy = Buffer.from(frame);
  if (bitsAllocated === 16) return copy.swap16();
  if (bitsAllocated === 32) return copy.swap32();
  return copy;
}
