/** How well a model that takes boxes marks a structure whose truth is known. */
import { diceOfBits, emptyBits, getBit } from '../../server/dist/values/maskBits.js';
import { unionOf } from './unionOf.mjs';

/** @typedef {import('../../server/dist/segmenter/promptable.js').BoxSegmenter} BoxSegmenter */
/** @typedef {import('../../server/dist/segmenter/promptable.js').GridBox} GridBox */
/** @typedef {import('../../server/dist/values/volume.js').EvenVolume} EvenVolume */

/** Voxels by which a box is larger than the truth, on every side. */
const margin = 2;
const options = { signal: new AbortController().signal, onProgress: () => undefined };

/**
 * Boxes are drawn around the truth on axial slices, each side of a paired structure apart. Gives the Dice coefficient
 * with a box on every slice that shows the structure (`eachSlice`; `boxes` is their number), and with one box a side,
 * on the slice where it is largest, from which the model goes on (`followed`).
 *
 * @param {BoxSegmenter} segmenter
 * @param {EvenVolume} volume
 * @param {readonly Uint8Array[]} sides the truth, one mask for each side
 */
export async function boxesOfTruth(segmenter, volume, sides) {
  const { size } = volume.grid;
  const truth = unionOf(sides);
  const extents = sides.map((side) => extentsOf(side, size));
  const everywhere = extents.flat().map((extent) => boxAround(extent, size, [extent.slice, extent.slice]));
  const once = extents
    .flatMap((each) => each.toSorted((a, b) => b.area - a.area).slice(0, 1))
    .map((largest) => boxAround(largest, size, [0, size[2] - 1]));
  return {
    boxes: everywhere.length,
    eachSlice: diceOfBits(truth, await marked(segmenter, volume, everywhere)),
    followed: diceOfBits(truth, await marked(segmenter, volume, once)),
  };
}

/**
 * What is marked in any of the boxes.
 * @param {BoxSegmenter} segmenter
 * @param {EvenVolume} volume
 * @param {readonly GridBox[]} boxes
 */
async function marked(segmenter, volume, boxes) {
  let bits = emptyBits(volume.voxels.length);
  for (const box of boxes) {
    const { outcomes } = await segmenter.segmentBoxes(volume, [box], options);
    bits = unionOf([bits, ...outcomes.map(({ mask }) => mask.bits)]);
  }
  return bits;
}

/**
 * Of every axial slice with set bits.
 * @param {Uint8Array} bits
 * @param {readonly [number, number, number]} size
 */
function extentsOf(bits, [columns, rows, slices]) {
  const extents = [];
  for (let slice = 0, n = 0; slice < slices; slice++) {
    const extent = { slice, area: 0, left: columns, right: -1, top: rows, bottom: -1 };
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, n++) {
        if (!getBit(bits, n)) continue;
        extent.area++;
        extent.left = Math.min(extent.left, column);
        extent.right = Math.max(extent.right, column);
        extent.top = Math.min(extent.top, row);
        extent.bottom = row;
      }
    if (extent.area > 0) extents.push(extent);
  }
  return extents;
}

/**
 * @param {ReturnType<typeof extentsOf>[number]} extent
 * @param {readonly [number, number, number]} size
 * @param {readonly [number, number]} range the slices that may be marked
 * @returns {GridBox}
 */
function boxAround({ slice, left, right, top, bottom }, [columns, rows], [first, last]) {
  return {
    across: 2,
    plane: slice,
    least: [Math.max(0, left - margin), Math.max(0, top - margin), first],
    greatest: [Math.min(columns - 1, right + margin), Math.min(rows - 1, bottom + margin), last],
  };
}
