import type { Vector3 } from '../../../values/affine.js';
import { getBit } from '../../../values/maskBits.js';
import { cutBits } from './blocks.js';
import { averaged, isZoomed, type View } from './view.js';

/**
 * Writes a mask in a view: 0 or 1, or from more voxels their mean; 0 outside the image.
 * @param target one value per voxel of the window, columns fastest
 * @param size of the mask's grid
 */
export function showMask(target: Float32Array, bits: Uint8Array, size: Vector3, view: View): void {
  const { block, window } = view;
  if (!isZoomed(view)) {
    target.set(cutBits(bits, size, block));
    return;
  }
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => rangesInImage(view, axis, size[axis]));
  for (let k = 0, n = 0; k < window[2]; k++)
    for (let j = 0; j < window[1]; j++) {
      const [slices, lines] = [z![k]!, y![j]!];
      for (let i = 0; i < window[0]; i++, n++) {
        const columns = x![i]!;
        let count = 0;
        for (let w = slices.first; w < slices.end; w++)
          for (let v = lines.first; v < lines.end; v++) {
            const line = size[0] * (v + size[1] * w);
            for (let u = columns.first; u < columns.end; u++) if (getBit(bits, line + u)) count++;
          }
        target[n] = count / (slices.of * lines.of * columns.of);
      }
    }
}

/** For each place along an axis of the window: which voxels of the image it is the mean of, and of how many it is. */
function rangesInImage({ block, window }: View, axis: 0 | 1 | 2, length: number) {
  return Array.from({ length: window[axis] }, (_, n) => {
    const [first, end] = averaged(n, block.size[axis], window[axis]);
    const within = (at: number): number => Math.min(length, Math.max(0, block.first[axis] + at));
    return { first: within(first), end: within(end), of: end - first };
  });
}

/**
 * Whether the nearest voxel of a mask is set, for a place in a view's window; not outside the image.
 * @param size of the mask's grid
 */
export function nearestIn(bits: Uint8Array, size: Vector3, { block, window }: View): (place: Vector3) => boolean {
  return (place) => {
    const [i, j, k] = ([0, 1, 2] as const).map(
      (axis) => block.first[axis] + Math.floor((place[axis] * block.size[axis]) / window[axis]),
    );
    const isInside = [i, j, k].every((at, axis) => at! >= 0 && at! < size[axis]!);
    return isInside && getBit(bits, i! + size[0] * (j! + size[1] * k!));
  };
}
