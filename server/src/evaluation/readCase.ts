import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PromptsegError } from '../platform/errors.js';
import { type Affine, apply, determinant3, invert, multiply, subtract, type Vector3 } from '../values/affine.js';
import { cornersOf, type Grid, isEven, voxelCount } from '../values/grid.js';
import type { EvenVolume } from '../values/volume.js';
import { assembleVolume } from '../volume/assembleVolume.js';
import { type NiftiVolume, readNifti } from '../volume/readNifti.js';
import { type NiftiModality, volumeOfNifti } from '../volume/volumeOfNifti.js';
import type { DatasetCase } from './dataset.js';

export interface LabelledVolume {
  readonly volume: EvenVolume;
  /** The label of every voxel of the volume, in its order. */
  readonly labels: Int16Array | Float32Array;
}

/**
 * Reads the image of a case and its label map, mapped to the voxels of the image.
 *
 * @throws PromptsegError `nifti-unreadable`, errors of {@link assembleVolume}, `dataset-invalid` if the images have
 * another modality or uneven slices, or if the label map does not match the image's voxels
 */
export async function readCase(
  { image, labelMap }: Pick<DatasetCase, 'image' | 'labelMap'>,
  modality: NiftiModality,
  signal: AbortSignal,
): Promise<LabelledVolume> {
  const volume =
    image.kind === 'nifti' ? volumeOfNifti(await readNifti(image.path), modality) : await ofDicom(image.path, signal);
  if (volume.modality !== modality)
    throw new PromptsegError('dataset-invalid', `The images are of modality ${volume.modality}, not ${modality}.`);
  return { volume, labels: onVoxelsOf(await readNifti(labelMap), volume.grid) };
}

async function ofDicom(folder: string, signal: AbortSignal): Promise<EvenVolume> {
  const volume = await assembleVolume(filesOf(folder), { signal });
  const { grid } = volume;
  if (!isEven(grid))
    throw new PromptsegError('dataset-invalid', 'The slices are uneven: a label map cannot be on their voxels.');
  return { ...volume, grid };
}

async function* filesOf(folder: string): AsyncIterable<Uint8Array> {
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) yield readFile(file);
  }
}

/** A corner of the label map may differ from the image's by this part of a voxel, because writers round. */
const besideVoxel = 0.1;

/**
 * The values of a label map at the voxels of an image. Converters permute and flip axes: the two may differ in the
 * order of their voxels, but must have the same ones. Nothing is interpolated.
 * @throws PromptsegError `dataset-invalid`
 */
export function onVoxelsOf(
  { grid: from, voxels }: Pick<NiftiVolume, 'grid' | 'voxels'>,
  grid: Grid,
): NiftiVolume['voxels'] {
  const exact = multiply(invert(from.voxelToLps), grid.voxelToLps);
  const whole = exact.map(Math.round) as unknown as Affine;
  const [columns, rows, slices] = grid.size;
  const fits = cornersOf(grid).every((corner) => {
    const place = apply(whole, corner);
    const beside = subtract(apply(exact, corner), place);
    return beside.every((d) => Math.abs(d) <= besideVoxel) && place.every((p, axis) => p >= 0 && p < from.size[axis]!);
  });
  if (!fits || Math.abs(determinant3(whole)) !== 1 || voxelCount(from) !== voxelCount(grid))
    throw new PromptsegError('dataset-invalid', 'The label map is not on the voxels of the image.');

  const strides: Vector3 = [1, from.size[0], from.size[0] * from.size[1]];
  const along = (axis: 0 | 1 | 2): number =>
    whole[axis] * strides[0] + whole[(4 + axis) as 4] * strides[1] + whole[(8 + axis) as 8] * strides[2];
  const [stepI, stepJ, stepK] = [along(0), along(1), along(2)];
  const first = whole[3] * strides[0] + whole[7] * strides[1] + whole[11] * strides[2];
  const out = voxels instanceof Int16Array ? new Int16Array(voxels.length) : new Float32Array(voxels.length);
  let n = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++) out[n++] = voxels[first + i * stepI + j * stepJ + k * stepK]!;
  return out;
}
