import { stopIfCancelled } from '../platform/stopIfCancelled.js';
import type { Vector3 } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import { voxelToVoxel } from './orientedGrid.js';
import { lineOf, lineWithin } from './trilinear.js';

type Voxels = Int16Array | Float32Array;

// Looked up once: in Jest's VM contexts, six look-ups of a global per voxel made this sixty times slower (35 s for 44
// million voxels).
const { max, min } = Math;

/**
 * Samples voxels at the centres of another grid by trilinear interpolation, with one affine map.
 *
 * The edge value extends half a voxel beyond the outermost source centres. Farther out the result is NaN, which means
 * outside the source grid, or the edge value.
 *
 * @returns float32, index i + columns·(j + rows·k) on `target`
 * @throws PromptsegError `cancelled`
 */
export async function resample(
  voxels: Voxels,
  source: Grid,
  target: Grid,
  signal: AbortSignal,
  beyond: 'nan' | 'edge' = 'nan',
): Promise<Float32Array> {
  const matrix = voxelToVoxel(target, source);
  const [columns, rows, slices] = target.size;
  const out = new Float32Array(voxelCount(target));
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const { start, step } = lineOf(matrix, j, k);
      const { first, end } =
        beyond === 'edge' ? { first: 0, end: columns } : lineWithin(start, step, source.size, columns);
      const offset = columns * (j + rows * k);
      out.fill(Number.NaN, offset, offset + first);
      sampleLine(voxels, source.size, start, step, first, end, out, offset);
      out.fill(Number.NaN, offset + end, offset + columns);
    }
    await stopIfCancelled(signal);
  }
  return out;
}

/** Writes the values at start + i·step, first ≤ i < end, to out[offset + i]. */
function sampleLine(
  voxels: Voxels,
  [nx, ny, nz]: Vector3,
  [x0, y0, z0]: Vector3,
  [dx, dy, dz]: Vector3,
  first: number,
  end: number,
  out: Float32Array,
  offset: number,
): void {
  // A cell is identified by its lowest corner; the last cell includes the grid's upper border. Along an axis with one
  // voxel both corners are that voxel.
  const [highX, highY, highZ] = [nx - 1, ny - 1, nz - 1];
  const [lastX, lastY, lastZ] = [Math.max(0, nx - 2), Math.max(0, ny - 2), Math.max(0, nz - 2)];
  const alongX = nx > 1 ? 1 : 0;
  const alongY = ny > 1 ? nx : 0;
  const alongZ = nz > 1 ? nx * ny : 0;
  for (let i = first; i < end; i++) {
    const x = min(max(x0 + i * dx, 0), highX);
    const y = min(max(y0 + i * dy, 0), highY);
    const z = min(max(z0 + i * dz, 0), highZ);
    const cellX = x >= lastX ? lastX : x | 0;
    const cellY = y >= lastY ? lastY : y | 0;
    const cellZ = z >= lastZ ? lastZ : z | 0;
    const fx = x - cellX;
    const fy = y - cellY;
    const fz = z - cellZ;
    const a = cellX + nx * (cellY + ny * cellZ);
    const b = a + alongY;
    const c = a + alongZ;
    const d = b + alongZ;
    const va = voxels[a]!;
    const vb = voxels[b]!;
    const vc = voxels[c]!;
    const vd = voxels[d]!;
    const ea = va + fx * (voxels[a + alongX]! - va);
    const eb = vb + fx * (voxels[b + alongX]! - vb);
    const ec = vc + fx * (voxels[c + alongX]! - vc);
    const ed = vd + fx * (voxels[d + alongX]! - vd);
    const near = ea + fy * (eb - ea);
    const far = ec + fy * (ed - ec);
    out[offset + i] = near + fz * (far - near);
  }
}
