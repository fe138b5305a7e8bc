import { describe, expect, it } from '@jest/globals';
import { makeTarget, makeVolume } from '../../results/syntheticSegments.js';
import { fromAxes, type Vector3 } from '../../values/affine.js';
import type { Laterality } from '../../values/concept.js';
import type { Mask } from '../../values/mask.js';
import { countBits, countCommonBits, emptyBits, getBit, setBit } from '../../values/maskBits.js';
import type { Target } from '../../values/target.js';
import type { MeasuredOutcome } from '../measureOutcomes.js';
import { measureOutcomes } from '../measureOutcomes.js';
import { findingsOf, segmentsOf } from '../segmentSource.js';

/** An axial CT of a trunk of 360 × 220 mm, voxels of 5 mm; column 0 is at the patient's right, row 0 in front. */
const [columns, rows, slices, step] = [80, 60, 32, 5];
const grid = {
  size: [columns, rows, slices],
  voxelToLps: fromAxes([step, 0, 0], [0, step, 0], [0, 0, step], [-200, -150, 0]),
} as const;
const voxels = new Int16Array(columns * rows * slices);
for (let n = 0; n < voxels.length; n++) {
  const [x, y] = [step * (n % columns) - 200, step * (Math.floor(n / columns) % rows) - 150];
  voxels[n] = Math.hypot(x / 180, y / 110) < 1 ? 50 : -1000;
}
const volume = makeVolume(grid, {
  voxels,
});

const structures = {
  kidney: '64033007',
  liver: '10200004',
  spleen: '78961009',
  brain: '12738006',
  thalamus: '42695009',
} as const;

const targetOf = (name: keyof typeof structures, laterality?: Laterality): Target =>
  makeTarget(name, { type: { value: structures[name], scheme: 'SCT', meaning: name }, laterality });

/** Voxels within a radius in mm of a centre in mm, without those within `hollow` mm. */
function ball([x, y, z]: Vector3, radius: number, hollow = -1): Mask {
  const bits = emptyBits(voxels.length);
  for (let n = 0; n < voxels.length; n++) {
    const line = Math.floor(n / columns);
    const [i, j, k] = [n % columns, line % rows, Math.floor(line / rows)];
    const distance = Math.hypot(step * i - 200 - x, step * j - 150 - y, step * k - z);
    if (distance < radius && distance > hollow) setBit(bits, n);
  }
  return { grid, bits };
}

function union(...masks: readonly Mask[]): Mask {
  const bits = emptyBits(voxels.length);
  for (let n = 0; n < voxels.length; n++) if (masks.some((each) => getBit(each.bits, n))) setBit(bits, n);
  return { grid, bits };
}

const cautionsOf = (...found: readonly (readonly [Target, Mask])[]) =>
  findingsOf(
    measureOutcomes(
      found.map(([target, mask]) => ({ target, mask, status: 'found' })),
      volume,
    ),
    volume,
  ).map((finding) => (finding.status === 'found' ? (finding.cautions ?? []) : undefined));
const codesOf = (...found: readonly (readonly [Target, Mask])[]) =>
  cautionsOf(...found).map((cautions) => cautions?.map(({ code }) => code));

const [left, right] = [targetOf('kidney', 'left'), targetOf('kidney', 'right')];
const [atLeft, atRight] = [ball([70, 40, 80], 34), ball([-70, 40, 80], 34)];

describe('kidneys where they are', () => {
  it('have no caution, together and alone', () => {
    expect(codesOf([left, atLeft], [right, atRight])).toEqual([[], []]);
    expect(codesOf([left, atLeft])).toEqual([[]]);
    expect(codesOf([targetOf('kidney', 'both'), union(atLeft, atRight)])).toEqual([[]]);
  });
});

describe('a mask that was', () => {
  it('mirrored is on the wrong side of its counterpart, or of the body', () => {
    expect(codesOf([left, atRight], [right, atLeft])).toEqual([['wrong-side'], ['wrong-side']]);
    const alone = cautionsOf([left, atRight])[0]?.[0];
    expect(alone).toMatchObject({ code: 'wrong-side', distanceMm: expect.closeTo(70, -1) });
    expect(alone).toMatchObject({ places: [{ slice: 16, position: [-70, 40, 80] }] });
  });

  it('moved out of the images is cut off, on the side of the patient that it reaches', () => {
    const caution = cautionsOf([left, ball([70, 40, 150], 34)])[0]?.[0];
    expect(caution).toMatchObject({
      code: 'cut-off',
      sides: ['head'],
      places: [{ slice: 31, sopInstanceUID: '2.25.200031' }],
    });
    expect(codesOf([left, ball([185, 40, 80], 34)])).toEqual([['cut-off']]);
  });

  it('moved out of its whole says how much of it is outside', () => {
    const whole = [targetOf('brain'), ball([0, 0, 80], 75)] as const;
    const part = targetOf('thalamus');
    expect(codesOf(whole, [part, ball([0, 0, 80], 12)])[1]).not.toContain('outside-whole');
    expect(cautionsOf(whole, [part, ball([0, 100, 80], 12)])[1]).toContainEqual(
      expect.objectContaining({ code: 'outside-whole', share: 1, other: expect.objectContaining({ name: 'brain' }) }),
    );
    expect(codesOf([targetOf('brain'), ball([0, 0, 80], 12)], [part, ball([0, 0, 80], 75)])[1]).toContain(
      'larger-than-whole',
    );
  });

  it('grown has an unusual or impossible volume, and shares voxels with its neighbour', () => {
    expect(codesOf([left, ball([70, 40, 80], 45)])).toEqual([['volume-outside-adults']]);
    const [liver, spleen] = [targetOf('liver'), targetOf('spleen')];
    const grown = cautionsOf([liver, ball([-60, 0, 80], 72)], [spleen, ball([30, 0, 80], 35)]);
    expect(grown.map((cautions) => cautions?.map(({ code }) => code))).toEqual([['overlap'], ['overlap']]);
    // Voxels within 72 mm of one centre and 35 mm of the other.
    const [large, small] = [ball([-60, 0, 80], 72), ball([30, 0, 80], 35)];
    const common = countCommonBits(large.bits, small.bits) / countBits(small.bits);
    expect(grown[0]![0]).toMatchObject({ share: common, other: { name: 'spleen' } });
    const share = (caution: unknown) => (caution as { share: number }).share;
    expect(share(grown[0]![0])).toBe(share(grown[1]![0]));
  });

  it('emptied inside has a cavity; a kidney may have no more than noise', () => {
    const caution = cautionsOf([left, ball([70, 40, 80], 34, 14)])[0]?.[0];
    expect(caution).toMatchObject({ code: 'holes', count: 1, places: [{ slice: expect.any(Number) }] });
    expect(codesOf([left, ball([70, 40, 80], 34, 3)])).toEqual([[]]);
  });

  it('torn is in pieces; both kidneys are two', () => {
    const torn = union(atLeft, ball([130, 40, 80], 17));
    expect(cautionsOf([left, torn])[0]).toMatchObject([{ code: 'pieces', count: 2, places: [{}] }]);
    expect(codesOf([targetOf('kidney', 'both'), union(torn, atRight)])).toEqual([['pieces']]);
  });

  it('left on two slices has a rough volume', () => {
    const flat = ball([70, 40, 80], 34);
    const frame = columns * rows;
    for (let n = 0; n < voxels.length; n++)
      if (n < 16 * frame || n >= 18 * frame) flat.bits[n >> 3]! &= ~(1 << (n & 7));
    expect(codesOf([left, flat])).toEqual([['volume-outside-adults', 'few-slices']]);
  });

  it('emptied is not found, without a caution', () => {
    const empty: MeasuredOutcome = { target: left, status: 'not-found', reason: 'No voxel.' };
    const measured = [empty, ...measureOutcomes([{ target: right, mask: atRight, status: 'found' }], volume)];
    expect(findingsOf(measured, volume)).toMatchObject([{ status: 'not-found' }, { status: 'found' }]);
    expect(segmentsOf(measured, findingsOf(measured, volume))).toHaveLength(1);
  });
});

it('none of them removes a finding, and its report repeats them', () => {
  const measured = measureOutcomes([{ target: left, mask: ball([-70, 40, 120], 45, 20), status: 'found' }], volume);
  const [segment] = segmentsOf(measured, findingsOf(measured, volume));
  expect(segment!.cautions!.map(({ code }) => code)).toEqual([
    'volume-outside-adults',
    'cut-off',
    'holes',
    'wrong-side',
  ]);
});
