import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { importanceWeights } from './importanceWeights.js';

it('the weights of a window are those of nnU-Net, rounded to float16 as there', async () => {
  // Written by models/tools/converters/upstream/sat_stages.py from upstream's compute_gaussian, which is nnU-Net's.
  const fixture = path.join(import.meta.dirname, 'families/sat/testing/ct_abdomen_pelvis.json');
  const { weights }: { weights: { samples: [number, number, number, number][]; sum: number; least: number } } =
    JSON.parse(await readFile(fixture, 'utf8'));
  const ours = importanceWeights([288, 288, 96]);
  for (const [x, y, z, expected] of weights.samples)
    expect(ours[x + 288 * (y + 288 * z)]! / expected).toBeCloseTo(1, 8);
  expect(ours.reduce((sum, weight) => sum + weight, 0) / weights.sum).toBeCloseTo(1, 6);
  expect(ours.reduce((least, weight) => Math.min(least, weight)) / weights.least).toBeCloseTo(1, 8);
});

it('no weight is 0, and the voxel at size / 2 has the greatest', () => {
  const weights = importanceWeights([8, 6, 4]);
  expect(Math.min(...weights)).toBeGreaterThan(0);
  expect(weights.indexOf(Math.max(...weights))).toBe(4 + 8 * (3 + 6 * 2));
  expect(Math.max(...weights)).toBe(10);
});
