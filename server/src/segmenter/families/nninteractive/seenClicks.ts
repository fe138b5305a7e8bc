import type { Vector3 } from '../../../values/affine.js';
import { map, overlapOf, wholeOf } from './blocks.js';
import type { BallVoxel } from './clickBall.js';
import { averaged, isZoomed, type View } from './view.js';

/** A click, and how much it counts: 1 for the newest. */
export interface WeightedClick {
  readonly voxel: Vector3;
  readonly weight: number;
}

/**
 * Adds clicks to a channel, each as a ball; where balls overlap the greatest value counts. If the view is zoomed, balls
 * are dilated first, so that the mean of many voxels does not make them vanish.
 *
 * @param target one value per voxel of the window, columns fastest; 0 everywhere
 * @param size of the image
 */
export function showClicks(
  target: Float32Array,
  clicks: readonly WeightedClick[],
  ball: readonly BallVoxel[],
  view: View,
  size: Vector3,
): void {
  const drawn = isZoomed(view) ? dilatedBalls(clicks, ball, view, size) : balls(clicks, ball, view, size);
  const { block, window } = view;
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => meansOf(block.size[axis], window[axis]));
  const [columns, rows] = block.size;
  for (const [cell, value] of drawn) {
    const line = Math.floor(cell / columns);
    for (const k of z![Math.floor(line / rows)]!)
      for (const j of y![line % rows]!)
        for (const i of x![cell % columns]!)
          target[i.place + window[0] * (j.place + window[1] * k.place)]! += value * i.share * j.share * k.share;
  }
}

/** Cell of the view's block → the value there. */
type Drawn = Map<number, number>;

const cellOf = ([x, y, z]: Vector3, { first, size }: View['block']): number =>
  x - first[0] + size[0] * (y - first[1] + size[1] * (z - first[2]));

const raise = (drawn: Drawn, cell: number, value: number): void => {
  if (!(drawn.get(cell)! >= value)) drawn.set(cell, value);
};

/** Calls `visit` for each voxel of a ball that is in the image and in the view. */
function forEachVoxel(
  { voxel, weight }: WeightedClick,
  ball: readonly BallVoxel[],
  view: View,
  size: Vector3,
  visit: (place: Vector3, value: number) => void,
): void {
  const seen = overlapOf(view.block, wholeOf(size));
  if (seen === undefined) return;
  for (const { offset, value } of ball) {
    const place = map((axis) => voxel[axis] + offset[axis]);
    if (isIn(place, seen)) visit(place, value * weight);
  }
}

const isIn = (place: Vector3, { first, size }: View['block']): boolean =>
  place.every((at, axis) => at >= first[axis]! && at < first[axis]! + size[axis]!);

function balls(clicks: readonly WeightedClick[], ball: readonly BallVoxel[], view: View, size: Vector3): Drawn {
  const drawn: Drawn = new Map();
  for (const click of clicks)
    forEachVoxel(click, ball, view, size, (place, value) => raise(drawn, cellOf(place, view.block), value));
  return drawn;
}

function dilatedBalls(clicks: readonly WeightedClick[], ball: readonly BallVoxel[], view: View, size: Vector3): Drawn {
  const drawn: Drawn = new Map();
  const reach = (nearestOdd(2 * view.zoom - 1) - 1) / 2;
  const radius = ball.reduce((most, { offset }) => Math.max(most, offset[0]), 0) + reach;
  const width = 2 * radius + 1;
  for (const click of clicks) {
    const around = new Float32Array(width ** 3);
    const [a, b, c] = map((axis) => click.voxel[axis] - radius);
    forEachVoxel(click, ball, view, size, ([x, y, z], value) => {
      for (let k = z - reach; k <= z + reach; k++)
        for (let j = y - reach; j <= y + reach; j++)
          for (let i = x - reach; i <= x + reach; i++) {
            const n = i - a + width * (j - b + width * (k - c));
            if (around[n]! < value) around[n] = value;
          }
    });
    for (let n = 0; n < around.length; n++) {
      if (around[n] === 0) continue;
      const line = Math.floor(n / width);
      const place: Vector3 = [a + (n % width), b + (line % width), c + Math.floor(line / width)];
      if (isIn(place, view.block)) raise(drawn, cellOf(place, view.block), around[n]!);
    }
  }
  return drawn;
}

/** The odd integer next to a number; between two, the greater. */
export function nearestOdd(value: number): number {
  const [low, high] = [Math.floor(value), Math.ceil(value)];
  if (high % 2 === 1) return high;
  return low % 2 === 1 ? low : high + 1;
}

/** For each of `from` places along an axis: the places of the window whose mean it is part of, and its share. */
function meansOf(from: number, to: number) {
  const parts: { readonly place: number; readonly share: number }[][] = Array.from({ length: from }, () => []);
  for (let place = 0; place < to; place++) {
    const [first, end] = averaged(place, from, to);
    for (let n = first; n < end; n++) parts[n]!.push({ place, share: 1 / (end - first) });
  }
  return parts;
}
