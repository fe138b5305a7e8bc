import { type Grid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { getBit } from '../values/maskBits.js';
import { type NiftiPosition, niftiFile } from './niftiFile.js';

/** A mask and the value of its voxels in a label map, from 1. */
export interface LabelledMask {
  readonly mask: Pick<Mask, 'bits'>;
  readonly value: number;
}

/** NIFTI_INTENT_LABEL (nifti1.h): the values are labels. */
const intentLabel = 1002;

/**
 * A gzip-compressed NIfTI-1 file whose voxels hold the value of the mask that they belong to, and 0 outside: unsigned
 * integers of 8 bits, or of 16 if a value needs them. Where masks overlap, the last one wins.
 * @param source as for {@link niftiFile}
 * @throws PromptsegError as {@link niftiFile}
 */
export function labelMapNifti(masks: readonly LabelledMask[], grid: Grid, source?: NiftiPosition): Promise<Uint8Array> {
  const count = voxelCount(grid);
  const isWide = masks.some(({ value }) => value > 255);
  const labels = isWide ? new Uint16Array(count) : new Uint8Array(count);
  for (const { mask, value } of masks) for (let n = 0; n < count; n++) if (getBit(mask.bits, n)) labels[n] = value;
  return niftiFile(labels, grid, { intent: intentLabel, ...(source !== undefined && { source }) });
}
