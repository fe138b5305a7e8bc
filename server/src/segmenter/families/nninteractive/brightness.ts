import type { Volume } from '../../../values/volume.js';

/** Mean and standard deviation of an image's values. */
export interface Brightness {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Brightness in the box around all values that are not 0, like `_background_set_image` of nnInteractive: that box is
 * what its training saw of an image. Of an image with one value everywhere, the deviation is 1, so that it becomes 0.
 */
export function brightnessOf({ grid, voxels }: Pick<Volume, 'grid' | 'voxels'>): Brightness {
  const [columns, rows] = grid.size;
  const [first, last] = boxOfNonZero(voxels, columns, rows);
  let [count, sum] = [0, 0];
  const forEach = (visit: (value: number) => void) => {
    for (let k = first[2]!; k <= last[2]!; k++)
      for (let j = first[1]!; j <= last[1]!; j++) {
        const line = columns * (j + rows * k);
        for (let n = line + first[0]!; n <= line + last[0]!; n++) visit(voxels[n]!);
      }
  };
  forEach((value) => {
    count++;
    sum += value;
  });
  if (count === 0) return { mean: 0, deviation: 1 };
  const mean = sum / count;
  let squares = 0;
  forEach((value) => {
    squares += (value - mean) ** 2;
  });
  // PyTorch's `std` divides by one less than the count.
  return { mean, deviation: Math.sqrt(squares / Math.max(1, count - 1)) || 1 };
}

function boxOfNonZero(voxels: Volume['voxels'], columns: number, rows: number) {
  const first = [Infinity, Infinity, Infinity];
  const last = [-1, -1, -1];
  const include = (axis: 0 | 1 | 2, at: number) => {
    first[axis] = Math.min(first[axis]!, at);
    last[axis] = Math.max(last[axis]!, at);
  };
  for (let line = 0; line * columns < voxels.length; line++) {
    const [start, end] = [line * columns, (line + 1) * columns];
    let left = start;
    while (left < end && voxels[left] === 0) left++;
    if (left === end) continue;
    let right = end - 1;
    while (voxels[right] === 0) right--;
    include(0, left - start);
    include(0, right - start);
    include(1, line % rows);
    include(2, Math.floor(line / rows));
  }
  return [first, last] as const;
}
