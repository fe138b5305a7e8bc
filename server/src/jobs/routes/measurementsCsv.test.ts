import { expect, it } from '@jest/globals';
import type { FoundFinding } from '#contract/finding.js';
import { findingsCsv } from './measurementsCsv.js';

const norms = { id: 'invented', version: '1.0.0', title: 'Invented', source: 'Nowhere', population: 'nobody' };
const finding: FoundFinding = {
  status: 'found',
  prompt: 'thalamus',
  target: {
    id: 'thalamus',
    name: 'Thalamus',
    code: { value: '42695009', scheme: 'SCT', meaning: 'Thalamus' },
    displayColour: [1, 2, 3],
  },
  segmentNumber: 1,
  volumeMl: 7,
  voxelCount: 7000,
  boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
  intracranialPercent: 0.512345,
  centiles: [
    { percentile: 34.21, of: 'volume', norms },
    { percentile: 95, beyond: 'above', of: 'intracranial-percent', norms: { ...norms, id: 'second' } },
  ],
};

it('a row has the share of the intracranial volume, and the centiles with what they are of and by which norms', () => {
  const [head, row] = findingsCsv([finding], { createdAt: '2026-11-22T04:05:06Z' }).split('\r\n');
  const cells = row!.split(',');
  const cell = (column: string) => cells[head!.split(',').indexOf(column)];
  expect(['intracranial_percent', 'centiles', 'centiles_of', 'centile_norms'].map(cell)).toEqual([
    '0.512',
    '34.21 >95',
    'volume intracranial-percent',
    'invented@1.0.0 second@1.0.0',
  ]);
});
