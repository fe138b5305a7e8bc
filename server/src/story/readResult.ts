import type { Archive } from '../pacs/archive.js';
import { requireMemoryFor } from '../platform/availableMemory.js';
import { PromptsegError } from '../platform/errors.js';
import { decodeSegmentation } from '../results/decodeSegmentation.js';
import type { ReadSegmentation } from '../results/readSegmentation.js';
import type { Volume } from '../values/volume.js';
import { type LastSource, retrieveVolume } from './retrieveSource.js';

/** A stored segmentation and the images that it was made from. */
export interface ResultReference {
  readonly studyInstanceUID: string;
  /** The source series. */
  readonly seriesInstanceUID: string;
  /** The stack of the series that was segmented, if it holds several. */
  readonly stack?: string | undefined;
  readonly segmentation: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
}

export interface ReadResult {
  readonly volume: Volume;
  readonly segmentation: ReadSegmentation;
}

/**
 * Reads a stored segmentation from the archive.
 * @throws PromptsegError `result-not-in-archive`, and those of the archive and `decodeSegmentation`
 */
export async function readStoredSegmentation(
  archive: Pick<Archive, 'retrieveInstance'>,
  { studyInstanceUID, segmentation: stored }: Pick<ResultReference, 'studyInstanceUID' | 'segmentation'>,
  signal: AbortSignal,
): Promise<ReadSegmentation> {
  const { seriesInstanceUID, sopInstanceUID } = stored;
  const part10 = await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID, signal);
  if (part10 !== undefined) return decodeSegmentation(part10);
  throw new PromptsegError('result-not-in-archive', 'The archive does not hold the segmentation any more.', {
    details: { sopInstanceUID },
  });
}

/**
 * Reads a result and its images from the archive.
 * @throws PromptsegError of {@link readStoredSegmentation}, `memory-insufficient` (with the figures, before any image
 * is retrieved), and those of the archive and `assembleVolume`
 */
export async function readResult(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID, stack, segmentation: stored }: ResultReference,
  lastSource: LastSource,
  signal: AbortSignal,
): Promise<ReadResult> {
  const segmentation = await readStoredSegmentation(archive, { studyInstanceUID, segmentation: stored }, signal);
  const series = await archive.findSeries(studyInstanceUID, seriesInstanceUID, signal);
  await requireMemory(segmentation, series.numberOfInstances);
  const { volume } = await retrieveVolume(archive, series, lastSource, { stack, signal, onProgress: () => {} });
  return { volume, segmentation };
}

/**
 * While a volume is assembled, its files, the decoded pixels and the voxels are in memory together, 2 bytes per pixel
 * each. Measured for 160 images of 512 × 512: 292 MB, of which 50 MB are the process; this factor gives 252 MB.
 */
export const bytesPerPixelWhileAssembling = 6;

function requireMemory({ rows, columns, frames }: ReadSegmentation, numberOfInstances = 0): Promise<void> {
  const slices = Math.max(numberOfInstances, new Set(frames.map((frame) => String(frame.imagePositionPatient))).size);
  return requireMemoryFor('the images', rows * columns * slices * bytesPerPixelWhileAssembling);
}
