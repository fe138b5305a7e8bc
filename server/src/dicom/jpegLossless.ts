import decoderModule from 'jpeg-lossless-decoder-js';
import { type CodestreamHeader, endOfImageOffset } from './codestreamHeader.js';

const endOfImage = Buffer.from([0xff, 0xd9]);
/** More than the decoder reads ahead. */
const padding = Buffer.alloc(8);

/**
 * Decodes one frame of JPEG Lossless (ISO/IEC 10918-1 process 14).
 *
 * Zeros are inserted before the end marker: jpeg-lossless-decoder-js 2.1.2 stops at a marker while it still reads
 * ahead, and leaves the last pixel of some images 0 (seen in Cornerstone's CT test image). It also silently fills the
 * missing part of a truncated frame with zeros.
 * @throws Error if the frame is truncated or damaged
 */
export function decodeJpegLossless(
  encoded: Uint8Array,
  { rows, precision }: CodestreamHeader,
): Uint8Array | Uint16Array {
  const end = endOfImageOffset(encoded);
  const padded = Buffer.concat([encoded.subarray(0, end), padding, endOfImage]);
  const decoder = new decoderModule.Decoder();
  const samples = decoder.decode(padded.buffer, padded.byteOffset, padded.byteLength, precision > 8 ? 2 : 1);
  if (samples === null || decoder.yLoc < rows) throw new Error('the JPEG frame ends early');
  return samples;
}
