import type { Vector3 } from '../../../values/affine.js';

/**
 * Share of the border of a change, towards voxels that could have changed too, where the grey values on both sides look
 * like those of the change: there the image shows no border, and the change ended for its reach alone.
 *
 * @param ratio likelihood ratio of each voxel, above 0 if it looks like the change
 * @param open 1 where the mask could change
 */
export function openBorder(changed: Uint8Array, ratio: Float32Array, open: Uint8Array, size: Vector3): number {
  const [columns, rows, slices] = size;
  const plane = columns * rows;
  let [border, alike] = [0, 0];
  const count = (a: number, b: number): void => {
    if (open[a] === 0 || open[b] === 0 || changed[a] === changed[b]) return;
    border++;
    if (ratio[a]! > 0 && ratio[b]! > 0) alike++;
  };
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        if (i + 1 < columns) count(n, n + 1);
        if (j + 1 < rows) count(n, n + columns);
        if (k + 1 < slices) count(n, n + plane);
      }
  return border === 0 ? 0 : alike / border;
}
