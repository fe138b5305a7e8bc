import { stopIfCancelled } from '../../platform/stopIfCancelled.js';
import type { Vector3 } from '../../values/affine.js';
import type { Grid } from '../../values/grid.js';
import { corrupt } from '../corruptPackage.js';
import type { Graph } from '../onnxRuntime.js';
import { cutWindow, type ProbabilityMap, type Window } from '../probabilityMap.js';
import { axisWindows } from '../slidingWindows.js';
import { weightedMap } from '../weightedMap.js';
import type { PreparedImage } from './preparedImage.js';

/**
 * Windows that overlap by half, x fastest; the last of an axis is shifted back to end with the image. Their weights are
 * not used.
 */
export function windowsOf({ size }: Grid, window: Vector3): Window[] {
  const along = (axis: 0 | 1 | 2) =>
    axisWindows(size[axis], window[axis], Math.floor(window[axis] / 2), 'end', new Float64Array(window[axis]).fill(1));
  const [alongX, alongY, alongZ] = [along(0), along(1), along(2)];
  return alongZ.flatMap((z) => alongY.flatMap((y) => alongX.map((x): Window => [x, y, z])));
}

/** An open graph, and its inputs that are the same for every window. */
export interface WindowGraph {
  readonly manifest: {
    /** Voxels along x, y, z. */
    readonly window: Vector3;
    /** The graph's file, and the names of its inputs and of its output. */
    readonly graph: {
      readonly file: string;
      readonly image: string;
      readonly queries: string;
      readonly output: string;
    };
    readonly queries: { readonly dimension: number };
  };
  readonly graph: Graph;
  /** One per voxel of a window, x fastest. */
  readonly weights: Float32Array;
}

/**
 * Runs the graph once per window and blends the probabilities of the prompts.
 * @param queries one per prompt; prompt n becomes channel n of the map
 * @param onWindow called after every window with the number of finished windows
 * @returns sessionRunMs: time inside the graph
 * @throws PromptsegError `cancelled`, between windows; `model-package-corrupt` if the graph's output has another shape
 */
export async function blendPrompts(
  { manifest, graph, weights }: WindowGraph,
  image: PreparedImage,
  windows: readonly Window[],
  queries: readonly Float32Array[],
  signal: AbortSignal,
  onWindow: (done: number) => void,
): Promise<{ map: ProbabilityMap; sessionRunMs: number }> {
  const { window, graph: names, queries: source } = manifest;
  const [x, y, z] = window;
  const asked = new Float32Array(queries.length * source.dimension);
  queries.forEach((query, n) => {
    asked.set(query, n * source.dimension);
  });
  const map = weightedMap(image.grid, queries.length, weights);
  const tensor = new Float32Array(x * y * z);
  let sessionRunMs = 0;
  for (const [done, place] of windows.entries()) {
    await stopIfCancelled(signal);
    cutWindow(image.voxels, image.grid, place, [1, x, x * y], 0, tensor);
    const start = performance.now();
    const { data, dims } = await graph.run(
      {
        [names.image]: { data: tensor, dims: [1, 1, z, y, x] },
        [names.queries]: { data: asked, dims: [queries.length, source.dimension] },
      },
      names.output,
    );
    sessionRunMs += performance.now() - start;
    if (dims.join() !== [z, y, x, queries.length].join())
      throw corrupt(names.file, `gives probabilities of shape ${dims.join('×')}`);
    map.add(place, data);
    onWindow(done + 1);
  }
  return { map: map.finish(), sessionRunMs };
}
