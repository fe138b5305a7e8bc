import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { NIFTI1, type NIFTI2 } from 'nifti-reader-js';
import { PromptsegError } from '../platform/errors.js';
import { type Grid, spacing } from '../values/grid.js';

/** The fields of a NIfTI header that state the position of its voxels. */
const positionFields = [
  'pixDims',
  'xyzt_units',
  'qform_code',
  'quatern_b',
  'quatern_c',
  'quatern_d',
  'qoffset_x',
  'qoffset_y',
  'qoffset_z',
  'sform_code',
  'affine',
] as const;
export type NiftiPosition = Pick<NIFTI1 | NIFTI2, (typeof positionFields)[number]>;

/** The longest axis that NIfTI-1 can represent. */
const longestAxis = 32_767;
/** After the header, four bytes state that no extensions follow. */
const firstVoxelByte = 352;

const types = {
  Uint8Array: NIFTI1.TYPE_UINT8,
  Uint16Array: NIFTI1.TYPE_UINT16,
  Int16Array: NIFTI1.TYPE_INT16,
  Float32Array: NIFTI1.TYPE_FLOAT32,
};

/**
 * A gzip-compressed NIfTI-1 file.
 * @param values index i + columns·(j + rows·k)
 * @param source the NIfTI file that the grid comes from: the new file states the same position in the same way (sform,
 * qform, units). Without it the position is the grid's, as an sform in RAS mm with the code of scanner coordinates.
 * @param intent NIFTI_INTENT code of nifti1.h
 * @throws PromptsegError `result-not-encodable` if an axis is longer than NIfTI-1 allows
 */
export async function niftiFile(
  values: Uint8Array | Uint16Array | Int16Array | Float32Array,
  grid: Grid,
  { source = positionOf(grid), intent = 0 }: { readonly source?: NiftiPosition; readonly intent?: number } = {},
): Promise<Uint8Array> {
  const tooLong = grid.size.find((length) => length > longestAxis);
  if (tooLong !== undefined)
    throw new PromptsegError(
      'result-not-encodable',
      `An axis of the images has ${tooLong} voxels; NIfTI allows ${longestAxis}.`,
    );
  const header: NIFTI1 = Object.assign(new NIFTI1(), {
    ...Object.fromEntries(positionFields.map((field) => [field, source[field]])),
    littleEndian: true,
    magic: 'n+1\0',
    dims: [3, ...grid.size, 1, 1, 1, 1],
    datatypeCode: types[values.constructor.name as keyof typeof types],
    numBitsPerVoxel: 8 * values.BYTES_PER_ELEMENT,
    vox_offset: firstVoxelByte,
    scl_slope: 1,
    intent_code: intent,
    description: 'Promptseg. Research use only.',
  });
  const file = new Uint8Array(firstVoxelByte + values.byteLength);
  file.set(new Uint8Array(header.toArrayBuffer()));
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), firstVoxelByte);
  return promisify(gzip)(file);
}

function positionOf(grid: Grid): NiftiPosition {
  const m = grid.voxelToLps;
  return Object.assign(new NIFTI1(), {
    pixDims: [1, ...spacing(grid), 0, 0, 0, 0],
    xyzt_units: NIFTI1.UNITS_MM,
    sform_code: NIFTI1.XFORM_SCANNER_ANAT,
    // x and y point the other way in RAS.
    affine: [0, 1, 2, 3].map((row) => m.slice(4 * row, 4 * row + 4).map((value) => (row < 2 ? -value : value))),
  });
}
