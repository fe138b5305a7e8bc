import type { Affine, Vector3 } from '../../values/affine.js';

export interface NiftiToWrite {
  readonly size: readonly number[];
  /** Row-major 4×4 matrix from voxel to RAS mm; undefined: the file states no orientation. */
  readonly voxelToRas?: Affine;
  readonly values: ArrayLike<number>;
  readonly slope?: number;
  readonly intercept?: number;
  readonly bigEndian?: boolean;
  /** Else int16. */
  readonly float?: boolean;
  /** Code of spatial units: 1 m, 2 mm, 3 µm; 0 unknown. */
  readonly units?: number;
  /** Code of the sform. */
  readonly sformCode?: number;
  /** Quaternion (b, c, d) and offset of a qform with voxels of 1 mm. */
  readonly qform?: { readonly code: number; readonly quaternion: Vector3; readonly offset: Vector3 };
}

/** A NIfTI-1 file (nifti1.h): header, four bytes that say "no extensions", values. */
export function writeNifti({
  size,
  voxelToRas,
  values,
  slope = 0,
  intercept = 0,
  bigEndian,
  float,
  units = 0,
  sformCode = 1,
  qform,
}: NiftiToWrite): Buffer {
  const little = !bigEndian;
  const bytesPerValue = float ? 4 : 2;
  const file = Buffer.alloc(352 + values.length * bytesPerValue);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  view.setInt32(0, 348, little);
  view.setInt16(40, size.length, little);
  for (let axis = 0; axis < 7; axis++) view.setInt16(42 + 2 * axis, size[axis] ?? 1, little);
  view.setInt16(70, float ? 16 : 4, little);
  view.setInt16(72, 8 * bytesPerValue, little);
  for (let axis = 0; axis < 8; axis++) view.setFloat32(76 + 4 * axis, 1, little);
  view.setFloat32(108, 352, little);
  view.setFloat32(112, slope, little);
  view.setFloat32(116, intercept, little);
  view.setUint8(123, units);
  if (qform !== undefined) {
    view.setInt16(252, qform.code, little);
    [...qform.quaternion, ...qform.offset].forEach((value, index) => {
      view.setFloat32(256 + 4 * index, value, little);
    });
  }
  if (voxelToRas !== undefined) {
    view.setInt16(254, sformCode, little);
    voxelToRas.slice(0, 12).forEach((value, index) => {
      view.setFloat32(280 + 4 * index, value, little);
    });
  }
  file.write('n+1\0', 344, 'latin1');
  for (let n = 0; n < values.length; n++)
    if (float) view.setFloat32(352 + 4 * n, values[n]!, little);
    else view.setInt16(352 + 2 * n, values[n]!, little);
  return file;
}

/** The same image with the first axis reversed, as converters write it. */
export function mirrored(
  values: ArrayLike<number>,
  [columns, rows, slices]: Vector3,
  voxelToRas: Affine,
): { values: number[]; voxelToRas: Affine } {
  const out = Array.from({ length: columns * rows * slices }, (_, n) => {
    const i = n % columns;
    return values[n - i + columns - 1 - i]!;
  });
  const m = [...voxelToRas];
  for (const row of [0, 4, 8]) {
    m[row + 3]! += m[row]! * (columns - 1);
    m[row]! *= -1;
  }
  return { values: out, voxelToRas: m as unknown as Affine };
}
