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
    ['an unknown term', 'ISO_IR 999', 'e9', 'é'],
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
