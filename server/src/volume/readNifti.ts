import { constants } from 'node:buffer';
import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { isNIFTI1, isNIFTI2, NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { requireMemoryFor } from '../platform/availableMemory.js';
import { PromptsegError } from '../platform/errors.js';
import { type Affine, apply, determinant3, norm, subtract } from '../values/affine.js';
import { cornersOf, type Grid, spacing, voxelCount } from '../values/grid.js';
import { requireVoxelsFit } from './voxelLimit.js';

export type NiftiHeader = NIFTI1 | NIFTI2;

/** A three-dimensional NIfTI file: its values, scaled by slope and intercept, in the voxel order of {@link Grid}. */
export interface NiftiVolume {
  readonly grid: Grid;
  /** Int16 if every value is an integer that fits, else Float32. */
  readonly voxels: Int16Array | Float32Array;
  /** As in the file; `affine` is its sform. */
  readonly header: NiftiHeader;
  /** Choices made while reading, one sentence each. */
  readonly notes: readonly string[];
}

interface NumberReader {
  readonly bytes: number;
  /** Whether every value fits into Int16. */
  readonly isShort?: true;
  at(view: DataView, byte: number, little: boolean): number;
}

const readers: Readonly<Record<number, NumberReader>> = {
  [NIFTI1.TYPE_UINT8]: { bytes: 1, isShort: true, at: (view, byte) => view.getUint8(byte) },
  [NIFTI1.TYPE_INT8]: { bytes: 1, isShort: true, at: (view, byte) => view.getInt8(byte) },
  [NIFTI1.TYPE_INT16]: { bytes: 2, isShort: true, at: (view, byte, little) => view.getInt16(byte, little) },
  [NIFTI1.TYPE_UINT16]: { bytes: 2, at: (view, byte, little) => view.getUint16(byte, little) },
  [NIFTI1.TYPE_INT32]: { bytes: 4, at: (view, byte, little) => view.getInt32(byte, little) },
  [NIFTI1.TYPE_UINT32]: { bytes: 4, at: (view, byte, little) => view.getUint32(byte, little) },
  [NIFTI1.TYPE_INT64]: { bytes: 8, at: (view, byte, little) => Number(view.getBigInt64(byte, little)) },
  [NIFTI1.TYPE_UINT64]: { bytes: 8, at: (view, byte, little) => Number(view.getBigUint64(byte, little)) },
  [NIFTI1.TYPE_FLOAT32]: { bytes: 4, at: (view, byte, little) => view.getFloat32(byte, little) },
  [NIFTI1.TYPE_FLOAT64]: { bytes: 8, at: (view, byte, little) => view.getFloat64(byte, little) },
};

/**
 * Reads a NIfTI-1 or NIfTI-2 file, optionally gzip-compressed. Its world coordinates, right-anterior-superior (RAS),
 * become LPS in mm. What the header announces is checked before the voxels are read.
 *
 * @throws PromptsegError `nifti-unreadable`: not a NIfTI file, truncated, with complex numbers or colours, not three
 * dimensions, no stated orientation (qform_code and sform_code both 0), or values that are not finite;
 * `image-too-large`, `memory-insufficient`
 */
export async function readNifti(file: string): Promise<NiftiVolume> {
  const beginning = await readBeginning(file);
  const header = headerOf(beginning.bytes);
  const { grid, notes } = geometryOf(header, beginning.bytes);
  const reader = readers[header.datatypeCode];
  if (reader === undefined) throw unreadable('holds neither integers nor real numbers');
  // A slope of 0 or NaN means: not scaled (nifti1.h, "DATA SCALING").
  const isScaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  const [slope, intercept] = isScaled ? [header.scl_slope, header.scl_inter] : [1, 0];
  const count = voxelCount(grid);
  const isShort = reader.isShort === true && slope === 1 && intercept === 0;
  requireVoxelsFit(count, isShort ? 2 : 4);

  // Programs write 0 or less to say that the values follow the header directly.
  const offset = Math.max(header instanceof NIFTI1 ? 352 : 544, Math.round(header.vox_offset));
  const bytesNeeded = offset + count * reader.bytes;
  await requireMemoryFor('the images', beginning.fileBytes + bytesNeeded + count * (isShort ? 2 : 4));
  const stored = await readFile(file).catch(failReading);
  const bytes = beginning.isGzip ? await inflate(stored, bytesNeeded) : stored;
  if (bytes.byteLength < bytesNeeded) throw unreadable('is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * reader.bytes);
  const valueAt = (n: number): number => reader.at(view, n * reader.bytes, header.littleEndian) * slope + intercept;

  let areInt16 = true;
  for (let n = 0; n < count && !isShort; n++) {
    const value = valueAt(n);
    if (!Number.isFinite(value)) throw unreadable('holds values that are not finite');
    areInt16 &&= Number.isInteger(value) && value >= -32768 && value <= 32767;
  }
  const voxels = areInt16 ? new Int16Array(count) : new Float32Array(count);
  for (let n = 0; n < count; n++) voxels[n] = valueAt(n);
  return { grid, voxels, header, notes };
}

/** Large enough for every header, however badly it compresses. */
const beginningBytes = 2 ** 16;

async function readBeginning(file: string) {
  const handle = await open(file).catch(failReading);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginningBytes)).catch(failReading);
    const read = buffer.subarray(0, bytesRead);
    const isGzip = read[0] === 0x1f && read[1] === 0x8b;
    try {
      const bytes = isGzip ? gunzipSync(read, { finishFlush: zlib.Z_SYNC_FLUSH }) : read;
      return { bytes, isGzip, fileBytes: size };
    } catch (cause) {
      throw unreadable('is cut off or damaged', cause);
    }
  } finally {
    await handle.close();
  }
}

/** @param bytesNeeded as the header announces; a file that grows far beyond it is not read to its end */
function inflate(stored: Buffer, bytesNeeded: number): Promise<Buffer> {
  const maxOutputLength = Math.min(bytesNeeded + 2 ** 20, constants.MAX_LENGTH);
  return promisify(gunzip)(stored, { maxOutputLength }).catch((cause: NodeJS.ErrnoException) =>
    fail(cause.code === 'ERR_BUFFER_TOO_LARGE' ? 'holds more than its header says' : 'is cut off or damaged', cause),
  );
}

/** Only the header is passed to the library, which would read the bytes after it as extensions. */
function headerOf(bytes: Buffer): NiftiHeader {
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const first = isNIFTI1(data) ? new NIFTI1() : isNIFTI2(data) ? new NIFTI2() : undefined;
  const length = first instanceof NIFTI1 ? NIFTI1.MAGIC_COOKIE : NIFTI2.MAGIC_COOKIE;
  if (first === undefined || data.byteLength < length)
    throw unreadable(
      isNIFTI1(data, true) || isNIFTI2(data, true)
        ? 'is one of a pair (.hdr and .img); only single files (.nii, .nii.gz) are read'
        : 'has no NIfTI header',
    );
  try {
    first.readHeader(data.slice(0, length));
  } catch (cause) {
    throw unreadable('has no NIfTI header', cause);
  }
  return first;
}

/** Scanner-based and aligned coordinates: those of the patient. Others are of a template, which may be stretched. */
const ofPatient = (code: number): boolean => code === 1 || code === 2;

/** In mm, by the code of spatial units; other codes mean mm. */
const millimetres: Readonly<Record<number, number>> = { [NIFTI1.UNITS_METER]: 1000, [NIFTI1.UNITS_MICRON]: 0.001 };

/**
 * Where the voxels are: the sform if it states patient coordinates, else the qform, else the sform. nibabel, FSL and
 * SPM take the sform first too.
 */
function geometryOf(header: NiftiHeader, bytes: Buffer): { readonly grid: Grid; readonly notes: readonly string[] } {
  const { dims, qform_code, sform_code, xyzt_units } = header;
  const [dimensions = 0, columns = 0, rows = 0, slices = 1, ...others] = dims;
  const more = others.slice(0, Math.max(0, dimensions - 3)).filter((length) => length > 1);
  if (more.length > 0)
    throw unreadable(
      `holds ${more.join(' × ')} volumes, and one is segmented at a time: save one of them as a file, ` +
        'for example with `fslroi` or `nibabel.four_to_three`',
    );
  if (dimensions < 3) throw unreadable('does not have three dimensions');
  if (![columns, rows, slices].every((length) => length >= 1)) throw unreadable('states no size');
  if (qform_code < 1 && sform_code < 1)
    throw unreadable(
      'does not say where the image is in the patient (qform_code and sform_code are 0): left and right are unknown',
    );
  header.affine = sformOf(header, bytes);
  const scale = millimetres[xyzt_units & NIFTI1.SPATIAL_UNITS_MASK] ?? 1;
  const sform = { size: [columns, rows, slices], voxelToLps: toLps(header.affine, scale) } as const;
  const qform = { size: sform.size, voxelToLps: toLps(header.getQformMat(), scale) };
  const isSform = ofPatient(sform_code) || qform_code < 1;
  const grid = isSform ? sform : qform;
  const volume = determinant3(grid.voxelToLps);
  if (!Number.isFinite(volume) || volume === 0) throw unreadable('states an impossible geometry');
  const differs = qform_code > 0 && sform_code > 0 && largestDistance(sform, qform) > Math.min(...spacing(grid)) / 2;
  const used = isSform ? 'sform' : 'qform';
  return {
    grid,
    notes: [
      ...(differs ? [`The NIfTI file states two positions, sform and qform, that differ; the ${used} was used.`] : []),
      ...(ofPatient(isSform ? sform_code : qform_code)
        ? []
        : ['The NIfTI file states no patient coordinates but those of a template: volumes are measured there.']),
    ],
  };
}

/** The library overwrites the sform of NIfTI-1 with the qform where that has the greater code. */
function sformOf(header: NiftiHeader, bytes: Buffer): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian } = header;
  const at = (n: number): number =>
    header instanceof NIFTI1 ? view.getFloat32(280 + 4 * n, littleEndian) : view.getFloat64(400 + 8 * n, littleEndian);
  return [0, 4, 8].map((row) => [0, 1, 2, 3].map((n) => at(row + n))).concat([[0, 0, 0, 1]]);
}

/** x and y point the other way in LPS. */
const toLps = (voxelToRas: readonly (readonly number[])[], scale: number): Affine =>
  voxelToRas.flatMap((row, r) =>
    row.map((value) => (r < 2 ? -value * scale : r < 3 ? value * scale : value)),
  ) as unknown as Affine;

function largestDistance(a: Grid, b: Grid): number {
  const distances = cornersOf(a).map((corner) =>
    norm(subtract(apply(a.voxelToLps, corner), apply(b.voxelToLps, corner))),
  );
  return Math.max(...distances);
}

const unreadable = (how: string, cause?: unknown): PromptsegError =>
  new PromptsegError('nifti-unreadable', `The NIfTI file ${how}.`, { cause });

const failReading = (cause: NodeJS.ErrnoException): never => fail(`cannot be read (${cause.code})`, cause);

function fail(how: string, cause: unknown): never {
  throw unreadable(how, cause);
}
