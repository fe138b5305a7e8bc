import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fromAxes, type Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { diceOfBits, emptyBits, setBit } from '../values/maskBits.js';
import { surfaceAgreement } from './surfaceAgreement.js';

interface Ellipsoid {
  readonly centre: Vector3;
  readonly radii: Vector3;
  readonly hollow: boolean;
}
interface Reference {
  readonly size: Vector3;
  readonly spacing: Vector3;
  readonly a: Ellipsoid;
  readonly b: Ellipsoid;
  readonly toleranceMm: number;
  readonly dice: number;
  readonly surfaceDice: number;
  readonly meanDistanceMm: number;
  readonly distance95Mm: number;
}

/** Made with MONAI by testing/surfaces_with_monai.py. */
const references: readonly Reference[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'testing/surfacesOfMonai.json'), 'utf8'),
);

const gridOf = (size: Vector3, [x, y, z]: Vector3): Grid => ({
  size,
  voxelToLps: fromAxes([x, 0, 0], [0, y, 0], [0, 0, z], [-31, 7, 400]),
});

function ellipsoid({ size, spacing }: Reference, { centre, radii, hollow }: Ellipsoid): Uint8Array {
  const bits = emptyBits(size[0] * size[1] * size[2]);
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++) {
        const squared = [i, j, k].reduce(
          (sum, index, axis) => sum + (((index - centre[axis]!) * spacing[axis]!) / radii[axis]!) ** 2,
          0,
        );
        if (squared <= 1 && !(hollow && squared <= 0.25)) setBit(bits, i + size[0] * (j + size[1] * k));
      }
  return bits;
}

describe('surfaceAgreement', () => {
  it.each(references)('agrees with MONAI: $size at $spacing mm, tolerance $toleranceMm mm', (reference) => {
    const [a, b] = [ellipsoid(reference, reference.a), ellipsoid(reference, reference.b)];
    const grid = gridOf(reference.size, reference.spacing);
    expect(diceOfBits(a, b)).toBeCloseTo(reference.dice, 10);
    // MONAI computes in single precision.
    const agreement = surfaceAgreement(a, b, grid, reference.toleranceMm);
    expect(agreement.withinTolerance).toBeCloseTo(reference.surfaceDice, 6);
    expect(agreement.meanMm).toBeCloseTo(reference.meanDistanceMm, 4);
    expect(agreement.percentile95Mm).toBeCloseTo(reference.distance95Mm, 4);
  });

  it('is compared at informative figures', () => {
    expect(references.filter(({ surfaceDice }) => surfaceDice > 0.05 && surfaceDice < 0.95).length).toBeGreaterThan(5);
  });

  it('is 0 where one mask is empty and 1 where both are, without a distance', () => {
    const grid = gridOf([4, 4, 4], [1, 1, 1]);
    const [empty, one] = [emptyBits(64), emptyBits(64)];
    setBit(one, 21);
    expect(surfaceAgreement(empty, one, grid, 5)).toEqual({ withinTolerance: 0 });
    expect(surfaceAgreement(one, empty, grid, 5)).toEqual({ withinTolerance: 0 });
    expect(surfaceAgreement(empty, empty, grid, 5)).toEqual({ withinTolerance: 1 });
  });
});
