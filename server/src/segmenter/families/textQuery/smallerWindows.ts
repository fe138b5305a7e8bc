import type { Vector3 } from '../../../values/affine.js';
import type { TextQueryManifest } from './manifest.js';

type Windows = TextQueryManifest['windows'];

/**
 * Windows for less memory: the longest side is halved, and the distance between windows with it.
 *
 * @returns undefined if the graph takes only windows of the manifest's size, or smaller ones would show hardly more
 * than their own borders
 */
export function smallerWindows(windows: Windows): Windows | undefined {
  const { size, step, sizeMultiple, startMultiple = 1 } = windows;
  if (sizeMultiple === undefined) return undefined;
  const axis = size.indexOf(Math.max(...size));
  const side = Math.ceil(size[axis]! / 2 / sizeMultiple) * sizeMultiple;
  if (side >= size[axis]! || side < 2 * sizeMultiple) return undefined;
  const distance = Math.floor((step[axis]! * side) / size[axis]! / startMultiple) * startMultiple;
  return {
    ...windows,
    size: replaced(size, axis, side),
    step: replaced(step, axis, Math.max(distance, startMultiple)),
  };
}

const replaced = ([x, y, z]: Vector3, axis: number, value: number): [number, number, number] => [
  axis === 0 ? value : x,
  axis === 1 ? value : y,
  axis === 2 ? value : z,
];
