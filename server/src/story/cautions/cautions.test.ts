import { expect, it } from '@jest/globals';
import type { Finding, FoundFinding, TargetView } from '#contract/finding.js';
import { withCautions } from './cautions.js';

const codes = {
  brain: '12738006',
  skull: '89546000',
  hemisphere: '372073000',
  cerebrum: '83678007',
  kidney: '64033007',
  lung: '39607008',
  bone: '3138006',
};
const target = (name: keyof typeof codes, laterality?: 'left' | 'right'): TargetView => ({
  id: name,
  name,
  code: { value: codes[name], scheme: 'SCT', meaning: name },
  displayColour: [1, 2, 3],
  ...(laterality && { laterality }),
});
/** A cube around a place, in a grid of 100 voxels of 1 mm each way. */
const found = (what: TargetView, volumeMl: number, centre = 50, half = 20): FoundFinding => ({
  status: 'found',
  prompt: what.name,
  target: what,
  segmentNumber: 1,
  voxelCount: 1,
  volumeMl,
  boundingBox: { first: [centre - half, 50, 50], last: [centre + half, 60, 60] },
  boundingBoxLps: { least: [centre - half, 0, 0], greatest: [centre + half, 100, 100] },
  centroidLps: [centre, 50, 50],
});
const absent = (what: TargetView): Finding => ({
  status: 'not-found',
  prompt: what.name,
  target: what,
  reason: 'No voxel.',
});
const cautionsOf = (...findings: Finding[]) =>
  withCautions(findings, [100, 100, 100]).map((finding) =>
    'cautions' in finding ? finding.cautions?.map(({ text }) => text) : undefined,
  );

const brain = target('brain');

it('finds nothing wrong with what people have', () => {
  expect(cautionsOf(found(brain, 1400), found(target('skull'), 500, 50, 30))).toEqual([undefined, undefined]);
  expect(cautionsOf(found(target('kidney', 'left'), 160), found(target('kidney', 'right'), 90))).toEqual([
    undefined,
    undefined,
  ]);
  expect(cautionsOf(found(target('bone'), 0.01))).toEqual([undefined]);
});

it.each([
  [10, /^10 mL are less than a person's/],
  [64, /^64 mL are less/],
  [3500, /^3500 mL are more/],
])('a brain of %d mL', (volume, caution) => {
  expect(cautionsOf(found(brain, volume))).toEqual([[expect.stringMatching(caution)]]);
});

it('calls nothing too small that the edge of the images may cut off', () => {
  expect(cautionsOf(found(brain, 100, 20, 20))).toEqual([undefined]);
});

it('a brain without a skull, or beside it', () => {
  const caution = [['There is no skull around it.'], undefined];
  expect(cautionsOf(found(brain, 1400), absent(target('skull')))).toEqual(caution);
  expect(cautionsOf(found(brain, 1400), found(target('skull'), 500, 80, 10))).toEqual(caution);
});

it('a whole without any of its parts, not one without some', () => {
  const [left, right] = [target('hemisphere', 'left'), target('hemisphere', 'right')];
  expect(cautionsOf(found(brain, 373), absent(left), absent(right))[0]).toEqual([
    'None of its parts was found: hemisphere, hemisphere.',
  ]);
  expect(cautionsOf(found(brain, 373), absent(left), found(right, 180))[0]).toBeUndefined();
});

it('sides that differ as in nobody', () => {
  expect(cautionsOf(found(target('lung', 'left'), 3000), found(target('lung', 'right'), 200))).toEqual([
    ['It differs from lung by a factor of 15.'],
    ['It differs from lung by a factor of 15.'],
  ]);
});

it('a volume that is possible but outside of what a study of adults measured', () => {
  expect(cautionsOf(found(target('kidney', 'left'), 400), found(target('kidney', 'right'), 90))).toEqual([
    ['400 mL are outside of the range of adults in Cheong 2007, 88 to 274 mL. This is no diagnosis.'],
    undefined,
  ]);
  // Both kidneys as one structure, and one that the images cut off.
  expect(cautionsOf(found(target('kidney'), 400))).toEqual([undefined]);
  expect(cautionsOf(found(target('kidney', 'left'), 60, 20, 20))).toEqual([undefined]);
});
