/**
 * The network of models/testing/field-of-view-package without ONNX Runtime (see make_field_of_view_package.py), and
 * volumes that it reads.
 */

import { fileURLToPath } from 'node:url';
import { fromAxes, type Vector3 } from '../../values/affine.js';
import type { Grid } from '../../values/grid.js';
import type { GraphTensor, ManyOutputGraph } from '../onnxRuntime.js';
import { type FieldOfViewPackage, loadFieldOfViewPackage } from '../packages/fieldOfViewPackage.js';

export const testNetwork: FieldOfViewPackage = await loadFieldOfViewPackage(
  fileURLToPath(new URL('../../../../models/testing/field-of-view-package', import.meta.url)),
);
const { bins, kinds } = testNetwork.manifest;

export const testGraph: ManyOutputGraph = {
  async runAll({ image }) {
    const { dims } = image as GraphTensor;
    const data = image?.data as Float32Array;
    const [, , x, y, z] = dims as [number, number, number, number, number];
    const mean = (fromY: number, toY: number, fromZ: number, toZ: number): number => {
      let sum = 0;
      for (let i = 8; i < x; i++)
        for (let j = fromY; j < toY; j++) for (let k = fromZ; k < toZ; k++) sum += data[(i * y + j) * z + k]!;
      return sum / ((x - 8) * (toY - fromY) * (toZ - fromZ));
    };
    const rows = z >> 1;
    const height = new Float32Array((bins.count + 1) * rows);
    for (let row = 0; row < rows; row++) {
      const brightness = mean(0, y, 2 * row, 2 * row + 2);
      const logits = Array.from({ length: bins.count }, (_, bin) => {
        const away = bins.step * (bin - brightness * (bins.count - 1));
        return -0.5 * (away / 25) ** 2;
      });
      for (const [channel, value] of logSoftmax([...logits, -1000 * (brightness - 0.02)]).entries())
        height[channel * rows + row] = value;
    }
    const upright =
      sigmoid(400 * (mean(0, y, 8, z) - mean(0, y, 0, z - 8) - 0.02)) *
      sigmoid(400 * (mean(8, y, 0, z) - mean(0, y - 8, 0, z) - 0.02));
    const brightest = data.reduce((most, value) => Math.max(most, value), -Infinity);
    const kind = kinds.map((each) =>
      each === 'ct' ? 40 * brightest - 9 : each === 'other' ? 20 - 40 * brightest : -9 * (1 + brightest),
    );
    return {
      height: { data: height, dims: [1, bins.count + 1, rows] },
      kind: { data: Float32Array.from(logSoftmax(kind)), dims: [1, kinds.length] },
      upright: { data: Float32Array.of(upright), dims: [1, 1] },
    };
  },
  run: () => Promise.reject(new Error('has several outputs')),
  release: async () => undefined,
};

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = Math.log(logits.reduce((total, each) => total + Math.exp(each - most), 0));
  return logits.map((each) => each - most - sum);
}

const [across, deep] = [24, 16];
export const spacing = 8;

/**
 * A body from a height in the standard body on: 24 × 16 voxels of 8 mm and as many slices; x to the right, y to the
 * front, z to the head. It grows brighter towards head and front; where x < 8 there are 0 and 1.
 *
 * @param scale of the body, compared with the standard body
 */
export function bodyFrom(low: number, slices: number, scale = 1): { grid: Grid; voxels: Float32Array } {
  const voxels = new Float32Array(across * deep * slices);
  for (let z = 0; z < slices; z++)
    for (let y = 0; y < deep; y++)
      for (let x = 0; x < across; x++) {
        const brightness = (low + spacing * (z + 0.5) * scale - 450) / 1225 + 0.1 * (y / (deep - 1) - 0.5);
        voxels[x + across * (y + deep * z)] = x >= 8 ? brightness : y < deep / 2 ? 0 : 1;
      }
  return { grid: uprightGrid([across, deep, slices]), voxels };
}

/** x to the right, y to the front, z to the head. */
export const uprightGrid = (size: Vector3): Grid => ({
  size,
  voxelToLps: fromAxes([-spacing, 0, 0], [0, -spacing, 0], [0, 0, spacing], [90, 60, -300]),
});

/** The same voxels where attributes say that the patient is turned: x and z reversed. */
export const saidUpsideDown = ({ size, voxelToLps: m }: Grid): Grid => ({
  size,
  voxelToLps: fromAxes([-m[0], 0, 0], [0, m[5], 0], [0, 0, -m[10]], [m[3], m[7], m[11]]),
});
