import { Tokenizer } from '@huggingface/tokenizers';

/**
 * SAT's tokenizer: uncased word pieces of BERT between `[CLS]` and `[SEP]` (Wu et al. 2016; Devlin et al. 2018). SAT's
 * encoder has MPNet's vocabulary; MPNet was trained with other first and last tokens, but upstream uses these.
 *
 * @param pieces by token id
 * @param maximumTokens of one text, including the first and last; longer texts are truncated before the last
 * @throws RangeError if `[CLS]`, `[SEP]` or `[UNK]` is missing
 */
export function wordPieceReader(pieces: readonly string[], maximumTokens: number): (text: string) => number[] {
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const idOf = (piece: string): number => {
    const id = ids.get(piece);
    if (id === undefined) throw new RangeError(`The word pieces have no ${piece}.`);
    return id;
  };
  const [first, last] = [idOf('[CLS]'), idOf('[SEP]'), idOf('[UNK]')];
  const normalizer = { clean_text: true, handle_chinese_chars: true, strip_accents: true, lowercase: true };
  const tokenizer = new Tokenizer(
    {
      added_tokens: [],
      normalizer: { type: 'BertNormalizer', ...normalizer },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: {
        type: 'WordPiece',
        vocab: Object.fromEntries(ids),
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
      },
      post_processor: null,
      decoder: null,
    },
    {},
  );
  return (text) => {
    const found = tokenizer.encode(text, { add_special_tokens: false }).ids;
    return [first, ...found.slice(0, maximumTokens - 2), last];
  };
}
