import { Tokenizer } from '@huggingface/tokenizers';

/** Suffix of a token at the end of a word. */
const endOfWord = '</w>';

/** CLIP's units of a text: contractions, runs of letters, single digits, runs of other characters. */
const words = "'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+";

/**
 * CLIP's tokenizer: byte pairs of lower-case words (Radford et al. 2021, after Sennrich et al. 2016). The vocabulary
 * follows from the merges: 256 bytes, 256 bytes that end a word, a token for each merge, start and end of text. The
 * converters read the same list (`models/tools/converters/clip_tokenizer.py`).
 *
 * @param merges a heading, then a pair of tokens per line
 * @param maximumTokens of one text, including start and end; longer texts are truncated before the end
 * @throws RangeError if a line is not a pair
 */
export function clipTokenReader(merges: string, maximumTokens: number): (text: string) => number[] {
  const pairs = merges.replace(/\n$/, '').split('\n').slice(1);
  if (pairs.some((pair) => !/^\S+ \S+$/.test(pair))) throw new RangeError('A line is not a pair of tokens.');
  const characters = byteCharacters();
  const tokens = [
    ...characters,
    ...characters.map((character) => character + endOfWord),
    ...pairs.map((pair) => pair.replace(' ', '')),
  ];
  const [start, end] = [tokens.length, tokens.length + 1];
  const tokenizer = new Tokenizer(
    {
      added_tokens: [],
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
      model: {
        type: 'BPE',
        unk_token: null,
        continuing_subword_prefix: '',
        end_of_word_suffix: endOfWord,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: pairs,
      },
      post_processor: null,
      decoder: null,
    },
    {},
  );
  return (text) => {
    const found = tokenizer.encode(tidied(text.normalize('NFC')), { add_special_tokens: false }).ids;
    return [start, ...found.slice(0, maximumTokens - 2), end];
  };
}

/**
 * Straightens quotation marks and replaces ligatures and wide forms, as ftfy does, which upstream's tokenizer calls.
 */
const tidied = (text: string): string =>
  text
    .replaceAll(/[\u02bc\u2018-\u201b]/g, "'")
    .replaceAll(/[\u201c-\u201f]/g, '"')
    .replaceAll(/[\ufb00-\ufb06\uff01-\uffef]/g, (form) => form.normalize('NFKC'));

/**
 * The characters that represent bytes in the merges, in the order of their tokens: printable Latin-1 unchanged, the
 * others from U+0100 on.
 */
function byteCharacters(): readonly string[] {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const printable = bytes.filter(isPrintable);
  const others = bytes.filter((byte) => !isPrintable(byte));
  return [...printable, ...others.map((_, n) => 0x100 + n)].map((code) => String.fromCharCode(code));
}
