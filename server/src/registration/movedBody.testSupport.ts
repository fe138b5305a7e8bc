import { type Affine, apply, fromAxes, type Vector3 } from '../values/affine.js';
import { type Grid, voxelCentre, voxelCount } from '../values/grid.js';
import type { EvenVolume } from '../values/volume.js';

// Looked up once: look-ups of globals are slow in Jest's contexts.
const { exp, hypot, max } = Math;

/** A volume as far as a registration reads it. */
export type TestVolume = Pick<EvenVolume, 'grid' | 'voxels' | 'unit'>;

/** Where it begins to be another material, softly over a few mm: 1 inside, 0 outside. */
const inside = (distance: number): number => 1 / (1 + exp(distance / 2));
const ball = ([x, y, z]: Vector3, [cx, cy, cz]: Vector3, radius: number): number =>
  inside(hypot(x - cx, y - cy, z - cz) - radius);

/** A body without symmetry, in HU, around the origin of LPS mm: two lungs of different size, a liver, a spine, ribs. */
export function bodyAt(place: Vector3): number {
  const [x, y, z] = place;
  const skin = inside(60 * (hypot(x / 70, y / 50, z / 90) - 1));
  if (skin < 0.01) return -1000;
  const lungs = max(ball(place, [-34, -4, 42], 22), ball(place, [36, 6, 34], 15));
  const liver = ball(place, [-26, -6, -18], 28);
  const spine = inside(hypot(x - 2, y - 30) - 8);
  const hip = ball(place, [34, 10, -48], 11);
  const vessel = inside(hypot(x - 12, y - 12 - z / 8) - 6);
  const tissue = 20 + 60 * liver + 500 * max(spine, hip) + 180 * vessel - 800 * lungs;
  return -1000 + (1000 + tissue) * skin;
}

/** Something else of the same size: no organ is where the body has it. */
export function otherAt([x, y, z]: Vector3): number {
  const isWithin = max(x < 0 ? -x : x, y < 0 ? -y : y, z < 0 ? -z : z) < 55;
  if (!isWithin) return -1000;
  const cell = ((x + 200) >> 4) * 31 + ((y + 200) >> 4) * 17 + ((z + 200) >> 4) * 7;
  return ((cell * cell) % 23) * 40 - 300;
}

/** Axes along the patient, around a place. */
export function gridAround(centre: Vector3, size: Vector3, spacing: Vector3): Grid {
  const first = centre.map((each, axis) => each - (spacing[axis]! * (size[axis]! - 1)) / 2) as unknown as Vector3;
  return {
    size,
    voxelToLps: fromAxes([spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, spacing[2]], first),
  };
}

/** What a grid shows of a body at places that `toBody` leads to. */
export function imageOf(
  valueAt: (place: Vector3) => number,
  grid: Grid,
  toBody: Affine,
  unit: TestVolume['unit'] = 'HU',
): TestVolume {
  const voxels = new Float32Array(voxelCount(grid));
  const [columns, rows, slices] = grid.size;
  let n = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++) voxels[n++] = valueAt(apply(toBody, voxelCentre(grid, [i, j, k])));
  return { grid, voxels, unit };
}

/** A turn by `degrees` about an axis through the origin (a vector of length 1), then a shift: Rodrigues' formula. */
export function motion(degrees: number, [u, v, w]: Vector3, shift: Vector3): Affine {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const d = 1 - c;
  return fromAxes(
    [c + u * u * d, v * u * d + w * s, w * u * d - v * s],
    [u * v * d - w * s, c + v * v * d, w * v * d + u * s],
    [u * w * d + v * s, v * w * d - u * s, c + w * w * d],
    shift,
  );
}
