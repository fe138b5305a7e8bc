"""SAT's token ids: uncased word pieces of MPNet's vocabulary, between `[CLS]` and `[SEP]` instead of MPNet's <s> and
</s>.

The server does the same (server/src/segmenter/families/sat/wordPieces.ts); both are tested against the tokenizer that
upstream calls.
"""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from .mpnet import MAXIMUM_TOKENS, PADDING_TOKEN

LONGEST_WORD = 100
UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"


def read_pieces(path: Path) -> list[str]:
    """Pieces by token id, from a tokenizer.json or a vocab.txt as published with models."""
    if path.suffix == ".json":
        ids = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
        pieces = sorted(ids, key=lambda piece: ids[piece])
        if [ids[piece] for piece in pieces] != list(range(len(pieces))):
            raise ValueError(f"{path.name} does not number its pieces from 0 on")
    else:
        pieces = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    absent = [piece for piece in (UNKNOWN, FIRST, LAST) if piece not in pieces]
    if absent:
        raise ValueError(f"{path.name} has no {', '.join(absent)}")
    return pieces


def tokens_of(texts: list[str], pieces: list[str]) -> torch.Tensor:
    """int64 [texts, tokens]: as many tokens as the longest text has, 0 after the end of the others."""
    ids = {piece: n for n, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocab=ids, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    rows = [
        [ids[FIRST], *tokenizer.encode(text, add_special_tokens=False).ids[: MAXIMUM_TOKENS - 2], ids[LAST]]
        for text in texts
    ]
    length = max(map(len, rows))
    return torch.tensor([row + [PADDING_TOKEN] * (length - len(row)) for row in rows], dtype=torch.int64)
