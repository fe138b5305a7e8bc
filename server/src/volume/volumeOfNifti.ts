import type { EvenVolume, VoxelUnit } from '../values/volume.js';
import { doubtsAboutHounsfield } from './plausibleHounsfield.js';
import type { NiftiVolume } from './readNifti.js';

/** Modalities that a NIfTI file may have; it does not state which. */
export const niftiModalities = ['CT', 'MR', 'PT'] as const;
export type NiftiModality = (typeof niftiModalities)[number];

/** NIfTI states no unit: CT is taken as HU, PET as SUV by body weight. */
const unitOfNifti: Readonly<Record<NiftiModality, VoxelUnit>> = { CT: 'HU', MR: 'arbitrary', PT: 'SUVbw' };

/** A NIfTI file as a volume of this modality, with notes on implausible values. */
export const volumeOfNifti = (
  { grid, voxels, notes }: Pick<NiftiVolume, 'grid' | 'voxels' | 'notes'>,
  modality: NiftiModality,
): EvenVolume => ({
  grid,
  voxels,
  unit: unitOfNifti[modality],
  modality,
  // Not from DICOM: no UIDs, source images or header.
  studyInstanceUID: '',
  seriesInstanceUID: '',
  frameOfReferenceUID: '',
  sourceImages: [],
  header: {},
  notes: [...notes, ...(modality === 'CT' ? doubtsAboutHounsfield(voxels) : doubtsAboutOthers(voxels, modality))],
});

/**
 * MR magnitudes and uptake are not negative; air in CT is, and fills at least this fraction of every image of a body.
 */
const airOfCt = { below: -500, share: 0.05 } as const;
/** Sampled in steps: 50,000 voxels of a large image give the same result. */
const looksAt = 200_000;

function doubtsAboutOthers(voxels: NiftiVolume['voxels'], modality: NiftiModality): string[] {
  const step = Math.max(1, Math.floor(voxels.length / looksAt));
  let [looked, air] = [0, 0];
  for (let n = 0; n < voxels.length; n += step) {
    looked++;
    if (voxels[n]! < airOfCt.below) air++;
  }
  const share = Math.round((100 * air) / looked);
  if (air < airOfCt.share * looked) return [];
  return [
    `${share} % of the values are below ${airOfCt.below}, as those of air in CT are: the image can hardly be ` +
      `${modality}. Look at the result.`,
  ];
}
