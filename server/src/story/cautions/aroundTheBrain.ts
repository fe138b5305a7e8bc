import type { Caution } from '#contract/caution.js';
import { withinSkull } from '../../prompts/bodyParts.js';
import { column, norm } from '../../values/affine.js';
import type { Mask } from '../../values/mask.js';
import type { Volume } from '../../values/volume.js';
import { bodyAcross } from './bodyAcross.js';

/**
 * Cautions if the image around a mask shows that it is not a structure of the brain: in CT no bone around it, in CT and
 * MR a body wider than any head. Needs no network, so it works for every model. Reported only if certain: a head that
 * is cropped, opened by surgery or imaged in part gets no caution.
 *
 * @param code of the target's type
 */
export function cautionsAroundTheBrain(code: string, mask: Mask, volume: Volume): Caution[] {
  if (!withinSkull.has(code)) return [];
  const share = volume.unit === 'HU' ? partWithinBone(mask, volume) : undefined;
  if (share !== undefined && share < leastWithinBone)
    return [
      {
        code: 'no-bone-around',
        text: `Bone is around only ${Math.round(100 * share)} % of it: this does not look like the inside of a skull.`,
        share,
      },
    ];
  const { widthMm } = bodyAcross(mask, volume) ?? { widthMm: 0 };
  if (widthMm <= widestHeadMm) return [];
  return [{ code: 'body-too-wide', text: `The body is ${widthMm} mm wide around it, wider than any head.`, widthMm }];
}

/**
 * In real head CT, bone was hit in 99 % of the directions or more; in chest and abdomen in 10 to 66 %, in one liver
 * slab in 79 %, where the width decides. In between are skulls with a part removed by surgery.
 */
const leastWithinBone = 0.6;
const boneHU = 250;
/** From the centre of a brain on a slice to the skull it is at most 100 mm. */
const reachMm = 115;
const [slicesLookedAt, directions] = [12, 72];

/**
 * The fraction of in-plane directions, from the centre of the mask on each slice, in which a ray hits bone. Directions
 * that leave the image first are not counted.
 * @returns undefined if most of them do
 */
function partWithinBone(mask: Mask, { grid, voxels }: Volume): number | undefined {
  const [columns, rows] = grid.size;
  const [alongRow, alongColumn] = [norm(column(grid.voxelToLps, 0)), norm(column(grid.voxelToLps, 1))];
  const stepMm = Math.min(alongRow, alongColumn);
  const middles = middlesOfSlices(mask);
  const every = Math.max(1, Math.floor(middles.length / slicesLookedAt));
  let [met, notMet, left] = [0, 0, 0];
  for (const { i, j, k } of middles.filter((_, n) => n % every === 0))
    for (let n = 0; n < directions; n++) {
      const angle = (2 * Math.PI * n) / directions;
      const [di, dj] = [(Math.cos(angle) * stepMm) / alongRow, (Math.sin(angle) * stepMm) / alongColumn];
      let [steps, isInside, isBone] = [0, true, false];
      while (isInside && !isBone && steps * stepMm < reachMm) {
        steps++;
        const [column, row] = [Math.round(i + steps * di), Math.round(j + steps * dj)];
        isInside = column >= 0 && row >= 0 && column < columns && row < rows;
        isBone = isInside && voxels[column + columns * (row + rows * k)]! >= boneHU;
      }
      if (isBone) met++;
      else if (isInside) notMet++;
      else left++;
    }
  return met + notMet > left ? met / (met + notMet) : undefined;
}

/** The centre of the mask on each slice that it touches, in voxels. */
function middlesOfSlices({ grid: { size }, bits }: Mask) {
  const [columns, rows, slices] = size;
  const middles: { readonly i: number; readonly j: number; readonly k: number }[] = [];
  for (let k = 0; k < slices; k++) {
    let [count, sumI, sumJ] = [0, 0, 0];
    const [begin, end] = [k * columns * rows, (k + 1) * columns * rows];
    for (let n = begin; n < end; n++) {
      // Most bytes of a mask are empty.
      const byte = bits[n >>> 3]! >>> (n & 7);
      if (byte === 0) n |= 7;
      else if ((byte & 1) === 1) {
        count++;
        sumI += (n - begin) % columns;
        sumJ += Math.floor((n - begin) / columns);
      }
    }
    if (count > 0) middles.push({ i: sumI / count, j: sumJ / count, k });
  }
  return middles;
}

/** Anything wider is a trunk: real heads were up to 180 mm wide in MR, trunks 350 to 450 mm in CT. */
const widestHeadMm = 250;
