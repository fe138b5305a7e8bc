import type { Element } from 'dicom-parser';
import type { DicomInstance } from './dicomInstance.js';
import { explicitVRBigEndian } from './transferSyntaxes.js';

/**
 * The bytes of one frame of uncompressed Pixel Data (PS3.5 section 8.2), little endian: a view of the instance, or a
 * swapped copy for big endian.
 * @param samples number of samples in the frame, of all colours
 * @throws Error if the pixel data are shorter than the image
 */
export function nativeFrame(
  instance: DicomInstance,
  pixelData: Element,
  frameIndex: number,
  samples = instance.rows * instance.columns,
): Uint8Array {
  const frameLength = samples * (instance.bitsAllocated / 8);
  const start = pixelData.dataOffset + frameIndex * frameLength;
  const end = start + frameLength;
  const file = instance.parsed.byteArray;
  if (pixelData.hadUndefinedLength || end > Math.min(file.length, pixelData.dataOffset + pixelData.length)) {
    throw new Error('the pixel data are shorter than the image');
  }
  const frame = file.subarray(start, end);
  if (instance.transferSyntaxUID !== explicitVRBigEndian) return frame;
  if (instance.bitsAllocated === 16) return Buffer.from(frame).swap16();
  if (instance.bitsAllocated === 32) return Buffer.from(frame).swap32();
  return pixelData.vr === 'OW' ? bytesOfWords(file, pixelData.dataOffset, start, end) : frame;
}

/**
 * 8-bit pixels as OW are words of two pixels, the first in the lower byte (PS3.5 section 8.1.1), which comes second in
 * big endian. A frame may begin within a word.
 */
function bytesOfWords(file: Uint8Array, firstWord: number, start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start }, (_, n) => file[firstWord + ((start + n - firstWord) ^ 1)]!);
}
