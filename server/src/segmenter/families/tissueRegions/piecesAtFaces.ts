import type { Vector3 } from '../../../values/affine.js';
import type { Components } from '../../connectedComponents.js';
import { planesAcross } from './anatomicalAxes.js';

/** 1 for every label that has a cell on the first or last plane of one of the axes. */
export function piecesAtFaces(
  { labels, cellCounts }: Components,
  size: Vector3,
  axes: readonly (0 | 1 | 2)[],
): Uint8Array {
  const touches = new Uint8Array(cellCounts.length);
  for (const axis of axes) {
    const { count, planeStride, uCount, uStride, vCount, vStride } = planesAcross(size, axis);
    for (const plane of [0, count - 1])
      for (let v = 0; v < vCount; v++)
        for (let u = 0; u < uCount; u++) touches[labels[plane * planeStride + u * uStride + v * vStride]!] = 1;
  }
  return touches;
}
