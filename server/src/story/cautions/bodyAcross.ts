import { determinant3, type Vector3 } from '../../values/affine.js';
import { isEven } from '../../values/grid.js';
import type { Mask } from '../../values/mask.js';
import { getBit } from '../../values/maskBits.js';
import type { Volume } from '../../values/volume.js';

/** The body around a mask, from the patient's right to left, on the mask's levels (feet to head): medians over them. */
export interface BodyAcross {
  readonly widthMm: number;
  /** x of its middle, LPS mm; absent if the images cut off only one side of it. */
  readonly middle?: number;
}

/** Minimum depth of the body from front to back. */
const leastDepthMm = 60;
/**
 * In MR, as a fraction of the brightest signal: above the noise around a body, below its tissues. In CT above lung and
 * air.
 */
const leastSignal = 0.15;
const leastHU = -300;
const [levelMm, widthMm] = [10, 5];
const looksAt = 2_000_000;

/**
 * Finds the body by its brightness, in CT and MR. Counts only columns that are deep enough from front to back.
 * @returns undefined for other images, uneven slices, and where no column is deep enough
 */
export function bodyAcross(mask: Mask, volume: Volume): BodyAcross | undefined {
  const { grid, unit, modality } = volume;
  if (!isEven(grid) || (unit !== 'HU' && modality !== 'MR')) return undefined;
  const { depths, rightmost, leftmost } = bodyOf(volume);
  const across = [...levelsOf(mask, volume)].map((level) =>
    [...(depths.get(level) ?? [])].filter(([, mm]) => mm >= leastDepthMm).map(([place]) => place),
  );
  const shown = across.filter((places) => places.length > 0);
  if (shown.length === 0) return undefined;
  const [right, left] = [median(shown.map((all) => Math.min(...all))), median(shown.map((all) => Math.max(...all)))];
  const isCut = right <= rightmost + 1 !== left >= leftmost - 1;
  return {
    widthMm: widthMm * median(across.map((places) => places.length)),
    ...(!isCut && { middle: (widthMm * (right + left + 1)) / 2 }),
  };
}

/** The body in a whole image. */
interface Body {
  /** Level → place → mm of body from front to back. */
  readonly depths: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** The first and the last place of the image. */
  readonly rightmost: number;
  readonly leftmost: number;
}

/** Measured once for an image: it takes a second or two, and a head has some fifty structures. */
const bodies = new WeakMap<Volume, Body>();

function bodyOf(volume: Volume): Body {
  const known = bodies.get(volume);
  if (known !== undefined) return known;
  const { grid, voxels, unit } = volume;
  const steps = stepsOf(volume);
  const sampleMm3 = steps.reduce((size: number, each) => size * each, Math.abs(determinant3(grid.voxelToLps)));
  const threshold = unit === 'HU' ? leastHU : leastSignal * brightest(volume);
  let [rightmost, leftmost] = [Infinity, -Infinity];
  const depths = new Map<number, Map<number, number>>();
  forEachSample(volume, (n, place, level) => {
    if (place < rightmost) rightmost = place;
    if (place > leftmost) leftmost = place;
    if (!(voxels[n]! >= threshold)) return;
    const depth = depths.get(level) ?? new Map<number, number>();
    if (depth.size === 0) depths.set(level, depth);
    depth.set(place, (depth.get(place) ?? 0) + sampleMm3 / (levelMm * widthMm));
  });
  const body = { depths, rightmost, leftmost };
  bodies.set(volume, body);
  return body;
}

/** The 99th percentile. */
function brightest(volume: Volume): number {
  const { voxels } = volume;
  const values: number[] = [];
  forEachSample(volume, (n) => values.push(voxels[n]!));
  return Float32Array.from(values).sort()[Math.floor(0.99 * values.length)]!;
}

/** The levels on which the mask has a sample. */
function levelsOf({ bits }: Mask, volume: Volume): Set<number> {
  const levels = new Set<number>();
  let last: number | undefined;
  forEachSample(volume, (n, _place, level) => {
    if (level === last || !getBit(bits, n)) return;
    levels.add(level);
    last = level;
  });
  return levels;
}

/** Looks at about two million voxels that are spread evenly: their index, place and level. */
function forEachSample({ grid, voxels }: Volume, look: (n: number, place: number, level: number) => void): void {
  const [columns, rows, slices] = grid.size;
  const [alongI, alongJ, alongK] = stepsOf({ grid, voxels });
  const [xi, xj, xk, x0, , , , , zi, zj, zk, z0] = grid.voxelToLps;
  for (let k = 0; k < slices; k += alongK)
    for (let j = 0; j < rows; j += alongJ)
      for (let i = 0; i < columns; i += alongI) {
        const x = xi * i + xj * j + xk * k + x0;
        const z = zi * i + zj * j + zk * k + z0;
        look(i + columns * (j + rows * k), Math.floor(x / widthMm), Math.floor(z / levelMm));
      }
}

/** Voxels from one sample to the next along columns, rows and slices. */
function stepsOf({ grid, voxels }: Pick<Volume, 'grid' | 'voxels'>): Vector3 {
  const step = Math.max(1, Math.round(Math.cbrt(voxels.length / looksAt)));
  const [columns, rows, slices] = grid.size;
  return [Math.min(step, columns), Math.min(step, rows), Math.min(step, slices)];
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
