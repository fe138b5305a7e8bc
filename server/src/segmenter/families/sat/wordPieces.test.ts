import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { wordPieceReader } from './wordPieces.js';

/** Made by models/tools/converters/upstream/sat_tokens.py from the tokenizer that upstream calls. */
const { pieces, cases }: { pieces: string[]; cases: [string, number[]][] } = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'testing/wordPieces.json'), 'utf8'),
);

describe('the word pieces of SAT', () => {
  const tokensOf = wordPieceReader(pieces, 256);

  it.each(cases)('%j is read token for token as upstream reads it', (text, tokens) => {
    expect(tokensOf(text)).toEqual(tokens);
  });

  it('a text of more tokens than allowed ends with [SEP] all the same', () => {
    const tokens = tokensOf('liver '.repeat(400));
    expect(tokens).toHaveLength(256);
    expect(pieces[tokens.at(-1)!]).toBe('[SEP]');
  });

  it('a vocabulary without [CLS] is refused', () => {
    expect(() => wordPieceReader(['[SEP]', '[UNK]', 'liver'], 256)).toThrow(RangeError);
  });
});
