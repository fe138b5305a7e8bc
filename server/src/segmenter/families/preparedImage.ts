import type { Grid } from '../../values/grid.js';

/** A model's input image, on its own grid. */
export interface PreparedImage {
  readonly grid: Grid;
  readonly voxels: Float32Array;
}
