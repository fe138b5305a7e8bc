"""Compares our two word-piece tokenizers with upstream's, and saves some output for the tests of both.

    python upstream/sat_tokens.py UPSTREAM VOCABULARY

UPSTREAM is a checkout of github.com/zhaoziheng/SAT, VOCABULARY the vocab.txt of bert-base-uncased: MPNet's vocabulary
is that with four pieces before it and one after. The fixture has a small vocabulary, only the pieces of its texts, so
it stays at a few kB.
"""

import json
import string
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from transformers import MPNetTokenizerFast

from converters.wordpiece import tokens_of

HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parents[3] / "server" / "src" / "segmenter" / "families" / "sat" / "testing" / "wordPieces.json"
BEFORE, BEHIND = ["<s>", "<pad>", "</s>", "<unk>"], ["<mask>"]
KEPT_NAMES = 40
ODD = [
    "",
    "   ",
    "Liver",
    "LEFT  KIDNEY\t(upper\npole)",
    "sacral vertebrae 1 (s1)",
    "pre-subgenual frontal cortex",
    "Lòbè, naïve façade — “quoted” & 50 %",
    "肝臓 liver 脾",
    "x" * 101,
    "x" * 100,
    "zero\u200bwidth\u00a0space\u0000null\ufffdreplaced",
    "e\u0301 İstanbul ﬁne ½ ² ẞ",
    "𝒜 🫀 heart",
    "`~!@#$%^&*()_+-=[]{}|;':\",./<>?\\",
    "liver " * 300,
]


def main(upstream: Path, vocabulary: Path) -> None:
    sys.path.insert(0, str(upstream))
    from model.tokenizer import MyTokenizer

    pieces = [*BEFORE, *vocabulary.read_text(encoding="utf-8").rstrip("\n").split("\n"), *BEHIND]
    terms = json.loads((HERE.parents[1] / "terminology" / "published_terms.json").read_text(encoding="utf-8"))["SAT"]
    names = sorted({name for own in terms.values() for name in own})
    compared = compare(MyTokenizer, pieces, [*names, *ODD])
    print(f"{len(pieces)} pieces: {len(compared)} texts have the same tokens")
    kept = [*names[:: len(names) // KEPT_NAMES], *ODD]
    needed = {pieces[token] for name in kept for token in compared[name]}
    small = [
        piece
        for piece in pieces
        if piece in needed or (len(piece.removeprefix("##")) == 1 and piece[-1] in string.printable)
    ]
    small = [*small, *(piece for piece in BEFORE + BEHIND if piece not in small)]
    cases = [
        json.dumps([text, tokens], ensure_ascii=True) for text, tokens in compare(MyTokenizer, small, kept).items()
    ]
    text = f'{{"pieces": {json.dumps(small)},\n "cases": [\n  ' + ",\n  ".join(cases) + "\n ]}\n"
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(text, encoding="utf-8")


def compare(tokenizer: type, pieces: list[str], texts: list[str]) -> dict[str, list[int]]:
    """Text → its tokens, the same from both. @raises AssertionError for the first text that differs"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
        MPNetTokenizerFast(vocab_file=str(Path(folder) / "vocab.txt"), unk_token="[UNK]").save_pretrained(folder)
        theirs = tokenizer(folder)
        found = {text: theirs.tokenize(text)["input_ids"][0].tolist() for text in texts}
    for text, expected in found.items():
        ours = tokens_of([text], pieces)[0].tolist()
        assert ours == expected, f"{text!r}: {ours} instead of {expected}"
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
