/**
 * 4×4 affine matrices and 3-vectors, as plain values.
 *
 * Matrices are row-major, 16 numbers, last row 0 0 0 1; a point is a column vector: p' = M p.
 */
export type Vector3 = readonly [number, number, number];

/** Row-major 4×4 matrix: element (row, column) at index 4·row + column. */
export type Affine = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export const identity: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Affine whose columns are the three axis vectors and the origin. */
export function fromAxes(x: Vector3, y: Vector3, z: Vector3, origin: Vector3): Affine {
  return [x[0], y[0], z[0], origin[0], x[1], y[1], z[1], origin[1], x[2], y[2], z[2], origin[2], 0, 0, 0, 1];
}

/** Column `axis` (0, 1, 2) or the origin (3) of the matrix. */
export function column(m: Affine, axis: 0 | 1 | 2 | 3): Vector3 {
  return [m[axis], m[(4 + axis) as 4], m[(8 + axis) as 8]];
}

/** a·b: first b, then a. */
export function multiply(a: Affine, b: Affine): Affine {
  const out = new Array<number>(16).fill(0);
  for (let r = 0; r < 4; r++)
    for (let c = 0; c < 4; c++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * r + k]! * b[4 * k + c]!;
      out[4 * r + c] = sum;
    }
  return out as unknown as Affine;
}

/** Determinant of the upper-left 3×3 block: signed volume of one voxel in mm³ for a voxel→mm matrix. */
export function determinant3(m: Affine): number {
  return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
}

/** Inverse of an affine matrix. @throws RangeError if it is singular. */
export function invert(m: Affine): Affine {
  const d = determinant3(m);
  if (!Number.isFinite(d) || d === 0) throw new RangeError('The affine matrix is singular.');
  const i00 = (m[5] * m[10] - m[6] * m[9]) / d;
  const i01 = (m[2] * m[9] - m[1] * m[10]) / d;
  const i02 = (m[1] * m[6] - m[2] * m[5]) / d;
  const i10 = (m[6] * m[8] - m[4] * m[10]) / d;
  const i11 = (m[0] * m[10] - m[2] * m[8]) / d;
  const i12 = (m[2] * m[4] - m[0] * m[6]) / d;
  const i20 = (m[4] * m[9] - m[5] * m[8]) / d;
  const i21 = (m[1] * m[8] - m[0] * m[9]) / d;
  const i22 = (m[0] * m[5] - m[1] * m[4]) / d;
  const [tx, ty, tz] = [m[3], m[7], m[11]];
  return [
    i00,
    i01,
    i02,
    -(i00 * tx + i01 * ty + i02 * tz),
    i10,
    i11,
    i12,
    -(i10 * tx + i11 * ty + i12 * tz),
    i20,
    i21,
    i22,
    -(i20 * tx + i21 * ty + i22 * tz),
    0,
    0,
    0,
    1,
  ];
}

/** Applies the matrix to a point (with translation). */
export function apply(m: Affine, [x, y, z]: Vector3): Vector3 {
  return [
    m[0] * x + m[1] * y + m[2] * z + m[3],
    m[4] * x + m[5] * y + m[6] * z + m[7],
    m[8] * x + m[9] * y + m[10] * z + m[11],
  ];
}

export const add = (a: Vector3, b: Vector3): Vector3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector3, b: Vector3): Vector3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vector3, s: number): Vector3 => [a[0] * s, a[1] * s, a[2] * s];
export const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const norm = (a: Vector3): number => Math.hypot(a[0], a[1], a[2]);
/** @throws RangeError for a vector of length zero. */
export function normalize(a: Vector3): Vector3 {
  const length = norm(a);
  if (!(length > 0)) throw new RangeError('A vector of length zero has no direction.');
  return scale(a, 1 / length);
}
