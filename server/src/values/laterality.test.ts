import { expect, it } from '@jest/globals';
import { lateralityCode } from './laterality.js';

it('codes sides as CID 244 does', () => {
  expect((['left', 'right', 'both'] as const).map((side) => lateralityCode(side))).toEqual([
    { value: '7771000', scheme: 'SCT', meaning: 'Left' },
    { value: '24028007', scheme: 'SCT', meaning: 'Right' },
    { value: '51440002', scheme: 'SCT', meaning: 'Bilateral' },
  ]);
});
