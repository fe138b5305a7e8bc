import { describe, expect, it } from '@jest/globals';
import { characterSetDecoder } from './characterSets.js';

function decode(characterSet: string, hex: string): string {
  return characterSetDecoder(characterSet.split('\\')).decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

describe('characterSetDecoder', () => {
  it.each([
    ['nothing said', '', '42756320 5e', 'Buc ^'],
    ['Latin-1', 'ISO_IR 100', '4275 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    ['Latin-2', 'ISO_IR 101', '57 61 b3 ea 73 61', 'Wałęsa'],
    ['Greek', 'ISO_IR 126', 'c4e9 efed', 'Διον'],
    ['Cyrillic', 'ISO_IR 144', 'bbee da62', 'Люкb'],
    ['Arabic', 'ISO_IR 127', 'e2c8 c7e6 ea', 'قباني'],
    ['Hebrew', 'ISO_IR 138', 'f9f8 e5ef', 'שרון'],
    ['Thai', 'ISO_IR 166', 'b9d2 c2', 'นาย'],
    ['UTF-8', 'ISO_IR 192', '57616e 673d e78e8b', 'Wang=王'],
    ['GB18030', 'GB18030', 'cdf5 5e d0a1b6ab', '王^小东'],
    ['half-width katakana', 'ISO_IR 13', 'd4cfc0de', 'ﾔﾏﾀﾞ'],
    ['a misspelt term', 'ISO-IR 192', 'c3a9', 'é'],
    ['UTF-8 by its name', 'UTF-8', '4d c3bc 6c', 'Mül'],
    ['UTF-8 by other names', 'utf8', '4d c3bc 6c', 'Mül'],
    ['UTF-8 with the number of Unicode', 'UNICODE_UTF_8', '4d c3bc 6c', 'Mül'],
    ['a term in small letters', 'iso_ir 192', '4d c3bc 6c', 'Mül'],
    ['a term with NUL', 'ISO_IR 192\0', '4d c3bc 6c', 'Mül'],
    ['Latin-1 by its name', 'ISO8859-1', '4d fc 6c', 'Mül'],
    ['Latin-2 by its name', 'ISO_8859-2', '57 61 b3 ea 73 61', 'Wałęsa'],
    ['Japanese by its name', 'Shift_JIS', '8e52 9363', '山田'],
    ['Chinese by its name', 'gb2312', 'cdf5', '王'],
    ['Korean by its name', 'EUC-KR', 'b1e8', '김'],
    ['UTF-16, which no file has', 'UTF-16', 'e9', 'é'],
    ['an unknown term', 'ISO_IR 999', 'e9', 'é'],
    ['Latin-1 that claims to be UTF-8', 'ISO_IR 192', '4d fc 6c', 'Mül'],
    ['UTF-8 where nothing is said', '', '4d c3bc 6c', 'Mül'],
    ['UTF-8 that claims to be ASCII', 'ISO_IR 6', '4d c3bc 6c', 'Mül'],
    ['Latin-1 where nothing is said', '', '4d fc 6c', 'Mül'],
    ['what a named set says, though it could be UTF-8', 'ISO_IR 100', 'c3bc', 'Ã¼'],
    ['bytes beyond Latin-1 of GB18030', 'GB18030', '8139ee39', '㐀'],
    ['Chinese with switches', '\\ISO 2022 IR 58', '5a3d 1b2429 41d5c5 5e 1b2429 41d0a1', 'Z=张^小'],
    ['Latin-1 after kanji', 'ISO 2022 IR 100\\ISO 2022 IR 87', 'fc 1b2442 3b33 1b2842 fc', 'ü山ü'],
    ['the first set again in each component', 'ISO 2022 IR 144\\ISO 2022 IR 100', 'bb 1b2d41 c4 5e bb', 'ЛÄ^Л'],
    ['the first set again in each value', 'ISO 2022 IR 100\\ISO 2022 IR 126', '1b2d46 c4 5c c4', 'Δ\\Ä'],
    ['the same set in each group of a name', '\\ISO 2022 IR 149', '1b2429 43b1e6 20 b5bf', '길 동'],
  ])('%s', (_, characterSet, hex, text) => {
    expect(decode(characterSet, hex)).toBe(text);
  });

  it('the Japanese name of PS3.5 section H.3.1', () => {
    const name =
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d' +
      '1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42';
    expect(decode('\\ISO 2022 IR 87', name)).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });

  it('the Japanese name of PS3.5 section H.3.2', () => {
    const name = 'd4 cf c0 de 5e c0 db b3 3d 1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a';
    expect(decode('ISO 2022 IR 13\\ISO 2022 IR 87', name)).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎');
  });

  it('the Korean name of PS3.5 section I.2', () => {
    const name =
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d' +
      '1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf';
    expect(decode('\\ISO 2022 IR 149', name)).toBe('Hong^Gildong=洪^吉洞=홍^길동');
  });
});
