import type { Volume } from '../../../values/volume.js';
import { forEachSharedLine, wholeOf } from './blocks.js';
import type { Brightness } from './brightness.js';
import { type Between, interpolation, isZoomed, type View } from './view.js';

/**
 * Writes the image in a view, standardised, 0 outside: as it is, or interpolated linearly from more voxels.
 * @param target one value per voxel of the window, columns fastest
 */
export function showImage(
  target: Float32Array,
  { grid, voxels }: Pick<Volume, 'grid' | 'voxels'>,
  { mean, deviation }: Brightness,
  view: View,
): void {
  const { block, window } = view;
  if (!isZoomed(view)) {
    target.fill(0);
    forEachSharedLine(block, wholeOf(grid.size), (inBlock, inImage, length) => {
      for (let i = 0; i < length; i++) target[inBlock + i] = (voxels[inImage + i]! - mean) / deviation;
    });
    return;
  }
  const [columns, rows] = grid.size;
  const [x, y, z] = ([0, 1, 2] as const).map((axis) =>
    insideImage(interpolation(block.size[axis], window[axis]), block.first[axis], grid.size[axis]),
  );
  /** A value along a line of the image, whose number is negative outside of it. */
  const alongLine = (line: number, n: number): number => {
    if (line < 0) return 0;
    const [low, high, share] = [x!.low[n]!, x!.high[n]!, x!.share[n]!];
    const a = low < 0 ? 0 : (voxels[line + low]! - mean) / deviation;
    const b = high < 0 ? 0 : (voxels[line + high]! - mean) / deviation;
    return a + share * (b - a);
  };
  const lineAt = (j: number, k: number): number => (j < 0 || k < 0 ? -1 : columns * (j + rows * k));
  for (let k = 0, n = 0; k < window[2]; k++)
    for (let j = 0; j < window[1]; j++) {
      const [front, back] = [z!.low[k]!, z!.high[k]!];
      const [above, below] = [y!.low[j]!, y!.high[j]!];
      const lines = [lineAt(above, front), lineAt(below, front), lineAt(above, back), lineAt(below, back)];
      const [down, deep] = [y!.share[j]!, z!.share[k]!];
      for (let i = 0; i < window[0]; i++, n++) {
        const [a, b] = [alongLine(lines[0]!, i), alongLine(lines[1]!, i)];
        const [c, d] = [alongLine(lines[2]!, i), alongLine(lines[3]!, i)];
        const first = a + down * (b - a);
        target[n] = first + deep * (c + down * (d - c) - first);
      }
    }
}

/** The places in the image; -1 outside of it. */
function insideImage({ low, high, share }: Between, first: number, length: number): Between {
  const place = (at: number): number => (first + at >= 0 && first + at < length ? first + at : -1);
  return { low: low.map(place), high: high.map(place), share };
}
