import { describe, expect, it } from '@jest/globals';
import { aCompletedJob } from '../../testing/jobs.js';
import { asTsv, commonMeasure, commonUnit, type Finding, figureRows, sortRows } from './figures.js';
import { isFound } from './results.js';

const template = aCompletedJob().findings.find(isFound)!;
const finding = (name: string, figures: Partial<Finding>, laterality?: 'left' | 'right'): Finding => {
  const { laterality: _, ...target } = template.target;
  return { ...template, ...figures, target: { ...target, name, ...(laterality && { laterality }) } } as Finding;
};
const left = finding(
  'Left hippocampus',
  { volumeMl: 4.8, mean: 187, unit: 'arbitrary', longestAxialDiameterMm: 41.26 },
  'left',
);
const right = finding(
  'Right hippocampus',
  { volumeMl: 4, mean: 182, unit: 'arbitrary', longestAxialDiameterMm: 40 },
  'right',
);
const other = {
  ...finding('Brain stem', { volumeMl: 17.8, mean: 222, unit: 'arbitrary' }),
  longestAxialDiameterMm: undefined,
} as unknown as Finding;
const names = (rows: ReturnType<typeof figureRows>) => rows.map((row) => row.finding.target.name);

describe('the figures of a result', () => {
  it('compare the left side of a pair with the right one', () => {
    expect(figureRows([left, right, other]).map(({ leftToRight }) => leftToRight)).toEqual([1.2, undefined, undefined]);
    expect(figureRows([left, { ...right, volumeMl: 0 }])[0]).not.toHaveProperty('leftToRight');
    const elsewhere = { ...right, target: { ...right.target, code: { ...right.target.code, value: '1' } } };
    expect(figureRows([left, elsewhere])[0]).not.toHaveProperty('leftToRight');
  });

  it('are sorted by any column, what was not measured last', () => {
    const rows = figureRows([left, right, other]);
    expect(names(sortRows(rows, { column: 'size', descending: true }))).toEqual(names([rows[2]!, rows[0]!, rows[1]!]));
    expect(names(sortRows(rows, { column: 'name', descending: false }))[0]).toBe('Brain stem');
    for (const descending of [true, false])
      expect(names(sortRows(rows, { column: 'diameter', descending })).at(-1)).toBe('Brain stem');
    expect(sortRows(rows, undefined)).toBe(rows);
  });

  it('have a unit and a measure where all have the same', () => {
    expect(commonUnit(figureRows([left, other]))).toBe('arbitrary');
    expect(commonUnit(figureRows([left, { ...other, unit: 'HU' }]))).toBe('');
    expect(commonMeasure(figureRows([left]))).toBe('volume');
    const area = { ...left, volumeMl: undefined, areaMm2: 12 } as unknown as Finding;
    expect(commonMeasure(figureRows([area]))).toBe('area');
    expect(commonMeasure(figureRows([area, left]))).toBe('pixels');
  });

  it('go into a spreadsheet', () => {
    const big = finding('a\tname\nof two lines', { volumeMl: 1234.5, mean: -812.04, longestAxialDiameterMm: 300 });
    expect(asTsv(figureRows([left, right, big]), ['Structure', 'Volume in mL', 'Mean', 'Diameter in mm', 'L/R'])).toBe(
      [
        'Structure\tVolume in mL\tMean\tDiameter in mm\tL/R',
        'Left hippocampus\t4.80\t187.0\t41.3\t1.20',
        'Right hippocampus\t4.00\t182.0\t40.0\t',
        'a name of two lines\t1234.50\t-812.0\t300.0\t',
      ].join('\n'),
    );
  });
});
