import { type CodestreamHeader, endOfImageOffset, readCodestreamHeader } from './codestreamHeader.js';
import type { DicomInstance } from './dicomInstance.js';
import { encapsulatedFrame } from './encapsulatedFrame.js';
import { type DecodableEncoding, pixelData, unsupportedTransferSyntax } from './frameFormat.js';
import { decodeJpegLossless } from './jpegLossless.js';
import { decodeWithWasm } from './wasmCodecs.js';

/**
 * Maximum number of pixels of a compressed frame, 5792²: twice the largest known CT. It limits what a hostile header
 * can claim.
 */
const maximumCompressedPixels = 2 ** 25;

/** The encoded bytes of a frame. @throws Error if the frame is too large or missing */
export function compressedFrame(instance: DicomInstance, frameIndex: number): Uint8Array {
  if (instance.rows * instance.columns > maximumCompressedPixels) throw new Error('the compressed frame is too large');
  return encapsulatedFrame(instance, pixelData(instance), frameIndex);
}

/** The samples of a frame, interleaved by pixel, and their number of bits. */
export interface DecodedCodestream {
  readonly samples: Uint8Array | Uint16Array;
  readonly precision: number;
}

/**
 * Decodes a frame of JPEG, JPEG Lossless, JPEG-LS or JPEG 2000, including the colour transformations of the codestream:
 * YCbCr of baseline JPEG, the component transformations of JPEG 2000.
 * @throws PromptsegError `transfer-syntax-unsupported` for JPEG Extended with 12 bits; Error if the codestream is
 * damaged or another image
 */
export async function decodeCodestream(
  instance: DicomInstance,
  encoding: Exclude<DecodableEncoding, 'native' | 'rle'>,
  frameIndex: number,
): Promise<DecodedCodestream> {
  const encoded = compressedFrame(instance, frameIndex);
  const header = readCodestreamHeader(encoded);
  requireSameImage(instance, header);
  // In a truncated frame, CharLS searches 2³¹ bits for the end of a code (4 s measured).
  if (encoding === 'jpeg-ls') endOfImageOffset(encoded);
  const { rows, columns, components, precision } = header;
  if (encoding === 'jpeg' && precision > 8) throw unsupportedTransferSyntax(instance, ` with ${precision} bits`);
  if (encoding === 'jpeg-lossless') return { samples: decodeJpegLossless(encoded, header), precision };
  const bytes = await decodeWithWasm(encoding, encoded);
  const samples = precision > 8 ? new Uint16Array(bytes.buffer) : bytes;
  if (samples.length !== rows * columns * components)
    throw new Error(`${samples.length} samples instead of ${columns} × ${rows} × ${components}`);
  return { samples, precision };
}

/** @throws Error if the codestream is not the image that the dataset describes */
function requireSameImage(instance: DicomInstance, { rows, columns, components, precision }: CodestreamHeader): void {
  if (
    rows !== instance.rows ||
    columns !== instance.columns ||
    components !== instance.samplesPerPixel ||
    precision > 16
  ) {
    throw new Error(`a codestream of ${columns} × ${rows} × ${components} of ${precision} bits`);
  }
}
