import type { Archive } from '../pacs/archive.js';
import { drawPixels } from '../pictures/drawPicture.js';
import { longString } from '../results/code.js';
import { encodeSecondaryCapture } from '../results/secondaryCapture.js';
import { type DrawRequest, segmentsToDraw } from './drawResult.js';
import { readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';

export interface CaptureRequest extends Omit<DrawRequest, 'asThumbnail'> {
  /** Of the result. */
  readonly seriesDescription: string;
  /** Becomes Content Date and Time. */
  readonly createdAt: Date;
}

/**
 * Draws a stored result as a DICOM Secondary Capture, from the objects in the archive.
 * @throws PromptsegError of `readResult`; `segment-not-found` if the stored object lacks a segment
 */
export async function captureResult(
  { result, segments, maker, seriesDescription, createdAt }: CaptureRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<Uint8Array> {
  const { volume, segmentation } = await readResult(archive, result, lastSource, signal);
  const drawn = segmentsToDraw(segments, segmentation, volume.grid);
  return encodeSecondaryCapture({
    source: volume,
    segmentation,
    picture: drawPixels({ volume, maker, segments: drawn }),
    seriesDescription: longString(`Picture of ${seriesDescription}`),
    seriesNumber: segmentation.seriesNumber,
    createdAt,
  }).part10;
}
