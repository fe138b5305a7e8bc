import { describe, expect, it } from '@jest/globals';
import type { Finding } from '#contract/finding.js';
import { formatFindings, formatRecognition, formatStageTimes } from './report.js';

const target = {
  id: 'bone',
  name: 'Bone',
  code: { value: '3138006', scheme: 'SCT', meaning: 'Bone' },
  displayColour: [1, 2, 3] as const,
};
const found: Finding = {
  status: 'found',
  prompt: 'bones',
  target,
  segmentNumber: 1,
  volumeMl: 1224.44,
  voxelCount: 10,
  longestAxialDiameterMm: 40,
  mean: 650,
  standardDeviation: 1,
  unit: 'HU',
  boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
  centroidLps: [0, 0, 0],
};

describe('report for people', () => {
  it('is a table with numbers flush right', () => {
    expect(
      formatFindings([found, { ...found, prompt: 'rib', volumeMl: 2.345, mean: 12.3456, unit: 'arbitrary' }]),
    ).toBe(
      [
        'prompt  understood as  code             mL  mean',
        '──────  ─────────────  ───────────  ──────  ─────────',
        'bones   Bone           SCT 3138006  1224.4  650 HU',
        'rib     Bone           SCT 3138006    2.35  12.3 a.u.',
      ].join('\n'),
    );
  });

  it('says why something was not found or not understood', () => {
    const text = formatFindings([
      { status: 'not-found', prompt: 'bone', target, reason: 'It is outside the field of view.' },
      { status: 'refused', prompt: 'liver', reason: 'This model does not know “liver”.', nearest: [] },
    ]);
    expect(text).toMatch(/not found because/);
    expect(text).toMatch(/^bone\s+Bone\s+SCT 3138006\s+It is outside the field of view\.$/m);
    expect(text).toMatch(/^liver\s+This model does not know “liver”\.$/m);
  });

  it('lists what was recognised, the surest first, and what there was no time for', () => {
    const text = formatRecognition(
      [
        { ...found, score: 0.7 },
        { ...found, target: { ...target, name: 'Skin' }, presence: 0.9, score: 0.1 },
        { status: 'not-found', prompt: 'fat', target: { ...target, name: 'Fat' }, reason: 'No voxel.' },
      ],
      { answered: 3, unanswered: ['Liver', 'Spleen'] },
    );
    expect(text.split('\n').slice(2)).toEqual([
      expect.stringMatching(/^Skin .*0\.90\s+0\.10$/),
      expect.stringMatching(/^Bone .*0\.70$/),
      '2 of 3 targets found.',
      'Not checked, because time was up: Liver, Spleen.',
    ]);
  });

  it('lists the stages that took place', () => {
    expect(formatStageTimes({ stageTimes: { retrieving: 1234, preparing: 5 } })).toBe(
      'retrieving 1.23 s, preparing 0.01 s',
    );
  });
});
