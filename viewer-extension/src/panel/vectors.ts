/** Along x, y and z. */
export type Vector = readonly [number, number, number];

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** At right angles to both, by the right-hand rule. */
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Three of many numbers. */
export const vectorAt = (values: readonly number[], from: number): Vector => [
  values[from]!,
  values[from + 1]!,
  values[from + 2]!,
];
