import { describe, expect, it } from '@jest/globals';
import { type Mesh, surfaceNets } from './surfaceNets.js';

const size = 24;

function mask(isWithin: (x: number, y: number, z: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: size ** 3 }, (_, index) =>
    Number(isWithin(index % size, Math.floor(index / size) % size, Math.floor(index / size ** 2))),
  );
}

const meshOf = (voxels: Uint8Array): Mesh => surfaceNets({ dimensions: [size, size, size], voxels });

const corner = ({ points, triangles }: Mesh, triangle: number, which: number): readonly [number, number, number] => {
  const at = triangles[triangle * 3 + which]! * 3;
  return [points[at]!, points[at + 1]!, points[at + 2]!];
};

/** By the divergence theorem; negative where triangles are inside out. */
function volumeOf(mesh: Mesh): number {
  let six = 0;
  for (let triangle = 0; triangle < mesh.triangles.length / 3; triangle += 1) {
    const [a, b, c] = [0, 1, 2].map((which) => corner(mesh, triangle, which));
    six +=
      a![0] * (b![1] * c![2] - b![2] * c![1]) -
      a![1] * (b![0] * c![2] - b![2] * c![0]) +
      a![2] * (b![0] * c![1] - b![1] * c![0]);
  }
  return six / 6;
}

/** Edges that are not between two triangles, once in each direction. */
function openEdges({ triangles }: Mesh): number {
  const edges = new Map<string, number>();
  for (let at = 0; at < triangles.length; at += 3) {
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const [a, b] = [triangles[at + from]!, triangles[at + to]!];
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      edges.set(key, (edges.get(key) ?? 0) + (a < b ? 1 : -1));
    }
  }
  return [...edges.values()].filter((balance) => balance !== 0).length;
}

describe('the surface of a mask', () => {
  const ball = meshOf(mask((x, y, z) => (x - 11) ** 2 + (y - 12) ** 2 + (z - 11) ** 2 <= 64));

  it('is closed, its triangles seen from outside, and as large as the mask', () => {
    const voxels = mask((x, y, z) => (x - 11) ** 2 + (y - 12) ** 2 + (z - 11) ** 2 <= 64).reduce((a, b) => a + b, 0);
    expect(openEdges(ball)).toBe(0);
    expect(volumeOf(ball) / voxels).toBeCloseTo(1, 1);
  });

  it('is smooth: of a ball, every point is as far from its middle within half a voxel', () => {
    const radii = Array.from({ length: ball.points.length / 3 }, (_, point) =>
      Math.hypot(ball.points[point * 3]! - 11, ball.points[point * 3 + 1]! - 12, ball.points[point * 3 + 2]! - 11),
    );
    expect(Math.max(...radii) - Math.min(...radii)).toBeLessThan(1);
  });

  it('does not lose what is one voxel thin', () => {
    const needle = meshOf(mask((x, y, z) => y === 10 && z === 10 && x > 3 && x < 20));
    expect(openEdges(needle)).toBe(0);
    expect(volumeOf(needle)).toBeGreaterThan(2);
    const one = meshOf(mask((x, y, z) => x === 5 && y === 5 && z === 5));
    expect(one.triangles.length).toBe(36);
    expect(volumeOf(one)).toBeGreaterThan(0);
  });

  it('is none of an empty mask', () => {
    expect(meshOf(mask(() => false)).triangles.length).toBe(0);
  });
});
