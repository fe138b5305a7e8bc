import type { Vector3 } from '../../../values/affine.js';
import type { Grid } from '../../../values/grid.js';
import { dilateCells, erodeCells } from '../boxMorphology.js';
import { findAirways } from './airways.js';
import { findBody } from './body.js';
import { boneLevels, findBones } from './bones.js';
import { boundingBox, cropArray } from './boxes.js';
import { cropTissues, reduceTissues } from './coarseTissues.js';
import { findLungFields } from './lungFields.js';
import { findLungs } from './lungs.js';
import type { RegionName, TissueRegionsManifest } from './manifest.js';
import { findOtherAir } from './otherAir.js';
import { tissueCodes } from './tissueCodes.js';
import { describeTorso, type Torso } from './torso.js';

/**
 * Each region as a support level per coarse cell: 0 outside. The manifest states for each target which tissues count at
 * levels 1, 2, ….
 *
 * | region | level 1 | level 2 | level 3 |
 * |---|---|---|---|
 * | body | at the skin | inside | |
 * | leftLung, rightLung | at the border | inside | |
 * | airways | lumen and its border | | |
 * | otherAir | bubble and its border | | |
 * | bone | bone and its border | between bone | fatty marrow |
 * | fat | body without lung and marrow | | |
 * | softTissue | away from bone | at bone's border | between bone |
 * | metal | around metal | | |
 */
export interface Regions {
  readonly support: Readonly<Record<RegionName, Uint8Array>>;
  readonly size: Vector3;
  /** Voxels per cell along each axis, and the block (in cells of the fine grid) that cell (0, 0, 0) covers. */
  readonly factors: Vector3;
  readonly first: Vector3;
  readonly notes: readonly string[];
}

/**
 * Finds all regions for every request, so that a target's mask never depends on other targets.
 *
 * @param tissues code per voxel of `grid`
 * @returns undefined if there is no body in the image
 */
export function findRegions(
  tissues: Uint8Array,
  grid: Grid,
  { tissues: names, operations }: Pick<TissueRegionsManifest, 'tissues' | 'operations'>,
): Regions | undefined {
  const codes = tissueCodes(names);
  const coarse = reduceTissues(tissues, grid, operations.coarseGrid.edgeMm);
  const wholeBody = findBody(coarse, codes, operations.body);
  const box = boundingBox(wholeBody, coarse.grid.size, 2);
  if (box === undefined) return undefined;
  const torso = describeTorso(cropTissues(coarse, box), codes, cropArray(wholeBody, coarse.grid.size, box));

  const airways = findAirways(torso, findLungFields(torso, torso.air, operations.lungs), operations.airways);
  const lungs = findLungs(torso, airways, operations.lungs);
  const lungSupport = bordersOfLungs(torso, lungs.left, lungs.right);
  const airwaySupport = bordersOfAirways(torso, airways, lungSupport);
  const taken = airwaySupport.map((value, n) => value | lungSupport.left[n]! | lungSupport.right[n]!);
  const otherAir = findOtherAir(torso, taken, operations.otherAir);
  const bone = findBones(torso, operations.bone);
  const body = bodySupport(torso);
  return {
    support: {
      body,
      leftLung: lungSupport.left,
      rightLung: lungSupport.right,
      airways: airwaySupport,
      otherAir,
      bone,
      ...fatAndSoftTissue(body, lungSupport.left, lungSupport.right, bone),
      metal: metalSupport(torso),
    },
    size: torso.grid.size,
    factors: coarse.factors,
    first: torso.tissues.first,
    notes: lungs.cutAtMidline
      ? ['The lungs touch over a large area: they were separated at the plane through the middle of the body.']
      : [],
  };
}

function bodySupport({ body, grid }: Torso): Uint8Array {
  const inside = erodeCells(body, grid.size, [1, 1, 1]);
  const support = dilateCells(body, grid.size, [1, 1, 1]);
  for (let n = 0; n < support.length; n++) support[n]! += inside[n]!;
  return support;
}

/**
 * A border of one cell on both sides of each lung's surface. A cell in the borders of both lungs goes to the lung that
 * contains it, or to the left one.
 */
function bordersOfLungs(
  { body, grid }: Torso,
  leftLung: Uint8Array,
  rightLung: Uint8Array,
): { left: Uint8Array; right: Uint8Array } {
  const [left, right] = [leftLung, rightLung].map((lung) => {
    const inside = erodeCells(lung, grid.size, [1, 1, 1]);
    return dilateCells(lung, grid.size, [1, 1, 1]).map((value, n) => (body[n] === 0 ? 0 : value + inside[n]!));
  }) as [Uint8Array, Uint8Array];
  for (let n = 0; n < body.length; n++) {
    if (left[n] === 0 || right[n] === 0) continue;
    if (rightLung[n] !== 0) left[n] = 0;
    else right[n] = 0;
  }
  return { left, right };
}

/**
 * The lumen, the cells around it, and unclaimed air one cell further, where the lumen's gas, averaged with its wall,
 * looks denser. A cell belongs either to the airways or to a lung: inside a lung to the lung, at its border to the
 * airways.
 */
function bordersOfAirways(
  { body, air, grid }: Torso,
  lumen: Uint8Array | undefined,
  lungs: { readonly left: Uint8Array; readonly right: Uint8Array },
): Uint8Array {
  const support = new Uint8Array(body.length);
  if (lumen === undefined) return support;
  const border = dilateCells(lumen, grid.size, [1, 1, 1]);
  const beyond = dilateCells(border, grid.size, [1, 1, 1]);
  for (let n = 0; n < support.length; n++) {
    if (beyond[n] === 0 || body[n] === 0) continue;
    const lung = Math.max(lungs.left[n]!, lungs.right[n]!);
    if (lumen[n] === 0 && (lung === 2 || (border[n] === 0 && (lung === 1 || air[n] === 0)))) continue;
    support[n] = 1;
    lungs.left[n] = 0;
    lungs.right[n] = 0;
  }
  return support;
}

function fatAndSoftTissue(body: Uint8Array, leftLung: Uint8Array, rightLung: Uint8Array, bone: Uint8Array) {
  const fat = new Uint8Array(body.length);
  const softTissue = new Uint8Array(body.length);
  for (let n = 0; n < body.length; n++) {
    if (body[n] === 0 || leftLung[n] === 2 || rightLung[n] === 2 || bone[n] === boneLevels.marrow) continue;
    fat[n] = 1;
    softTissue[n] = bone[n] === boneLevels.between ? 3 : bone[n] === boneLevels.beside ? 2 : 1;
  }
  return { fat, softTissue };
}

function metalSupport({ tissues, codes, body, grid }: Torso): Uint8Array {
  const seeds = body.map((value, n) => (value !== 0 && tissues.highest[n]! >= codes.metal ? 1 : 0));
  return dilateCells(seeds, grid.size, [1, 1, 1]);
}
