import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { clipTokenReader } from './clipTokens.js';

/** Made by models/tools/converters/upstream/clip_tokens.py from the tokenizer that upstream calls. */
const { merges, cases }: { merges: string[]; cases: [string, number[]][] } = JSON.parse(
  await readFile(path.join(import.meta.dirname, 'testing/clipTokens.json'), 'utf8'),
);
const list = `#version: 0.2\n${merges.join('\n')}\n`;

describe("CLIP's tokens", () => {
  const tokensOf = clipTokenReader(list, 77);

  it.each(cases)('%j is read token for token as upstream reads it', (text, tokens) => {
    expect(tokensOf(text)).toEqual(tokens);
  });

  it('a text of more tokens than allowed ends with the end of text all the same', () => {
    const [start, ...rest] = tokensOf('liver '.repeat(100));
    expect(rest).toHaveLength(76);
    expect([start, rest.at(-1)]).toEqual([512 + merges.length, 513 + merges.length]);
  });

  it('a list with a line that is no pair is refused', () => {
    expect(() => clipTokenReader('#version: 0.2\nl i\nliver\n', 77)).toThrow(RangeError);
  });
});
