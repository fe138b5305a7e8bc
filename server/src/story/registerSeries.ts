import type { Registration } from '#contract/registration.js';
import type { Archive } from '../pacs/archive.js';
import { requireMemoryFor } from '../platform/availableMemory.js';
import { type CoarseImage, coarseImage } from '../registration/coarseImage.js';
import { registerRigidly } from '../registration/registerRigidly.js';
import { onEvenGrid } from '../volume/onEvenGrid.js';
import { bytesPerPixelWhileAssembling } from './readResult.js';
import { retrieveVolume } from './retrieveSource.js';

/** A series to register. */
export interface RegisteredSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** The stack of the series that was segmented, if it holds several. */
  readonly stack?: string | undefined;
  /** Of all its images, by their headers; undefined if they do not say it. */
  readonly pixels?: number | undefined;
}

/** elastix and its copies of the coarse images. */
const bytesForElastix = 200 * 2 ** 20;

/**
 * Reads two series from the archive, one after the other, and registers them rigidly.
 * @throws PromptsegError `memory-insufficient` with the figures, before images are retrieved; those of the archive and
 * `assembleVolume`
 */
export async function registerSeries(
  now: RegisteredSeries,
  before: RegisteredSeries,
  archive: Archive,
  signal: AbortSignal,
): Promise<Registration> {
  const pixels = Math.max(now.pixels ?? 0, before.pixels ?? 0);
  await requireMemoryFor('the images', pixels * bytesPerPixelWhileAssembling + bytesForElastix);
  const read = async ({ studyInstanceUID, seriesInstanceUID, stack }: RegisteredSeries): Promise<CoarseImage> => {
    const series = await archive.findSeries(studyInstanceUID, seriesInstanceUID, signal);
    const { volume } = await retrieveVolume(archive, series, {}, { stack, signal, onProgress: () => {} });
    return coarseImage(onEvenGrid(volume));
  };
  return registerRigidly(await read(now), await read(before));
}
