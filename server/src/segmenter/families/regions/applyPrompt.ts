import { PromptsegError } from '../../../platform/errors.js';
import type { Volume } from '../../../values/volume.js';
import type { Block, GridPrompt } from '../../clickable.js';
import { blockAroundAll, distancesOn, extentOf, flipBits, indicesIn, type VoxelDistances } from './block.js';
import { changeInBlock, type Place } from './changeInBlock.js';
import type { RegionsSettings } from './manifest.js';
import { depthOfPrompt, differing, squaredDistancesTo } from './prompted.js';

/** A scribble or lasso may need a block of so many times `mostVoxels`, even if little changes around it. */
const mostOfStrokes = 4;

/**
 * Makes a mask follow one more click, scribble or lasso, in place. Two fronts compete for the voxels around it that the
 * mask has in the other state ({@link changeInBlock}): one starts at the voxels that were pointed at, the other at a
 * distance, beyond which nothing changes. That distance grows with the depth of the prompt, which is its distance to
 * where the mask differs; it grows further while the change ends where the image shows no border. In the plane of a
 * lasso nothing competes: exactly the voxels that it encloses change.
 *
 * @param image the volume; voxels may be of any unit
 * @param bits the mask on the volume's grid; changes only inside the returned block
 * @param earlier prompts that the mask follows already; those with the other sign stay as they are
 * @returns the block; undefined if the voxels are as the prompt says
 * @throws PromptsegError `click-unsuitable`: a scribble or lasso spans too much of the images
 */
export function applyPrompt(
  image: Pick<Volume, 'grid' | 'voxels'>,
  bits: Uint8Array,
  prompt: GridPrompt,
  earlier: readonly GridPrompt[],
  settings: RegionsSettings,
): Block | undefined {
  const { size } = image.grid;
  const voxels = differing(prompt, bits, size);
  if (voxels.length === 0) return undefined;
  const distances = distancesOn(image.grid);
  const lasso = 'lasso' in prompt ? prompt.lasso : undefined;
  if (lasso?.throughSlices === false) {
    const block = blockAroundAll(voxels, 0, distances);
    flipBits(bits, size, block, marked(voxels, block, distances));
    return block;
  }

  const depth = depthOfPrompt(prompt, voxels, bits, distances, settings.largestReach);
  const voxel = Math.max(distances.column, distances.row);
  const least = 3 * voxel;
  const first =
    depth === undefined
      ? settings.reachFromNothing
      : Math.max(least, Math.min(depth, maximum(settings)) * settings.reach);
  // The outline of a lasso is a border that the image need not show.
  const most =
    lasso === undefined
      ? Math.min(settings.largestReach, depth === undefined ? Infinity : first * settings.mostGrowth)
      : first;
  const extent = (radius: number) => extentOf(blockAroundAll(voxels, radius, distances));
  const fits = (radius: number) => extent(radius) <= settings.mostVoxels;
  let reach = Math.min(first, most);
  while (!fits(reach) && reach > least) reach /= settings.growth;
  if (!('voxel' in prompt) && extent(reach) > mostOfStrokes * settings.mostVoxels) throw tooLarge(lasso !== undefined);
  for (;;) {
    const block = blockAroundAll(voxels, reach, distances);
    const depthWithin = Math.min(depth ?? first / settings.reach, reach / settings.reach);
    const place: Place = {
      part: prompt.part,
      block,
      own: indicesIn(block, voxels, size),
      squared: squaredDistancesTo(voxels, block, distances),
      reach,
      depth: depthWithin,
      // What is beside a line may be another structure, and an outline is meant as it is drawn.
      near: 'voxel' in prompt ? Math.max(settings.ball * depthWithin, voxel) : lasso === undefined ? voxel : 0,
      lasso,
    };
    const { changed, openShare } = changeInBlock(image, bits, place, earlier, distances, settings);
    const next = Math.min(reach * settings.growth, most);
    if (next <= reach || openShare < settings.openBorder || !fits(next)) {
      flipBits(bits, size, block, changed);
      return block;
    }
    reach = next;
  }
}

const maximum = ({ largestReach, reach }: RegionsSettings): number => largestReach / reach;

/** 1 in the block at the voxels. */
function marked(voxels: Uint32Array, block: Block, { size }: VoxelDistances): Uint8Array {
  const marks = new Uint8Array(extentOf(block));
  for (const n of indicesIn(block, voxels, size)) marks[n] = 1;
  return marks;
}

const tooLarge = (isLasso: boolean): PromptsegError =>
  new PromptsegError(
    'click-unsuitable',
    isLasso
      ? 'The lasso encloses too much of the images: draw a smaller one.'
      : 'The scribble spans too much of the images: draw shorter ones.',
  );
