import { describe, expect, it } from '@jest/globals';
import { csvLine, roundFigure } from './csv.js';

describe('a line of comma-separated values', () => {
  it('keeps numbers as numbers, and nothing as nothing', () => {
    expect(csvLine(['a', -1000.25, 1e-7, 0, undefined, ''])).toBe('a,-1000.25,1e-7,0,,\r\n');
  });

  it('quotes what would part cells or lines', () => {
    expect(csvLine(['a,b', 'say "no"', 'two\nlines', 'semi;colon'])).toBe(
      '"a,b","say ""no""","two\nlines","semi;colon"\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\uFF1D1', '=HYPERLINK("http://x","y")'])(
    'lets no spreadsheet run %j',
    (text) => {
      const cell = csvLine([text]).slice(0, -2).replace(/^"/, '');
      expect(cell.startsWith("'")).toBe(true);
    },
  );

  it('keeps text of every language', () => {
    expect(csvLine(['Ödem 脳'])).toBe('Ödem 脳\r\n');
  });
});

describe('a figure', () => {
  it.each([
    [1471.23456, 1471.2],
    [24.5678901, 24.568],
    [-850.254, -850.25],
    [4.21349, 4.213],
    [123456.78, 123457],
    [0.1, 0.1],
    [0.0123456, 0.012],
    [0.000451, 0.00045],
    [-0.0123456, -0.012],
    [0, 0],
  ])('%d is written as %d', (value, written) => expect(roundFigure(value)).toBe(written));
});
