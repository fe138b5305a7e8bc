import type { Archive } from '../pacs/archive.js';
import { drawPicture, drawThumbnail, type PictureSegment } from '../pictures/drawPicture.js';
import { PromptsegError } from '../platform/errors.js';
import type { ReadSegmentation } from '../results/readSegmentation.js';
import { segmentVoxels } from '../results/segmentVoxels.js';
import type { SliceGrid } from '../values/grid.js';
import { type ResultReference, readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';

export interface DrawRequest {
  readonly result: ResultReference;
  /** The segments to draw, in this order, with names and colours from the record. */
  readonly segments: readonly {
    readonly segmentNumber: number;
    readonly name: string;
    readonly colour: readonly [number, number, number];
    readonly volumeMl: number;
  }[];
  /** The model that made the result: "ct-tissues 1.0.0". */
  readonly maker: string;
  /** Small, without text. */
  readonly asThumbnail?: boolean;
}

/**
 * Draws a stored result as a PNG, from the objects in the archive.
 * @throws PromptsegError of `readResult`; `segment-not-found` if the stored object lacks a segment
 */
export async function drawResult(
  { result, segments, maker, asThumbnail }: DrawRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<Uint8Array> {
  const { volume, segmentation } = await readResult(archive, result, lastSource, signal);
  const drawn = segmentsToDraw(segments, segmentation, volume.grid);
  return asThumbnail ? drawThumbnail({ volume, segments: drawn }) : drawPicture({ volume, maker, segments: drawn });
}

/** Segments of a stored result with their voxels. @throws PromptsegError `segment-not-found` */
export function segmentsToDraw(
  segments: DrawRequest['segments'],
  segmentation: ReadSegmentation,
  grid: SliceGrid,
): readonly PictureSegment[] {
  const missing = segments.find(
    ({ segmentNumber }) => !segmentation.segments.some(({ number }) => number === segmentNumber),
  );
  if (missing !== undefined)
    throw new PromptsegError('segment-not-found', `The stored segmentation has no segment ${missing.segmentNumber}.`);
  return segments.map(({ segmentNumber, ...rest }) => ({
    ...rest,
    ...segmentVoxels(segmentation, segmentNumber, grid),
  }));
}
