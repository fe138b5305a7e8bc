import { type Grid, spacing, voxelCount } from '../../../values/grid.js';
import type { TissueRegionsManifest } from './manifest.js';

/**
 * Upper estimates: a dozen float32 maps at once in the graph; a dozen byte maps, labels and runs on the coarse grid.
 */
const graphBytesPerVoxel = 48;
const bytesPerCell = 80;

/**
 * Bytes of a run without the volume: a code per voxel, a bit per voxel and target, one run of the graph, the regions.
 */
export function memoryNeeded(grid: Grid, targets: number, { graph, operations }: TissueRegionsManifest): number {
  const [columns, rows, slices] = grid.size;
  const cells = grid.size.reduce((product, length, axis) => {
    const factor = Math.max(1, Math.round(operations.coarseGrid.edgeMm / spacing(grid)[axis]!));
    return product * Math.ceil(length / factor);
  }, 1);
  return (
    voxelCount(grid) * (1 + targets / 8) +
    columns * rows * Math.min(slices, graph.slicesPerRun) * graphBytesPerVoxel +
    cells * bytesPerCell
  );
}
