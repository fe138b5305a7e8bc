import { describe, expect, it } from '@jest/globals';
import type { UsedRegistration } from '#contract/registration.js';
import {
  type Affine,
  apply,
  column,
  fromAxes,
  identity,
  invert,
  multiply,
  norm,
  subtract,
  type Vector3,
} from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { bestStart } from './bestStart.js';
import { coarseImage } from './coarseImage.js';
import { registerWithElastix } from './elastix.js';
import { bodyAt, gridAround, imageOf, motion, otherAt, type TestVolume } from './movedBody.testSupport.js';
import { registerRigidly } from './registerRigidly.js';

const register = (now: TestVolume, before: TestVolume) => registerRigidly(coarseImage(now), coarseImage(before));

/** From the frame of reference of the later images to that of the earlier ones, which are the body's. */
const [axis, degrees, shift]: [Vector3, number, Vector3] = [[0.6, 0, 0.8], 9, [14, -11, 130]];
const truth = motion(degrees, axis, shift);
const before = imageOf(bodyAt, gridAround([0, 0, 0], [40, 30, 48], [4, 4, 4]), identity);
/** Around the body in the later frame of reference. */
const centreNow = apply(invert(truth), [0, 0, 0]);
const now = imageOf(bodyAt, gridAround(centreNow, [42, 32, 26], [4, 4, 8]), truth);

/** The largest distance between where the registration and the truth lead, of places all over the body, mm. */
function errorOf({ nowToBefore }: UsedRegistration, toBefore: Affine): number {
  const places = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z): Vector3 => [50 * x, 35 * y, 60 * z])));
  const distances = places.map((place) => {
    const later = apply(invert(toBefore), place);
    return norm(subtract(apply(nowToBefore as unknown as Affine, later), place));
  });
  return Math.max(...distances);
}

async function used(later: TestVolume, earlier: TestVolume): Promise<UsedRegistration> {
  const registration = await register(later, earlier);
  if (registration.status !== 'used') throw new Error(registration.text);
  return registration;
}

describe('a rigid registration', () => {
  it('recovers a turn and a shift to a millimetre, says how large they are, and is the same each time', async () => {
    const registration = await used(now, before);
    expect(errorOf(registration, truth)).toBeLessThan(1);
    expect(Math.abs(registration.turnedDegrees - degrees)).toBeLessThan(0.5);
    const moved = norm(subtract(apply(truth, centreNow), centreNow));
    expect(Math.abs(registration.shiftedMm - moved)).toBeLessThan(3);
    expect(registration.text).toMatch(/rigid registration .*\(turned \d\.\d degrees, shifted 1\d\d mm\)\.$/);
    const images = [coarseImage(now), coarseImage(before)] as const;
    const again = await registerWithElastix(...images, column(bestStart(...images)!.nowToBefore, 3));
    expect([...again]).toEqual(registration.nowToBefore);
  });

  it('works on sheared and left-handed grids, on a part of the other series, and in another unit', async () => {
    // The upper part, with a gantry tilted by 12 degrees.
    const upper = gridAround(apply(invert(truth), [0, 0, 40]), [42, 32, 24], [4, 4, 4]);
    const { size, voxelToLps: m } = upper;
    const sheared: Grid = {
      size,
      voxelToLps: [m[0], m[1], m[2], m[3], m[4], m[5], -0.85, m[7] + 10, ...m.slice(8)] as unknown as Affine,
    };
    const leftHanded = { ...before.grid, voxelToLps: fromLeftToRight(before.grid) };
    // Bright fluid, dark bone.
    const signal = (place: Vector3): number => {
      const value = bodyAt(place);
      return value < -700 ? 12 : 400 - value / 4;
    };
    const magnet = (grid: Grid, toBody: Affine) => imageOf(signal, grid, toBody, 'arbitrary');
    const registration = await used(magnet(sheared, truth), magnet(leftHanded, identity));
    expect(errorOf(registration, truth)).toBeLessThan(2);
  });

  it('is not used where the images are of something else, or mirrored', async () => {
    expect(await register(imageOf(otherAt, now.grid, truth), before)).toMatchObject({ reason: 'not-alike' });
    const mirror = multiply(fromAxes([-1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]), truth);
    expect(await register(imageOf(bodyAt, now.grid, mirror), before)).toMatchObject({ reason: 'mirrored' });
  });

  it.each([
    ['of air only', () => -1000, now.grid],
    ['of one value', () => 40, now.grid],
    ['of a few slices', bodyAt, { ...now.grid, size: [42, 32, 3] }],
  ] as const)('is not tried on images %s', async (_, valueAt, grid) => {
    const little = imageOf(valueAt, grid, truth);
    expect(await register(little, before)).toMatchObject({ status: 'not-used', reason: 'shows-too-little' });
    expect(await register(before, little)).toMatchObject({ reason: 'shows-too-little' });
  });
});

/** The same places, with columns that run from the patient's left to his right. */
function fromLeftToRight({ size, voxelToLps }: Grid): Affine {
  return multiply(voxelToLps, fromAxes([-1, 0, 0], [0, 1, 0], [0, 0, 1], [size[0] - 1, 0, 0]));
}
