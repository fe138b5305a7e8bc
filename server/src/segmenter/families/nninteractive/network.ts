import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import type { Volume } from '../../../values/volume.js';
import type { Graph } from '../../onnxRuntime.js';
import type { Brightness } from './brightness.js';
import type { BallVoxel } from './clickBall.js';
import type { NninteractiveManifest } from './manifest.js';
import { showClicks, type WeightedClick } from './seenClicks.js';
import { showImage } from './seenImage.js';
import type { View } from './view.js';

export interface PromptedClick extends WeightedClick {
  readonly part: boolean;
}

/** The network before one volume. */
export interface Network {
  /**
   * What it marks in a view.
   *
   * @param showMask writes the mask so far, one value per voxel of the window
   * @returns 0 or 1 for each voxel of the window, columns fastest
   * @throws PromptsegError `cancelled`
   */
  mark(view: View, clicks: readonly PromptedClick[], showMask: (target: Float32Array) => void): Promise<Uint8Array>;
  /** Time in the graph so far, in ms. */
  readonly sessionRunMs: number;
}

interface Seen {
  readonly manifest: NninteractiveManifest;
  readonly graph: Graph;
  readonly ball: readonly BallVoxel[];
  readonly volume: Volume;
  readonly brightness: Brightness;
  readonly signal: AbortSignal;
}

export function networkBefore({ manifest, graph, ball, volume, brightness, signal }: Seen): Network {
  const { window, channels } = manifest;
  const { file: _, input, output } = manifest.graph;
  const voxels = window[0] * window[1] * window[2];
  const [columns, rows, slices] = window;
  // 226 MB for a window of 192³: one array for all runs.
  const data = new Float32Array((1 + channels.count) * voxels);
  const image = data.subarray(0, voxels);
  const channel = (n: number): Float32Array => data.subarray((1 + n) * voxels, (2 + n) * voxels);
  let sessionRunMs = 0;
  return {
    get sessionRunMs() {
      return sessionRunMs;
    },
    async mark(view, clicks, showMask) {
      await stopIfCancelled(signal);
      showImage(image, volume, brightness, view);
      showMask(channel(channels.mask));
      for (const [n, part] of [true, false].entries()) {
        const target = channel(channels.clicks[n]!).fill(0);
        const ofKind = clicks.filter((click) => click.part === part);
        showClicks(target, ofKind, ball, view, volume.grid.size);
      }
      const started = performance.now();
      const logits = await graph.run(
        { [input]: { data, dims: [1, 1 + channels.count, slices, rows, columns] } },
        output,
      );
      sessionRunMs += performance.now() - started;
      const marked = new Uint8Array(voxels);
      for (let n = 0; n < voxels; n++) if (logits.data[n]! > 0) marked[n] = 1;
      return marked;
    },
  };
}
