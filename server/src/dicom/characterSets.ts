/** Web names (WHATWG Encoding) of the character sets of PS3.3 table C.12-2 to C.12-5 by the number in their defined term. */
const encodings: Readonly<Record<string, string>> = {
  'IR 6': 'latin1',
  'IR 13': 'shift_jis',
  'IR 58': 'gbk',
  'IR 87': 'euc-jp',
  'IR 100': 'latin1',
  'IR 101': 'iso-8859-2',
  'IR 109': 'iso-8859-3',
  'IR 110': 'iso-8859-4',
  'IR 126': 'iso-8859-7',
  'IR 127': 'iso-8859-6',
  'IR 138': 'iso-8859-8',
  'IR 144': 'iso-8859-5',
  'IR 148': 'windows-1254',
  'IR 149': 'euc-kr',
  'IR 159': 'euc-jp',
  'IR 166': 'windows-874',
  'IR 192': 'utf-8',
  'IR 203': 'iso-8859-15',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Escape sequences that switch the character set within a text (PS3.3 tables C.12-3 and C.12-4), without the ESC. */
const escapes: Readonly<
  Record<string, { readonly encoding: string; readonly sevenBit?: true; readonly prefix?: number }>
> = {
  '(B': { encoding: 'latin1' },
  '(J': { encoding: 'shift_jis' },
  ')I': { encoding: 'shift_jis' },
  '-A': { encoding: 'latin1' },
  '-B': { encoding: 'iso-8859-2' },
  '-C': { encoding: 'iso-8859-3' },
  '-D': { encoding: 'iso-8859-4' },
  '-F': { encoding: 'iso-8859-7' },
  '-G': { encoding: 'iso-8859-6' },
  '-H': { encoding: 'iso-8859-8' },
  '-L': { encoding: 'iso-8859-5' },
  '-M': { encoding: 'windows-1254' },
  '-T': { encoding: 'windows-874' },
  '-b': { encoding: 'iso-8859-15' },
  // The two Japanese kanji sets are written with 7 bits; EUC-JP is the same with the eighth bit set, the second one after 8F.
  $B: { encoding: 'euc-jp', sevenBit: true },
  '$(D': { encoding: 'euc-jp', sevenBit: true, prefix: 0x8f },
  '$)A': { encoding: 'gbk' },
  '$)C': { encoding: 'euc-kr' },
};

/**
 * A decoder of text in the character sets that Specific Character Set (0008,0005) names, with the switches of ISO 2022 between them
 * (PS3.5 section 6.1.2). What it does not know is read as Latin-1.
 * @param terms the attribute's values
 */
export function characterSetDecoder(terms: readonly string[]): { decode(bytes: ArrayBufferView): string } {
  const initial = encodingOf(terms[0] ?? '');
  const switches = terms.length > 1 || /2022/.test(terms[0] ?? '');
  return {
    decode(view) {
      const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      return switches ? decodeSwitching(bytes, initial) : new TextDecoder(initial).decode(bytes);
    },
  };
}

function encodingOf(term: string): string {
  const number = /IR[ _-]?(\d+)/.exec(term)?.[1];
  return encodings[number === undefined ? term.replace(/^ISO 2022 /, '').trim() : `IR ${number}`] ?? 'latin1';
}

function decodeSwitching(bytes: Buffer, initial: string): string {
  const [start = '', ...switched] = bytes.toString('latin1').split('\x1b');
  return new TextDecoder(initial).decode(Buffer.from(start, 'latin1')) + switched.map(decodeSwitched).join('');
}

/** Decodes the text after an ESC up to the next one. */
function decodeSwitched(text: string): string {
  const sequence = /^(\$?[()-]?[A-Za-z])/.exec(text)?.[1] ?? '';
  const set = escapes[sequence] ?? { encoding: 'latin1' };
  const bytes = Buffer.from(text.slice(sequence.length), 'latin1');
  return new TextDecoder(set.encoding).decode(set.sevenBit ? withEighthBit(bytes, set.prefix) : bytes);
}

function withEighthBit(bytes: Buffer, prefix: number | undefined): Buffer {
  const pairs = Array.from({ length: Math.floor(bytes.length / 2) }, (_, i) => [
    bytes[2 * i]! | 0x80,
    bytes[2 * i + 1]! | 0x80,
  ]);
  return Buffer.from(pairs.flatMap((pair) => (prefix === undefined ? pair : [prefix, ...pair])));
}
