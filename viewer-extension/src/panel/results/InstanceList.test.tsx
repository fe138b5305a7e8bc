import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { Instances } from '../../../../server/contract/finding.js';
import { InstanceList } from './InstanceList.js';

const instanceOf = (number: number, volumeMl: number): Instances['found'][number] => ({
  number,
  volumeMl,
  voxelCount: 100,
  longestDiameterMm: 10.44,
  perpendicularDiameterMm: 8,
  slice: 3,
  centroidLps: [1, 2, 3],
});
const textOf = (found: Instances['found'], smaller = 0) =>
  renderToStaticMarkup(
    <InstanceList instances={{ found, smaller, minimumMl: 0.1, mergeMm: 0 }} onGoTo={() => undefined} />,
  )
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('the list of objects', () => {
  it('has each with its volume and both diameters, and says what is too small to be in it', () => {
    expect(textOf([instanceOf(1, 2), instanceOf(2, 0.5)], 3)).toBe(
      '2 objects Previous Next 1. 2.00 mL · 10.4 × 8.0 mm 2. 0.50 mL · 10.4 × 8.0 mm ' +
        '3 smaller are not listed (minimum 0.10 mL).',
    );
  });

  it('has nothing to walk through if there is one, or none', () => {
    expect(textOf([instanceOf(1, 2)])).toBe('1 object 1. 2.00 mL · 10.4 × 8.0 mm');
    expect(textOf([], 1)).toBe('No object 1 smaller is not listed (minimum 0.10 mL).');
  });
});
