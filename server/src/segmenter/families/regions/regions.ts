import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import type { ClickSegmenter } from '../../clickable.js';
import { modalityNotServed } from '../requireServed.js';
import { applyPrompt } from './applyPrompt.js';
import type { RegionsManifest } from './manifest.js';

/** Opens a package of the family 'regions': see {@link applyPrompt}. It has no graphs. */
export function openRegions(manifest: RegionsManifest): ClickSegmenter {
  return {
    async correctByClicks(volume, mask, clicks, { signal, onProgress }, earlier = []) {
      if (!manifest.modalities.some((served) => served === volume.modality))
        throw modalityNotServed(manifest, volume.modality);
      const bits = mask.bits.slice();
      const blocks = [];
      for (const [n, prompt] of clicks.entries()) {
        await stopIfCancelled(signal);
        const before = [...earlier, ...clicks.slice(0, n)];
        blocks.push(applyPrompt(volume, bits, prompt, before, manifest.settings));
        onProgress(n + 1, clicks.length);
      }
      return { mask: { grid: mask.grid, bits }, blocks, executionProvider: 'cpu', notes: [], sessionRunMs: 0 };
    },
    async dispose() {},
  };
}
