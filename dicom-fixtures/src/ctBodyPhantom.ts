import type { Affine, Vector3 } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import { createSeries } from './createSeries.js';
import { materialAt, type RegionName, regionNames } from './ctBodyAnatomy.js';
import type { Compression } from './encodePixelData.js';
import { createNoise } from './noise.js';
import type { Attributes } from './writePart10.js';

// Looked up once: Jest's VM contexts make each look-up of the global Math slow (14 s instead of 3 s for the demo
// phantom).
const { max, min, round } = Math;

/**
 * Orientation of the slices: `axial` as in a head-first supine CT; `feet first` axial with rows to the patient's right,
 * so the normal points to the feet; `oblique` is axial, rotated about all three axes.
 */
export type PhantomOrientation = 'axial' | 'feet first' | 'sagittal' | 'coronal' | 'oblique';

export interface CtBodyPhantomOptions {
  /** Columns, rows, slices; default 128 × 128 × 64. */
  readonly size?: Vector3;
  /** Distance of columns, rows and slices in mm; default 3 × 3 × 6.25, which covers the body in axial orientation. */
  readonly spacing?: Vector3;
  readonly orientation?: PhantomOrientation;
  readonly compression?: Compression;
  /**
   * Standard deviation in HU within the body, a quarter of it in the air around. Default 4; 0 gives the exact values.
   */
  readonly noise?: number;
  /** Names the series, and so its UIDs. */
  readonly name?: string;
  /** Names the study and patient; default: a separate study. */
  readonly study?: string;
  /** By keyword, in addition to those of the phantom or in their place. */
  readonly attributes?: Attributes;
}

/** Names of masks: a region, or the whole body, which is everything except outside air and table. */
export type TruthName = RegionName | 'body';

export interface CtBodyPhantom {
  /** Part 10 files; instance k is slice k. Their order does not matter. */
  readonly instances: readonly Uint8Array[];
  readonly grid: Grid;
  /** One byte per voxel in the grid's order: index into `regionNames`. */
  readonly labels: Uint8Array;
  /** Values in Hounsfield units as stored, with noise, in the grid's order. */
  readonly huVoxels: Int16Array;
  /** By name, 1 per voxel inside and 0 outside, in the grid's order. */
  readonly truth: Masks;
}

/** A CT of the torso of {@link materialAt}, sampled at the voxel centres, without partial volume. */
export async function createCtBodyPhantom(options: CtBodyPhantomOptions = {}): Promise<CtBodyPhantom> {
  const { size = [128, 128, 64], spacing = [3, 3, 6.25], orientation = 'axial', noise = 4 } = options;
  const grid = phantomGrid(orientation, size, spacing);
  const { labels, huVoxels } = sample(grid, noise);
  const [columns, rows] = size;
  const name = options.name ?? `CT body phantom ${orientation}`;
  const instances = await createSeries({
    name,
    ...(options.study === undefined ? {} : { study: options.study }),
    modality: 'CT',
    grid,
    valueAt: (i, j, k) => huVoxels[i + columns * (j + rows * k)]!,
    intercept: () => -1024,
    bitsStored: 12,
    signed: false,
    compression: options.compression ?? 'none',
    attributes: () => ({
      PatientName: 'Phantom^CT Body',
      PatientID: 'PHANTOM-CT-1',
      StudyDescription: 'Synthetic CT body phantom',
      SeriesDescription: name,
      PatientPosition: orientation === 'feet first' ? 'FFS' : 'HFS',
      RescaleType: 'HU',
      ...options.attributes,
    }),
  });
  return { instances, grid, labels, huVoxels, truth: truthOf(labels) };
}

/** Each is made when it is asked for: those of all regions took as long as the phantom. */
export interface Masks {
  get(name: TruthName): Uint8Array;
}

/** The masks by name of a label volume. */
export function truthOf(labels: Uint8Array): Masks {
  const outside = new Set(['outside air', 'table'].map((name) => regionNames.indexOf(name as RegionName)));
  return {
    get(name) {
      const label = regionNames.indexOf(name as RegionName);
      const isInside = regionNames.map((_, each) => (name === 'body' ? !outside.has(each) : each === label));
      const mask = new Uint8Array(labels.length);
      for (let n = 0; n < labels.length; n++) if (isInside[labels[n]!]) mask[n] = 1;
      return mask;
    },
  };
}

/** Row direction, column direction and slice direction (their cross product) in LPS. */
const directions: Readonly<Record<PhantomOrientation, readonly [Vector3, Vector3, Vector3]>> = {
  axial: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'feet first': [
    [-1, 0, 0],
    [0, 1, 0],
    [0, 0, -1],
  ],
  sagittal: [
    [0, 1, 0],
    [0, 0, -1],
    [-1, 0, 0],
  ],
  coronal: [
    [1, 0, 0],
    [0, 0, -1],
    [0, 1, 0],
  ],
  // The rational rotation of the quaternion (10, 1, -0.5, 1.5), about 21°.
  oblique: rotation(10, 1, -0.5, 1.5),
};

/** Columns of the rotation matrix of a quaternion. */
function rotation(w: number, x: number, y: number, z: number): [Vector3, Vector3, Vector3] {
  const n = w * w + x * x + y * y + z * z;
  return [
    [(w * w + x * x - y * y - z * z) / n, (2 * (x * y + w * z)) / n, (2 * (x * z - w * y)) / n],
    [(2 * (x * y - w * z)) / n, (w * w - x * x + y * y - z * z) / n, (2 * (y * z + w * x)) / n],
    [(2 * (x * z + w * y)) / n, (2 * (y * z - w * x)) / n, (w * w - x * x - y * y + z * z) / n],
  ];
}

/** The grid of the given size, centred on the body. */
function phantomGrid(orientation: PhantomOrientation, size: Vector3, spacing: Vector3): Grid {
  const axes = directions[orientation].map((direction, axis) => direction.map((d) => d * spacing[axis]!));
  const row = (r: 0 | 1 | 2): [number, number, number, number] => {
    const [a, b, c] = axes.map((axis) => axis[r]!) as [number, number, number];
    return [a, b, c, -(a * (size[0] - 1) + b * (size[1] - 1) + c * (size[2] - 1)) / 2];
  };
  return { size, voxelToLps: [...row(0), ...row(1), ...row(2), 0, 0, 0, 1] satisfies Affine };
}

/** Labels and noisy values at every voxel centre. Noise is clipped to the range of 12 bits from -1024 HU. */
function sample(grid: Grid, noise: number): { labels: Uint8Array; huVoxels: Int16Array } {
  const [columns, rows, slices] = grid.size;
  const m = grid.voxelToLps;
  const labels = new Uint8Array(columns * rows * slices);
  const huVoxels = new Int16Array(labels.length);
  const labelOf = new Map<RegionName, number>(regionNames.map((name, label) => [name, label]));
  const draw = createNoise(1);
  let n = 0;
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, n++) {
        const { region, hounsfieldUnits } = materialAt([
          m[0] * i + m[1] * j + m[2] * k + m[3],
          m[4] * i + m[5] * j + m[6] * k + m[7],
          m[8] * i + m[9] * j + m[10] * k + m[11],
        ]);
        const deviation = draw() * (region === 'outside air' ? noise / 4 : noise);
        labels[n] = labelOf.get(region)!;
        huVoxels[n] = min(3071, max(-1024, round(hounsfieldUnits + deviation)));
      }
    }
  }
  return { labels, huVoxels };
}
