import { PromptsegError } from '../platform/errors.js';

/**
 * 4096 slices of 512 × 512 voxels in Int16, more than any CT of a whole body at 0.5 mm. Assembling uses twice as much.
 */
const maximumVoxelBytes = 2 ** 31;

/**
 * Limit for the files and decoded pixels that are held before the voxels are computed: that of the voxels, and what
 * compressed files add.
 */
const maximumSeriesBytes = 3 * 2 ** 30;

/**
 * To be called before the memory is allocated.
 * @param voxels number of voxels
 * @param bytesPerVoxel 2 or 4
 * @throws PromptsegError `image-too-large`
 */
export function requireVoxelsFit(voxels: number, bytesPerVoxel: number): void {
  const bytes = voxels * bytesPerVoxel;
  if (bytes <= maximumVoxelBytes) return;
  throw new PromptsegError(
    'image-too-large',
    `The series needs ${(bytes / 2 ** 30).toFixed(1)} GiB for its voxels (${voxels} of ${bytesPerVoxel} bytes); ` +
      `the limit is ${maximumVoxelBytes / 2 ** 30} GiB.`,
    { details: { voxels, bytes, limit: maximumVoxelBytes } },
  );
}

/** @throws PromptsegError `image-too-large` if the files of a series hold far more than their pixels */
export function requireSeriesFits(bytes: number): void {
  if (bytes <= maximumSeriesBytes) return;
  throw new PromptsegError(
    'image-too-large',
    `The files of the series hold more than ${maximumSeriesBytes / 2 ** 30} GiB.`,
    { details: { bytes, limit: maximumSeriesBytes } },
  );
}
