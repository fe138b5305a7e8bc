import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import { column, dot, type Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { reaches, type WithinHeights } from '../../../values/heights.js';
import { foregroundBox } from '../../foregroundBox.js';
import { gaussianWeights } from '../../gaussianWeights.js';
import {
  cutWindow,
  emptyProbabilityMap,
  mirrorWindow,
  type ProbabilityMap,
  type TensorStrides,
  type Window,
} from '../../probabilityMap.js';
import { axisWindows } from '../../slidingWindows.js';
import { addProbabilities } from './addProbabilities.js';
import type { TextQueryManifest } from './manifest.js';
import type { RowScorer } from './rowScores.js';

/**
 * The windows that cover an image, x fastest, all of one size. Windows that reach beyond the foreground include the
 * voxels there.
 *
 * @param image on `grid`, normalised
 * @param within windows wholly outside of these places are left out; what the others give inside stays the same
 */
export function windowsOf(
  { windows: { size: largest, sizeMultiple, step, padding, blend, startMultiple, foreground } }: TextQueryManifest,
  image: Float32Array,
  grid: Grid,
  within?: WithinHeights,
): Window[] {
  const box = foreground === undefined ? { first: [0, 0, 0], size: grid.size } : boxAround(image, grid, foreground);
  if (box === undefined) return [];
  const along = (axis: 0 | 1 | 2) => {
    const lead = startMultiple && modulo(voxelsFromOrigin(grid, axis) + box.first[axis]!, startMultiple);
    const needed = box.size[axis]! + (lead ?? 0);
    const size =
      sizeMultiple === undefined
        ? largest[axis]
        : Math.min(largest[axis], Math.ceil(needed / sizeMultiple) * sizeMultiple);
    const profile =
      blend.kind === 'gaussian' ? gaussianWeights(size, blend.sigmaFraction) : new Float64Array(size).fill(1);
    const isWanted = (start: number): boolean => {
      const first = start + box.first[axis]!;
      return within === undefined || reaches(within, grid, axis, first, first + size);
    };
    const windows = axisWindows(box.size[axis]!, size, step[axis], padding.where, profile, lead, isWanted);
    return windows.map(({ start, weights }) => ({ start: start + box.first[axis]!, weights }));
  };
  const [alongX, alongY, alongZ] = [along(0), along(1), along(2)];
  return alongZ.flatMap((z) => alongY.flatMap((y) => alongX.map((x): Window => [x, y, z])));
}

/**
 * Distance in voxels of the grid's first voxel from the patient's origin, along an axis that is perpendicular to the
 * others.
 */
function voxelsFromOrigin({ voxelToLps }: Grid, axis: 0 | 1 | 2): number {
  const along = column(voxelToLps, axis);
  return Math.round(dot(column(voxelToLps, 3), along) / dot(along, along));
}

const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;

/** The box of the foreground with its margin, within the grid; undefined if nothing is bright enough. */
function boxAround(
  image: Float32Array,
  grid: Grid,
  { above, margin }: { readonly above: number; readonly margin: number },
): { first: readonly number[]; size: readonly number[] } | undefined {
  const box = foregroundBox(image, grid, above);
  if (box === undefined) return undefined;
  const first = box.first.map((low) => Math.max(0, low - margin));
  const end = box.first.map((low, axis) => Math.min(grid.size[axis]!, low + box.size[axis]! + margin));
  return { first, size: end.map((high, axis) => high - first[axis]!) };
}

/**
 * Runs the image graph once per window, or twice if the manifest has `mirrored`, and blends the probabilities of the
 * channels.
 * @param image on `grid`, normalised
 * @param channels for each channel the rows whose union it is
 * @param onWindow called after every window with the number of finished windows
 * @returns sessionRunMs: time inside the graphs
 * @throws PromptsegError `cancelled`, between windows; `model-package-corrupt` if a graph's output has another shape
 */
export async function blendWindows(
  { manifest, rowScorer }: { readonly manifest: TextQueryManifest; readonly rowScorer: RowScorer },
  image: Float32Array,
  grid: Grid,
  windows: readonly Window[],
  channels: readonly (readonly number[])[],
  signal: AbortSignal,
  onWindow: (done: number) => void,
): Promise<{ map: ProbabilityMap; sessionRunMs: number }> {
  // With softmax all rows compete, requested or not; with sigmoid only the requested rows are computed.
  const views = viewsOf(manifest);
  const wanted =
    manifest.activation.kind === 'softmax'
      ? manifest.rows.map((_, row) => row)
      : [...new Set(views.flatMap(({ rowOf }) => channels.flat().map(rowOf)))];
  const outputs = views.map(({ isMirrored, rowOf }) => ({
    isMirrored,
    positions: channels.map((members) => members.map((row) => wanted.indexOf(rowOf(row)))),
  }));
  const map = emptyProbabilityMap(grid, channels.length);
  let sessionRunMs = 0;
  for (const [done, window] of windows.entries()) {
    await stopIfCancelled(signal);
    const size: Vector3 = [window[0].weights.length, window[1].weights.length, window[2].weights.length];
    const { strides, dims } = tensorLayout(manifest.input.tensorAxes, size);
    const tensor = new Float32Array(size[0] * size[1] * size[2]);
    cutWindow(image, grid, window, strides, manifest.windows.padding.value, tensor);
    for (const { isMirrored, positions } of outputs) {
      if (isMirrored) mirrorWindow(tensor, size, strides);
      const start = performance.now();
      const scores = await rowScorer.compute({ data: tensor, dims: [1, 1, ...dims] }, wanted);
      sessionRunMs += performance.now() - start;
      const place = { window, strides, isMirrored, share: 1 / views.length };
      addProbabilities(map, place, scores, positions, manifest.activation);
    }
    onWindow(done + 1);
  }
  return { map, sessionRunMs };
}

/** How a window is presented, and for each of our rows the network's row. */
interface View {
  readonly isMirrored: boolean;
  readonly rowOf: (row: number) => number;
}

function viewsOf({ windows: { mirrored }, rows }: TextQueryManifest): View[] {
  const asItIs: View = { isMirrored: false, rowOf: (row) => row };
  if (mirrored === undefined) return [asItIs];
  const other = new Map(
    mirrored.pairs.flatMap(([one, two]) => {
      const [a, b] = [rows.indexOf(one), rows.indexOf(two)];
      return [[a, b] as const, [b, a] as const];
    }),
  );
  return [asItIs, { isMirrored: true, rowOf: (row) => other.get(row) ?? row }];
}

/** Layout of a window of size x, y, z in a tensor whose last dimension runs fastest. */
function tensorLayout(axes: 'zyx' | 'xyz', [x, y, z]: Vector3): { strides: TensorStrides; dims: number[] } {
  return axes === 'zyx' ? { strides: [1, x, x * y], dims: [z, y, x] } : { strides: [y * z, z, 1], dims: [x, y, z] };
}
