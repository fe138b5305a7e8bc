import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { bitsOfSegment } from '../results/bitsOfSegment.js';
import { longString } from '../results/code.js';
import { encodePresentationState } from '../results/presentationState.js';
import { type ResultReference, readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';

export interface PresentRequest {
  readonly result: ResultReference;
  /** The segments to outline, in this order, with names and colours from the record. */
  readonly segments: readonly {
    readonly segmentNumber: number;
    readonly name: string;
    readonly colour: readonly [number, number, number];
  }[];
  /** Of the result. */
  readonly seriesDescription: string;
  /** Becomes Presentation Creation Date and Time. */
  readonly createdAt: Date;
}

/**
 * Outlines a stored result as a DICOM presentation state, from the objects in the archive; a voxel of a fractional
 * segmentation is inside if its probability is at least one half.
 * @throws PromptsegError of `readResult` and `encodePresentationState`; `segment-not-found` if the stored object lacks
 * a segment
 */
export async function presentResult(
  { result, segments, seriesDescription, createdAt }: PresentRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<Uint8Array> {
  const { volume, segmentation } = await readResult(archive, result, lastSource, signal);
  const outlined = segments.map(({ segmentNumber, name, colour }) => {
    if (!segmentation.segments.some(({ number }) => number === segmentNumber))
      throw new PromptsegError('segment-not-found', `The stored segmentation has no segment ${segmentNumber}.`);
    return { segmentNumber, name, colour, mask: bitsOfSegment(segmentation, segmentNumber, volume.grid) };
  });
  return encodePresentationState({
    source: volume,
    segmentation,
    segments: outlined,
    seriesDescription: longString(`Outlines of ${seriesDescription}`),
    seriesNumber: segmentation.seriesNumber,
    createdAt,
  }).part10;
}
