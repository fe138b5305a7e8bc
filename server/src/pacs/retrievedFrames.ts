import type { EncodedFrame } from '../dicom/instanceOfFrame.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import type { ArchiveResponse } from './archiveHttp.js';
import { boundaryOf, multipartParts } from './multipartStream.js';
import { errorOfStatus } from './responseErrors.js';

/**
 * Media types for frames (PS3.18 section 8.7.3.3): as stored, in any transfer syntax; else decompressed; else as the
 * compressed images that slides mostly have.
 */
export const acceptableFrames = [
  'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  'multipart/related; type="application/octet-stream"',
  'multipart/related; type="image/jpeg"',
  'multipart/related; type="image/jp2"',
] as const;

/** Their numbers are in the address, which servers limit to 8 kB or less, and one response is in memory at a time. */
export const framesAtOnce = 16;

/** What a part is encoded in if it does not name its transfer syntax (PS3.18 table 8.7.3-5). */
const defaultTransferSyntaxes: Readonly<Record<string, string>> = {
  'image/jpeg': '1.2.840.10008.1.2.4.50',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
};

/**
 * The frames of a response.
 * @param expected how many were asked for
 * @throws PromptsegError `archive-broken-answer` if there are fewer or more; the archive's errors
 */
export async function* framesOf(response: ArchiveResponse, expected: number): AsyncGenerator<EncodedFrame> {
  if (response.status !== 200) {
    response.close();
    throw errorOfStatus(response.status, response.headers);
  }
  const boundary = boundaryOf(response.headers['content-type'] ?? '');
  if (boundary === undefined) {
    response.close();
    throw new PromptsegError('archive-broken-answer', "The archive's response does not consist of frames.");
  }
  let delivered = 0;
  for await (const { body, contentType } of multipartParts(response.body, boundary)) {
    delivered++;
    if (delivered <= expected) yield { bytes: body, transferSyntaxUID: transferSyntaxOf(contentType) };
  }
  if (delivered !== expected)
    throw new PromptsegError(
      'archive-broken-answer',
      `The archive delivered ${delivered} frames of an image instead of ${expected}.`,
    );
}

function transferSyntaxOf(contentType: string): string {
  const stated = /;\s*transfer-syntax\s*=\s*"?([0-9.]+)"?/i.exec(contentType)?.[1];
  const [mediaType = ''] = contentType.toLowerCase().split(';');
  return stated ?? defaultTransferSyntaxes[mediaType.trim()] ?? explicitVRLittleEndian;
}
