import type { Finding, FoundFinding } from '#contract/finding.js';
import { drawPicture } from '../pictures/drawPicture.js';
import { labelMapNifti } from '../results/labelMapNifti.js';
import { masksOverlap } from '../results/packFrames.js';
import { maskVoxels } from '../results/segmentVoxels.js';
import { determinant3 } from '../values/affine.js';
import { type Grid, isEven, spacing } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { SegmentedFiles } from './segmentFiles.js';

export interface ResultFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ResultFiles {
  /** One label map, or one mask per structure if some overlap; none if NIfTI cannot represent the position. */
  readonly nifti: readonly ResultFile[];
  readonly picture?: ResultFile;
  /** What is missing and why, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Files of a result for use without DICOM: masks as NIfTI on the voxels of the source, and a picture.
 * @param maker the model that made the result: "ct-tissues 1.0.0"
 */
export async function resultFiles({ outcome, inVolume }: SegmentedFiles, maker: string): Promise<ResultFiles> {
  const found = outcome.findings.filter((finding) => finding.status === 'found');
  if (found.length === 0) return { nifti: [], notes: [] };
  if (inVolume === undefined)
    return { nifti: [], notes: ['A single image is not in the patient: there is no NIfTI file and no picture of it.'] };
  const { volume, masks, header } = inVolume;
  const segments = found.map((finding) => ({ finding, mask: masks.get(finding.segmentNumber)! }));
  const picture = drawPicture({
    volume,
    maker,
    segments: segments.map(({ finding: { target, volumeMl = 0 }, mask }) => ({
      name: target.name,
      colour: target.displayColour,
      volumeMl,
      ...maskVoxels(mask),
    })),
  });
  const drawn = { name: 'picture.png', bytes: picture };
  const { grid } = volume;
  if (!isEven(grid))
    return {
      nifti: [],
      picture: drawn,
      notes: ['The slices are uneven, which NIfTI cannot state: there is no NIfTI file.'],
    };
  return {
    nifti: await niftiFiles(segments, grid, header),
    picture: drawn,
    notes: isSheared(grid)
      ? ['The slices are sheared (tilted gantry). Programs based on ITK do not read such NIfTI files.']
      : [],
  };
}

async function niftiFiles(
  segments: readonly { readonly finding: FoundFinding; readonly mask: Mask }[],
  grid: Grid,
  header: NonNullable<SegmentedFiles['inVolume']>['header'],
): Promise<readonly ResultFile[]> {
  if (!masksOverlap(segments.map(({ mask }) => mask))) {
    const labelled = segments.map(({ finding, mask }) => ({ mask, value: finding.segmentNumber }));
    return [{ name: 'segmentation.nii.gz', bytes: await labelMapNifti(labelled, grid, header) }];
  }
  const files: ResultFile[] = [];
  for (const { finding, mask } of segments)
    files.push({ name: nameOf(finding), bytes: await labelMapNifti([{ mask, value: 1 }], grid, header) });
  return files;
}

/** "segmentation-2-left-lung.nii.gz": only characters that are safe in file names everywhere. */
function nameOf({ segmentNumber, target }: Extract<Finding, { status: 'found' }>): string {
  const words = target.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `segmentation-${segmentNumber}-${words.slice(0, 60)}.nii.gz`;
}

/** Whether the axes are not perpendicular: the volume of a voxel is less than the product of its edges. */
function isSheared(grid: Grid): boolean {
  const [x, y, z] = spacing(grid);
  return Math.abs(determinant3(grid.voxelToLps)) < 0.999_99 * x * y * z;
}
