import { expect, it } from '@jest/globals';
import { normsFigures } from './normsFigures.js';

const norms = { id: 'invented', version: '1.0.0', title: 'Invented', source: 'Nowhere', population: 'nobody' };
const centile = { percentile: 34.4, of: 'volume', norms } as const;

it('the details of a structure show its share of the skull and its centiles with their source', () => {
  expect(normsFigures({ intracranialPercent: 0.2345, centiles: [centile] })).toEqual([
    ['Of the intracranial volume', '0.235 %'],
    ['Centile for age and sex', '34 (Invented; Nowhere; nobody)'],
  ]);
  expect(normsFigures({ intracranialPercent: 9.26 })).toEqual([['Of the intracranial volume', '9.3 %']]);
  expect(normsFigures({})).toEqual([]);
});

it('centiles go no further than the norms, and than one per cent', () => {
  const shown = [
    { ...centile, percentile: 5, beyond: 'below' },
    { ...centile, percentile: 95, beyond: 'above' },
    { ...centile, percentile: 0.2 },
    { ...centile, percentile: 99.7, of: 'intracranial-percent' },
  ] as const;
  expect(normsFigures({ centiles: shown }).map(([term, value]) => `${term}: ${value.split(' (')[0]}`)).toEqual([
    'Centile for age and sex: below 5',
    'Centile for age and sex: above 95',
    'Centile for age and sex: below 1',
    'Centile of that share for age and sex: above 99',
  ]);
});
