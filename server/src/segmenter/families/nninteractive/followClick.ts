import type { Vector3 } from '../../../values/affine.js';
import type { Block } from '../../clickable.js';
import { dilateCells, erodeCells } from '../boxMorphology.js';
import { copyCells, cutBits, extentOf, hullOf, map, overlapOf, pasteBits, wholeOf } from './blocks.js';
import { changesAtBorder } from './borderChange.js';
import { enlargeMask } from './enlargeMask.js';
import type { NninteractiveManifest } from './manifest.js';
import type { Network, PromptedClick } from './network.js';
import { refinementWindows } from './refinementWindows.js';
import { nearestIn, showMask } from './seenMask.js';
import { type View, viewAround } from './view.js';

export interface Following {
  readonly network: Network;
  readonly manifest: NninteractiveManifest;
  /** Of the volume. */
  readonly size: Vector3;
}

/**
 * Makes a mask follow its newest click, in place, in the steps of `_predict` of nnInteractive. The network sees a
 * window around the click. While its mask changes at the border of that window, it is shown more voxels at a lower
 * resolution. What has changed then is marked again in windows of the source's own voxels, one after another, each with
 * the mask of those before.
 *
 * @param clicks all so far, the newest last
 * @returns the voxels that may have changed
 * @throws PromptsegError `cancelled`
 */
export async function followClick(
  bits: Uint8Array,
  clicks: readonly PromptedClick[],
  following: Following,
): Promise<Block> {
  const { network, manifest, size } = following;
  const { window } = manifest;
  const { growth, most, change } = manifest.zoom;
  const { voxel } = clicks.at(-1)!;
  let zoom = 1;
  for (;;) {
    const view = viewAround(voxel, window, zoom);
    const marked = await network.mark(view, clicks, (target) => showMask(target, bits, size, view));
    const grows = changesAtBorder(marked, nearestIn(bits, size, view), window, change);
    if (grows && zoom < most) {
      zoom = Math.min(most, zoom * growth);
      continue;
    }
    if (zoom > 1) return refine(bits, clicks, view, marked, following);
    pasteBits(bits, size, view.block, marked);
    return overlapOf(view.block, wholeOf(size))!;
  }
}

async function refine(
  bits: Uint8Array,
  clicks: readonly PromptedClick[],
  view: View,
  marked: Uint8Array,
  { network, manifest, size }: Following,
): Promise<Block> {
  const { window, refinement } = manifest;
  // The click is in the image, so some of the view is.
  const seen = overlapOf(view.block, wholeOf(size))!;
  const coarse = enlargeMask(marked, view, seen);
  const changed = refinementWindows(
    changes(bits, size, seen, coarse, refinement.opening),
    seen.size,
    window,
    refinement,
  );
  const windows = changed.map((block) => ({
    ...block,
    first: map((axis) => block.first[axis] + seen.first[axis]),
  }));
  const [first = viewAround(clicks.at(-1)!.voxel, window, 1).block, ...others] = windows;
  const all = [first, ...others] as const;

  // The coarse mask is only what the windows see around them: it is not kept between them.
  const hull = hullOf(all);
  const cells = cutBits(bits, size, hull);
  copyCells(coarse, seen, cells, hull);
  for (const block of all) {
    const refined = await network.mark({ block, window, zoom: 1 }, clicks, (target) =>
      target.set(cellsOf(cells, hull, block)),
    );
    copyCells(refined, block, cells, hull);
  }
  for (const block of all) pasteBits(bits, size, block, cellsOf(cells, hull, block));
  return overlapOf(hull, wholeOf(size))!;
}

/** Where a mask and the coarse one differ, without what is thinner than the opening. */
function changes(bits: Uint8Array, size: Vector3, seen: Block, coarse: Uint8Array, opening: number): Uint8Array {
  const changed = cutBits(bits, size, seen);
  for (let n = 0; n < changed.length; n++) changed[n]! ^= coarse[n]!;
  const reach: Vector3 = [opening, opening, opening];
  return dilateCells(erodeCells(changed, seen.size, reach), seen.size, reach);
}

function cellsOf(cells: Uint8Array, hull: Block, block: Block): Uint8Array {
  const part = new Uint8Array(extentOf(block));
  copyCells(cells, hull, part, block);
  return part;
}
