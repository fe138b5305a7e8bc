"""Writes facts/biomedparse_2d.json: names and shapes of the tensors in BiomedParse v1's checkpoint, from upstream's
public code.

    python upstream/biomedparse_2d_keys.py UPSTREAM        (see biomedparse_v1.py)

`needed` is used for text prompts; `unused` is the rest of the network in its inference or training: PubMedBERT next to
the text encoder, clicks and strokes, the loss. A checkpoint may contain them.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import biomedparse_v1

from converters.biomedparse_2d import UNUSED

FACTS = Path(__file__).resolve().parents[1] / "facts" / "biomedparse_2d.json"


class Vocabulary:
    """The tokenizer interface that is used before there are texts."""

    vocab_size, eos_token = 49408, "<|endoftext|>"

    def add_special_tokens(self, _tokens: dict) -> None:
        pass


def main(upstream: Path) -> None:
    from transformers import BertConfig, BertModel

    shapes: dict[str, list[int]] = {}
    for configuration in biomedparse_v1.CONFIGURATIONS:
        with torch.device("meta"):
            pubmed_bert = BertModel(BertConfig())
        model = biomedparse_v1.build(upstream, Vocabulary(), configuration, pubmed_bert=pubmed_bert)
        for name, tensor in model.state_dict().items():
            if shapes.setdefault(name, list(tensor.shape)) != list(tensor.shape):
                raise AssertionError(f"{name} has another shape in {configuration}")
    unused = {name for name in shapes if any(re.fullmatch(pattern, name) for pattern in UNUSED)}
    write(
        {name: shape for name, shape in shapes.items() if name not in unused},
        {name: shapes[name] for name in shapes if name in unused},
    )


def write(needed: dict[str, list[int]], unused: dict[str, list[int]]) -> None:
    parts = []
    for title, shapes in (("needed", needed), ("unused", unused)):
        lines = [f"  {json.dumps(name)}: {json.dumps(shape)}" for name, shape in shapes.items()]
        parts.append(f' "{title}": {{\n' + ",\n".join(lines) + "\n }")
    FACTS.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
