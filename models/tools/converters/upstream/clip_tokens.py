"""Compares our tokenizer of BiomedParse's prompts with upstream's, token for token, and saves some for the server's
tests.

    python upstream/clip_tokens.py MERGES.gz

MERGES.gz is CLIP's bpe_simple_vocab_16e6.txt.gz; needs the packages transformers and ftfy. The fixture has a small list
of byte pairs, only those of its texts, so it stays at a few kB.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from biomedparse_v2 import clip_tokenizer, clip_tokenizer_of

from converters.biomedparse_3d_targets import CLASSES, prompt_of
from converters.clip_tokenizer import ClipTokenizer

FIXTURE = Path(__file__).resolve().parents[4] / "server/src/segmenter/families/biomedparse/testing/clipTokens.json"
KEPT_PROMPTS = 30
ODD = (
    "",
    "  double  spaces ",
    "tab\tnew\nline",
    "Alzheimer's disease plaque",
    "it's they'll I'd don't we've--'s",
    "COVID-19, 3.5mm x 20%",
    "MRI-T2*",
    "Ödem im Gehirn",
    "lésion",
    "½ ² Ⅳ",
    "日本",
    "liver & spleen; kidney/bladder (left)",
    "perihepatic fluid collection in CT",
    "hypodense lesion, segment VIII",
    "Zuſtand İstanbul ΣΑΣ ﬁbrosis",
    "the patient’s “fluid” ＣＴ",
    "e\u0301de\u0300me zero\u200bwidth",
    "🫀 heart \U0001d49c",
    "`~!@#$%^&*()_+-=[]{}|;':\",./<>?\\",
    "a" * 300,
    "word " * 100,
)


def main(merges: Path) -> None:
    theirs, ours = clip_tokenizer(merges), ClipTokenizer.read(merges, 49408)
    texts = [prompt_of(name, classes.words) for classes in CLASSES for name in classes.names]
    others = [text for text in (*texts, *ODD) if ours.encode(text) != tokens_of(theirs, text)]
    print(f"{len(texts)} prompts and {len(ODD)} odd texts, {len(others)} with other tokens {others}")
    keep(ours, [*texts[:: len(texts) // KEPT_PROMPTS], *ODD])


def tokens_of(tokenizer, text: str) -> list[int]:
    return tokenizer(text, truncation=True, max_length=77)["input_ids"]


def keep(ours: ClipTokenizer, texts: list[str]) -> None:
    """With the pairs that the texts need; their order decides which are joined first, so every text is split as with
    all pairs.
    """
    names = {number: name for name, number in ours.id.items()}
    needed: set[str] = set()
    joined = {"".join(pair): pair for pair in ours.merges}
    open_tokens = [names[token] for text in texts for token in ours.encode(text)[1:-1]]
    while open_tokens:
        token = open_tokens.pop()
        if token in joined and token not in needed:
            needed.add(token)
            open_tokens.extend(joined[token])
    pairs = [" ".join(pair) for pair in ours.merges if "".join(pair) in needed]
    theirs = clip_tokenizer_of(pairs)
    cases = [json.dumps([text, tokens_of(theirs, text)], ensure_ascii=True) for text in texts]
    text = f'{{"merges": {json.dumps(pairs, ensure_ascii=True)},\n "cases": [\n  ' + ",\n  ".join(cases) + "\n ]}\n"
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(text, encoding="utf-8")
    print(f"{len(cases)} kept, with {len(pairs)} pairs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
