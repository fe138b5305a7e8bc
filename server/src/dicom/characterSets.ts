/**
 * Web names (WHATWG Encoding) of the character sets of PS3.3 tables C.12-2 to C.12-5, by the number in their defined
 * term.
 */
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

/**
 * Escape sequences that switch the character set within a text (PS3.3 tables C.12-3 and C.12-4), without the ESC. From
 * there on, bytes with the eighth bit set are in the encoding `upper`, or pairs of bytes without it are kanji. The
 * lower half is ASCII in all encodings. `(B` and `(J`, which is ASCII except for two characters, end kanji.
 */
const escapes: Readonly<Record<string, { readonly upper?: string; readonly kanji?: readonly number[] }>> = {
  '(B': {},
  '(J': {},
  ')I': { upper: 'shift_jis' },
  '-A': { upper: 'latin1' },
  '-B': { upper: 'iso-8859-2' },
  '-C': { upper: 'iso-8859-3' },
  '-D': { upper: 'iso-8859-4' },
  '-F': { upper: 'iso-8859-7' },
  '-G': { upper: 'iso-8859-6' },
  '-H': { upper: 'iso-8859-8' },
  '-L': { upper: 'iso-8859-5' },
  '-M': { upper: 'windows-1254' },
  '-T': { upper: 'windows-874' },
  '-b': { upper: 'iso-8859-15' },
  '$)A': { upper: 'gbk' },
  '$)C': { upper: 'euc-kr' },
  // The two kanji sets. In EUC-JP, characters of the second have the prefix 8F.
  $B: { kanji: [] },
  '$(D': { kanji: [0x8f] },
};

/**
 * A decoder for text in the character sets of Specific Character Set (0008,0005), which ISO 2022 escapes switch (PS3.5
 * section 6.1.2). Unknown sets are read as Latin-1, and so are bytes that are invalid in the declared set, such as
 * Latin-1 in a file that claims UTF-8: no letter is lost. Without a declared set, valid UTF-8 is read as UTF-8.
 * @param terms the attribute's values
 */
export function characterSetDecoder(terms: readonly string[]): { decode(bytes: ArrayBufferView): string } {
  const initial = encodingOf(terms[0] ?? '');
  const switches = terms.length > 1 || /2022/.test(terms[0] ?? '');
  const isNamed = terms.some((term) => !/^(ISO[_ ]IR 6)?$/i.test(withoutPadding(term)));
  return {
    decode(view) {
      const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      if (switches) return decodeSwitching(bytes, initial);
      return decodeFirst(bytes, isNamed ? [initial, 'latin1'] : ['utf-8', 'latin1']);
    },
  };
}

/** Decodes with the first encoding in which all bytes are valid. @param encodings every byte is valid in the last */
function decodeFirst(bytes: Uint8Array, encodings: readonly string[]): string {
  for (const encoding of encodings.slice(0, -1)) {
    try {
      return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      // Not valid in this one.
    }
  }
  return new TextDecoder(encodings.at(-1)).decode(bytes);
}

const withoutPadding = (term: string): string => term.replaceAll('\0', '').trim();

/**
 * The encoding of a defined term in any spelling, or of a name used on the web: "UTF-8", "ISO8859-1", "Shift_JIS".
 */
function encodingOf(term: string): string {
  const name = withoutPadding(term);
  const number = /IR[ _-]?(\d+)/i.exec(name)?.[1];
  const defined = encodings[number === undefined ? name.toUpperCase().replace(/^ISO 2022 /, '') : `IR ${number}`];
  return defined ?? (/utf_?-?8/i.test(name) ? 'utf-8' : (webEncoding(name) ?? 'latin1'));
}

/** @returns undefined for names unknown on the web, and for encodings that are not used in files */
function webEncoding(name: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(name.replaceAll(/[ _]/g, (mark) => (/jis/i.test(name) ? mark : '-')));
    return encoding.startsWith('utf-16') ? undefined : encoding;
  } catch {
    return undefined;
  }
}

/** Each component of a name, value and line starts in the first character set (PS3.5 section 6.1.2.5.3). */
const delimiters = /(?<=[\^=\\\r\n\f\t])/;

function decodeSwitching(bytes: Buffer, initial: string): string {
  const [start = '', ...switched] = bytes.toString('latin1').split('\x1b');
  let upperHalf = initial;
  const decodeHalves = (text: string): string => {
    const [first = '', ...others] = text.split(delimiters);
    const decoded = decodeBytes(first, upperHalf);
    if (others.length === 0) return decoded;
    upperHalf = initial;
    return decoded + decodeBytes(others.join(''), initial);
  };
  const decodeSwitched = (text: string): string => {
    const sequence = /^(\$?[()-]?[A-Za-z])/.exec(text)?.[1] ?? '';
    const { kanji, upper } = escapes[sequence] ?? {};
    const rest = text.slice(sequence.length);
    if (kanji !== undefined)
      return decodeFirst(withEighthBit(Buffer.from(rest, 'latin1'), kanji), ['euc-jp', 'latin1']);
    upperHalf = upper ?? upperHalf;
    return decodeHalves(rest);
  };
  return decodeHalves(start) + switched.map(decodeSwitched).join('');
}

const decodeBytes = (text: string, encoding: string): string =>
  decodeFirst(Buffer.from(text, 'latin1'), [encoding, 'latin1']);

/** Sets the eighth bit of both bytes of each kanji, as in EUC-JP. @param prefix before each kanji */
function withEighthBit(bytes: Buffer, prefix: readonly number[]): Buffer {
  const pairs = Array.from({ length: Math.floor(bytes.length / 2) }, (_, i) => [
    bytes[2 * i]! | 0x80,
    bytes[2 * i + 1]! | 0x80,
  ]);
  return Buffer.from(pairs.flatMap((pair) => [...prefix, ...pair]));
}
