import { availableMemory } from '../../../platform/availableMemory.js';
import type { Volume } from '../../../values/volume.js';
import type { ClickSegmenter } from '../../clickable.js';
import { refuseBeyond } from '../../memoryEstimate.js';
import { onlyClicks } from '../../onlyClicks.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import { modalityNotServed } from '../requireServed.js';
import { type Brightness, brightnessOf } from './brightness.js';
import { clickBall } from './clickBall.js';
import { followClick } from './followClick.js';
import type { NninteractiveManifest } from './manifest.js';
import { memoryNeeded } from './memoryNeeded.js';
import { networkBefore } from './network.js';

/**
 * Opens a model of the family 'nninteractive': a network that marks a structure in 3-D from an image, the mask so far
 * and all clicks, each click less the older it is. It works on the source's own voxels, whatever their size and
 * orientation. Every click is followed ({@link followClick}), also where the mask is as it says.
 *
 * @param bytesAvailable called before the first click of a request
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openNninteractive(
  manifest: NninteractiveManifest,
  runtime: GraphRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<ClickSegmenter> {
  const graph = await runtime.open(manifest.graph.file);
  const ball = clickBall(manifest.clicks.radius);
  const brightness = rememberBrightness();
  return {
    async correctByClicks(volume, mask, prompts, { signal, onProgress }, before = []) {
      const [clicks, earlier] = [onlyClicks(prompts), onlyClicks(before)];
      if (!manifest.modalities.some((served) => served === volume.modality))
        throw modalityNotServed(manifest, volume.modality);
      refuseBeyond(await bytesAvailable(), memoryNeeded(manifest, volume, runtime.deviceBytes), manifest);
      const bits = mask.bits.slice();
      const network = networkBefore({ manifest, graph, ball, volume, brightness: brightness(volume), signal });
      const blocks = [];
      for (const n of clicks.keys()) {
        const all = [...earlier, ...clicks.slice(0, n + 1)];
        const weighted = all.map((click, m) => ({ ...click, weight: manifest.clicks.decay ** (all.length - 1 - m) }));
        blocks.push(await followClick(bits, weighted, { network, manifest, size: volume.grid.size }));
        onProgress(n + 1, clicks.length);
      }
      return {
        mask: { grid: mask.grid, bits },
        blocks,
        executionProvider: runtime.executionProvider,
        notes: runtime.notes,
        sessionRunMs: network.sessionRunMs,
      };
    },
    dispose: () => graph.release(),
  };
}

/** Keeps that of the last volume: computing it takes two passes over all voxels. */
function rememberBrightness(): (volume: Volume) => Brightness {
  let last: { readonly voxels: object; readonly brightness: Brightness } | undefined;
  return (volume) => {
    if (last?.voxels !== volume.voxels) last = { voxels: volume.voxels, brightness: brightnessOf(volume) };
    return last.brightness;
  };
}
