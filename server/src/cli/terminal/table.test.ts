import { describe, expect, it } from '@jest/globals';
import { formatTable } from './table.js';

const lines = (...args: Parameters<typeof formatTable>): string[] => formatTable(...args).split('\n');

describe('a table', () => {
  it('is aligned by its widest cells, numbers flush right, a row on a line where it goes to a program', () => {
    expect(
      lines(
        ['name', 'images'],
        [
          ['a b', 1],
          ['c'.repeat(200), 1000],
        ],
      ),
    ).toEqual([
      `name${' '.repeat(198)}images`,
      `${'─'.repeat(200)}  ──────`,
      `a b${' '.repeat(199)}     1`,
      `${'c'.repeat(200)}    1000`,
    ]);
  });

  it('is no wider than the terminal: texts go on below themselves, between words', () => {
    expect(lines(['name', 'mL', 'reason'], [['Liver', 12, 'It is outside of the field of view.']], 30)).toEqual([
      'name   mL  reason',
      '─────  ──  ───────────────────',
      'Liver  12  It is outside of',
      '           the field of view.',
    ]);
  });

  it('never breaks a word, such as a UID that is to be copied: it is a list where that would not fit', () => {
    const uid = '1.2.840.113619.2.55.3.604688119.971.1448900000.1';
    expect(
      lines(
        ['series', 'images', 'description'],
        [
          [uid, 3, ''],
          ['1.2', 4, 'Axial chest'],
        ],
        40,
      ),
    ).toEqual([...[`series: ${uid}`, 'images: 3', ''], ...['series: 1.2', 'images: 4', 'description: Axial chest']]);
  });

  it('holds no control characters, of escape sequences or of another direction of writing', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007Chest\r\n\u202Ella\u2028';
    expect(lines(['description'], [[hostile]])[2]).toBe('[2J ]0;title Chest lla');
  });
});
