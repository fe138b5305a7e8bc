"""CLIP's byte-pair encoding (Radford et al. 2021, after Sennrich et al. 2016), from its list of merges alone.

The merges define the vocabulary: 256 bytes, 256 bytes that end a word, one token for each merge, start and end of text.
The server's tokenizer (server/src/segmenter/families/biomedparse/clipTokens.ts) reads the same list.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from .clip_text import CONTEXT

END_OF_WORD = "</w>"
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"
"""Contractions, runs of letters, single digits and runs of other signs."""


def byte_characters() -> list[str]:
    """The characters of the bytes in the merges, in the order of the first 256 tokens; the table is that of GPT-2."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = 256 - len(printable)
    return [chr(code) for code in (*printable, *range(256, 256 + others))]


class ClipTokenizer:
    def __init__(self, merges: list[tuple[str, str]]):
        characters = byte_characters()
        tokens = [*characters, *(c + END_OF_WORD for c in characters), *("".join(pair) for pair in merges)]
        self.merges = merges
        self.id = {token: n for n, token in enumerate(tokens)}
        self.start, self.end = len(tokens), len(tokens) + 1
        self.pairs = Tokenizer(models.BPE(vocab=self.id, merges=merges, end_of_word_suffix=END_OF_WORD))
        words = pre_tokenizers.Split(Regex(WORDS), "removed", invert=True)
        to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        self.pairs.pre_tokenizer = pre_tokenizers.Sequence([words, to_bytes])

    @classmethod
    def read(cls, path: Path, vocabulary: int) -> ClipTokenizer:
        """
        path        merges.txt, or CLIP's own bpe_simple_vocab_16e6.txt.gz: a heading, then a pair of tokens per line
        vocabulary  number of tokens of the model; merges beyond it are left out, as in CLIP
        @raises ValueError if the list is too short for the model
        """
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = content.decode("utf-8").split("\n")[1:]
        count = vocabulary - 514
        pairs = [tuple(line.split()) for line in lines[:count]]
        if len(pairs) < count or any(len(pair) != 2 for pair in pairs):
            raise ValueError(f"{path.name} must contain {count} pairs of tokens after its heading")
        return cls(pairs)

    def write(self, path: Path) -> None:
        path.write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in self.merges), encoding="utf-8")

    def encode(self, text: str) -> list[int]:
        """Start, tokens, end; at most CONTEXT, truncated before the end."""
        text = tidied(unicodedata.normalize("NFC", text)).lower()
        return [self.start, *self.pairs.encode(text, add_special_tokens=False).ids[: CONTEXT - 2], self.end]


def tidied(text: str) -> str:
    """Straight quotation marks, no ligatures, no wide forms: the effect of ftfy, which upstream's tokenizer calls, on
    clean text.
    """
    text = re.sub("[\u02bc\u2018-\u201b]", "'", text)
    text = re.sub("[\u201c-\u201f]", '"', text)
    return re.sub("[\ufb00-\ufb06\uff01-\uffef]", lambda match: unicodedata.normalize("NFKC", match[0]), text)
