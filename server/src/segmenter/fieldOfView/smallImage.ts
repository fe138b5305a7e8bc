import { stopIfCancelled } from '../../platform/stopIfCancelled.js';
import type { Vector3 } from '../../values/affine.js';
import { type Grid, spacing as spacingOf } from '../../values/grid.js';
import { roundHalfToEven } from '../reorientedGrid.js';

/** A volume on a coarse grid along its own axes. */
export interface SmallImage {
  readonly size: Vector3;
  /** Index x + size[0]·(y + size[1]·z). */
  readonly values: Float32Array;
  /** Voxel n of the small image along an axis is at `start[axis]` + n·`step[axis]` of the volume. */
  readonly start: Vector3;
  readonly step: Vector3;
}

/**
 * A volume at another spacing along its own axes: means over as many voxels as come closest to the new spacing, with
 * linear interpolation between them. The middle of the volume stays in the middle; beyond its ends the outermost voxels
 * go on.
 *
 * The same as scipy's `uniform_filter1d` and `map_coordinates`, with which the network was trained. It goes slice by
 * slice and keeps no second copy of the volume.
 *
 * @param spacing mm of the small image, along all axes
 * @throws PromptsegError `cancelled`
 */
export async function shrink(
  { grid, voxels }: { readonly grid: Grid; readonly voxels: Int16Array | Float32Array },
  spacing: number,
  signal: AbortSignal,
): Promise<SmallImage> {
  const own = spacingOf(grid);
  const [alongX, alongY, alongZ] = own.map((each, axis) => meansAlong(grid.size[axis]!, spacing / each)) as [
    AxisMeans,
    AxisMeans,
    AxisMeans,
  ];
  const [columns, rows, slices] = grid.size;
  const [sizeX, sizeY, sizeZ] = [alongX.places.length, alongY.places.length, alongZ.places.length];
  const planeSize = sizeX * sizeY;
  const values = new Float32Array(planeSize * sizeZ);
  const [ofRow, ofSlice] = [byVoxel(alongY, rows), byVoxel(alongZ, slices)];
  const line = new Float64Array(sizeX);
  const plane = new Float64Array(planeSize);
  for (let k = 0; k < slices; k++) {
    const wanted = ofSlice[k]!;
    if (wanted.length === 0) continue;
    plane.fill(0);
    for (let j = 0; j < rows; j++) {
      const inRows = ofRow[j]!;
      if (inRows.length === 0) continue;
      meansOfLine(voxels, columns * (j + rows * k), alongX, line);
      for (const { place, weight } of inRows)
        for (let x = 0; x < sizeX; x++) plane[x + sizeX * place]! += weight * line[x]!;
    }
    for (const { place, weight } of wanted) {
      const offset = planeSize * place;
      for (let n = 0; n < planeSize; n++) values[offset + n]! += weight * plane[n]!;
    }
    await stopIfCancelled(signal);
  }
  replaceNotFinite(values);
  const of = (axes: (along: AxisMeans) => number): Vector3 => [axes(alongX), axes(alongY), axes(alongZ)];
  return { size: [sizeX, sizeY, sizeZ], values, start: of(({ start }) => start), step: of(({ step }) => step) };
}

/** For each place of the small image along one axis: the first voxel that counts, and the weights from there on. */
interface AxisMeans {
  readonly start: number;
  readonly step: number;
  readonly places: readonly { readonly first: number; readonly weights: Float64Array }[];
}

/** @param step voxels of the volume per voxel of the small image */
function meansAlong(length: number, step: number): AxisMeans {
  const width = Math.max(1, roundHalfToEven(step));
  const count = Math.max(1, roundHalfToEven(length / step));
  const start = (length - 1) / 2 - (step * (count - 1)) / 2;
  const inside = (voxel: number): number => Math.min(Math.max(voxel, 0), length - 1);
  const places = Array.from({ length: count }, (_, n) => {
    const at = inside(start + step * n);
    const below = Math.floor(at);
    const between = at - below;
    const before = width >> 1;
    const first = inside(below - before);
    const last = inside(inside(below + 1) - before + width - 1);
    const weights = new Float64Array(last - first + 1);
    const addMean = (middle: number, share: number): void => {
      for (let n = 0; n < width; n++) weights[inside(middle - before + n) - first]! += share / width;
    };
    if (between < 1) addMean(below, 1 - between);
    if (between > 0) addMean(inside(below + 1), between);
    return { first, weights };
  });
  return { start, step, places };
}

/** For each voxel along an axis the places to whose means it contributes. */
function byVoxel({ places }: AxisMeans, length: number): readonly { place: number; weight: number }[][] {
  const found = Array.from({ length }, (): { place: number; weight: number }[] => []);
  for (const [place, { first, weights }] of places.entries())
    for (const [n, weight] of weights.entries()) if (weight > 0) found[first + n]!.push({ place, weight });
  return found;
}

function meansOfLine(
  voxels: Int16Array | Float32Array,
  offset: number,
  { places }: AxisMeans,
  line: Float64Array,
): void {
  for (let x = 0; x < places.length; x++) {
    const { first, weights } = places[x]!;
    let sum = 0;
    for (let n = 0; n < weights.length; n++) sum += weights[n]! * voxels[offset + first + n]!;
    line[x] = sum;
  }
}

/** Voxels without a value, as NIfTI files have them around what was imaged, become the least of the others. */
function replaceNotFinite(values: Float32Array): void {
  const least = values.reduce((least, value) => (Number.isFinite(value) && value < least ? value : least), Infinity);
  for (let n = 0; n < values.length; n++)
    if (!Number.isFinite(values[n]!)) values[n] = Number.isFinite(least) ? least : 0;
}
