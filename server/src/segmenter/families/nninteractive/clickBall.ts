import type { Vector3 } from '../../../values/affine.js';

/** A value at a place relative to a click, in voxels. */
export interface BallVoxel {
  readonly offset: Vector3;
  readonly value: number;
}

/**
 * The ball that marks a click: 1 in the middle, less with each step to its surface, like `build_point` of nnInteractive
 * with a distance transform. Distances are those to the nearest voxel outside of the ball within its bounding cube.
 *
 * @param radius in voxels
 */
export function clickBall(radius: number): readonly BallVoxel[] {
  const steps = Array.from({ length: 2 * radius + 1 }, (_, n) => n - radius);
  const cube = steps.flatMap((z) => steps.flatMap((y) => steps.map((x): Vector3 => [x, y, z])));
  const isInside = ([x, y, z]: Vector3): boolean => x * x + y * y + z * z <= radius * radius;
  const outside = cube.filter((offset) => !isInside(offset));
  const inside = cube.filter(isInside).map((offset) => ({
    offset,
    depth: Math.sqrt(outside.reduce((least, other) => Math.min(least, squaredDistance(offset, other)), Infinity)),
  }));
  const deepest = inside.reduce((most, { depth }) => Math.max(most, depth), 0);
  return inside.map(({ offset, depth }) => ({ offset, value: depth / deepest }));
}

const squaredDistance = (a: Vector3, b: Vector3): number =>
  (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
