import { describe, expect, it } from '@jest/globals';
import { makeVolume } from '../../results/syntheticSegments.js';
import { fromAxes } from '../../values/affine.js';
import { emptyBits, setBit } from '../../values/maskBits.js';
import type { Volume } from '../../values/volume.js';
import { cautionsAroundTheBrain } from './aroundTheBrain.js';

const [brain, hippocampus, liver] = ['12738006', '5366008', '10200004'];

/** An axial stack of voxels of 5 mm, 400 × 300 × 60 mm; `valueAt` takes mm from the middle. */
const [columns, rows, slices, step] = [80, 60, 12, 5];
const grid = {
  size: [columns, rows, slices],
  voxelToLps: fromAxes([step, 0, 0], [0, step, 0], [0, 0, step], [-200, -150, 0]),
} as const;

function imageOf(unit: Volume['unit'], valueAt: (x: number, y: number) => number): Volume {
  const voxels = new Int16Array(columns * rows * slices);
  for (let n = 0; n < voxels.length; n++)
    voxels[n] = valueAt(step * (n % columns) - 200, step * (Math.floor(n / columns) % rows) - 150);
  return makeVolume(grid, { voxels, unit, modality: unit === 'HU' ? 'CT' : 'MR' });
}

/** A cylinder around the middle, 50 mm across. */
function middle() {
  const bits = emptyBits(columns * rows * slices);
  for (let n = 0; n < columns * rows * slices; n++)
    if (Math.hypot(step * (n % columns) - 200, step * (Math.floor(n / columns) % rows) - 150) < 50) setBit(bits, n);
  return { grid, bits };
}

/** Half axes in mm of an ellipse: below 1 inside. */
const ellipse = (x: number, y: number, a: number, b: number) => Math.hypot(x / a, y / b);

/** A head of 150 × 190 mm in CT, with a skull of 10 mm, open where `isOpen` says; `airHU` around it. */
const headCT = (isOpen: (x: number, y: number) => boolean = () => false) =>
  imageOf('HU', (x, y) => {
    const [outer, inner] = [ellipse(x, y, 75, 95), ellipse(x, y, 65, 85)];
    if (outer > 1) return -1000;
    return inner > 1 && !isOpen(x, y) ? 900 : 35;
  });
/** A trunk of 360 × 220 mm with a spine behind, and a table of two thin plates. */
const trunkCT = imageOf('HU', (x, y) => {
  if (Math.hypot(x, y - 80) < 20) return 500;
  if (ellipse(x, y, 180, 110) < 1) return 50;
  return Math.abs(y - 140) < 4 ? -100 : -1000;
});
const mr = (a: number, b: number, noise = 5) =>
  imageOf('arbitrary', (x, y) => (ellipse(x, y, a, b) < 1 ? 400 : ((7 * x + 13 * y) & 15) < noise ? 30 : 0));

const cautionsOf = (volume: Volume, code = brain) =>
  cautionsAroundTheBrain(code!, middle(), volume).map(({ text }) => text);

describe('a brain', () => {
  it.each([
    ['in a head CT', headCT()],
    ['in a head CT whose skull is open at the side', headCT((x, y) => x > 40 && Math.abs(y) < 60)],
    ['in a head MR', mr(75, 95)],
    ['in a head MR on a noisy background', mr(75, 95, 16)],
    ['in PET', { ...trunkCT, unit: 'SUVbw', modality: 'PT' } as const],
  ])('%s: nothing speaks against it', (_, volume) => {
    expect(cautionsOf(volume)).toEqual([]);
    expect(cautionsOf(volume, hippocampus)).toEqual([]);
  });

  it('in the trunk in CT: bone is not around it', () => {
    expect(cautionsOf(trunkCT)).toEqual([expect.stringMatching(/^Bone is around only \d+ % of it/)]);
    expect(cautionsOf(trunkCT, hippocampus)).toHaveLength(1);
  });

  it('in a body of bone all around in CT, or in MR: it is wider than a head', () => {
    const ringed = imageOf('HU', (x, y) =>
      Math.abs(ellipse(x, y, 100, 100) - 1) < 0.1 ? 700 : ellipse(x, y, 180, 110) < 1 ? 50 : -1000,
    );
    for (const volume of [ringed, mr(180, 110)])
      expect(cautionsOf(volume)).toEqual([expect.stringMatching(/^The body is 3\d\d mm wide around it/)]);
  });

  it('in a field of view that cuts the skull off: nothing is known', () => {
    const size = [24, 24, slices] as const;
    const voxelToLps = fromAxes([step, 0, 0], [0, step, 0], [0, 0, step], [-60, -60, 0]);
    const voxels = new Int16Array(24 * 24 * slices).fill(35);
    const bits = emptyBits(voxels.length).fill(255);
    const part = makeVolume({ size, voxelToLps }, { voxels, unit: 'HU', modality: 'CT' });
    expect(cautionsAroundTheBrain(brain!, { grid: part.grid, bits }, part)).toEqual([]);
  });
});

it('what is in no skull is not looked at', () => expect(cautionsOf(trunkCT, liver)).toEqual([]));
