import type { Vector3 } from '../../../values/affine.js';
import type { NninteractiveManifest } from './manifest.js';

/**
 * Whether a mask has changed at a face of the window so much that the structure may go on outside, by the rules of
 * `_detect_change_at_border` of nnInteractive.
 *
 * @param marked 0 or 1 for each voxel of the window, columns fastest
 * @param before whether a place in the window was marked before
 */
export function changesAtBorder(
  marked: Uint8Array,
  before: (place: Vector3) => boolean,
  window: Vector3,
  { voxels, leastVoxels, share }: NninteractiveManifest['zoom']['change'],
): boolean {
  for (const axis of [0, 1, 2] as const)
    for (const at of [0, window[axis] - 1]) {
      let [was, is, different] = [0, 0, 0];
      forEachOfFace(window, axis, at, (place) => {
        const [old, now] = [before(place), marked[place[0] + window[0] * (place[1] + window[1] * place[2])] === 1];
        if (old) was++;
        if (now) is++;
        if (old !== now) different++;
      });
      const changedShare = Math.max(was, is) / Math.max(Math.min(was, is), 1e-5) - 1;
      if (different > voxels || (different > leastVoxels && changedShare > share)) return true;
    }
  return false;
}

function forEachOfFace(size: Vector3, axis: 0 | 1 | 2, at: number, visit: (place: Vector3) => void): void {
  const [across, down] = ([0, 1, 2] as const).filter((other) => other !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const place: [number, number, number] = [0, 0, 0];
  place[axis] = at;
  for (let b = 0; b < size[down]; b++)
    for (let a = 0; a < size[across]; a++) {
      place[across] = a;
      place[down] = b;
      visit(place);
    }
}
