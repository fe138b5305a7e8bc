import type { Archive } from '../pacs/archive.js';
import { drawPlanes } from '../pictures/drawPicture.js';
import { drawReport, type ReportedStructure } from '../pictures/drawReport.js';
import { longString } from '../results/code.js';
import { encodeEncapsulatedPdf } from '../results/encapsulatedPdf.js';
import type { CaptureRequest } from './captureResult.js';
import { segmentsToDraw } from './drawResult.js';
import { readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';

export interface ReportRequest extends Omit<CaptureRequest, 'segments'> {
  readonly segments: readonly (CaptureRequest['segments'][number] & ReportedStructure)[];
}

/**
 * A stored result as a report on one page, a DICOM Encapsulated PDF, from the objects in the archive.
 * @throws PromptsegError of `readResult`; `segment-not-found` if the stored object lacks a segment
 */
export async function reportResult(
  { result, segments, maker, seriesDescription, createdAt }: ReportRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<Uint8Array> {
  const { volume, segmentation } = await readResult(archive, result, lastSource, signal);
  const drawn = segmentsToDraw(segments, segmentation, volume.grid);
  const pdf = await drawReport({
    planes: drawPlanes({ volume, segments: drawn }),
    title: seriesDescription,
    structures: segments,
    maker,
    segmentation: segmentation.sopInstanceUID,
    createdAt,
  });
  return encodeEncapsulatedPdf({
    source: volume,
    segmentation,
    pdf,
    seriesDescription: longString(`Report of ${seriesDescription}`),
    seriesNumber: segmentation.seriesNumber,
    createdAt,
  }).part10;
}
