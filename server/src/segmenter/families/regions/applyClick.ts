import type { Vector3 } from '../../../values/affine.js';
import { getBit } from '../../../values/maskBits.js';
import type { Volume } from '../../../values/volume.js';
import type { Block, GridClick } from '../../clickable.js';
import { blockAround, distancesOn, extentOf, flipBits } from './block.js';
import { changeInBlock, type Place } from './changeInBlock.js';
import { depthOf } from './depthOf.js';
import type { RegionsSettings } from './manifest.js';

/**
 * Makes a mask follow one more click, in place. Two fronts compete for the voxels around the click that the mask has in
 * the other state ({@link changeInBlock}): one starts at the click, the other at a distance, beyond which nothing
 * changes. That distance grows with the depth of the click, which is its distance to where the mask differs; it grows
 * further while the change ends where the image shows no border.
 *
 * @param image the volume; voxels may be of any unit
 * @param bits the mask on the volume's grid; changes only inside the returned block
 * @param earlier clicks that the mask follows already; those with the other sign stay as they are
 * @returns the block; undefined if the voxel is as the click says
 */
export function applyClick(
  image: Pick<Volume, 'grid' | 'voxels'>,
  bits: Uint8Array,
  click: GridClick,
  earlier: readonly GridClick[],
  settings: RegionsSettings,
): Block | undefined {
  const { size } = image.grid;
  const { voxel, part } = click;
  if (getBit(bits, indexOf(voxel, size)) === part) return undefined;
  const distances = distancesOn(image.grid);
  const depth = depthOf(bits, voxel, distances, settings.largestReach);
  const least = 3 * Math.max(distances.column, distances.row);
  const first =
    depth === undefined
      ? settings.reachFromNothing
      : Math.max(least, Math.min(depth, maximum(settings)) * settings.reach);
  const most = Math.min(settings.largestReach, depth === undefined ? Infinity : first * settings.mostGrowth);
  const fits = (radius: number) => extentOf(blockAround(voxel, radius, distances)) <= settings.mostVoxels;
  let reach = Math.min(first, most);
  while (!fits(reach) && reach > least) reach /= settings.growth;
  for (;;) {
    const place: Place = {
      ...click,
      block: blockAround(voxel, reach, distances),
      reach,
      depth: Math.min(depth ?? first / settings.reach, reach / settings.reach),
    };
    const { changed, openShare } = changeInBlock(image, bits, place, earlier, distances, settings);
    const next = Math.min(reach * settings.growth, most);
    if (next <= reach || openShare < settings.openBorder || !fits(next)) {
      flipBits(bits, size, place.block, changed);
      return place.block;
    }
    reach = next;
  }
}

const maximum = ({ largestReach, reach }: RegionsSettings): number => largestReach / reach;

const indexOf = ([i, j, k]: Vector3, size: Vector3): number => i + size[0] * (j + size[1] * k);
