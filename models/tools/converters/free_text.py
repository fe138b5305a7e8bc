"""Parts of a BiomedParse package that allow free text: its text encoder, CLIP's byte pairs, and the endings of
sentences.

The server reads it by server/src/segmenter/families/biomedparse/freeTextManifest.ts.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from .clip_text import CONTEXT
from .clip_tokenizer import ClipTokenizer

INPUT, OUTPUT = "tokens", "embeddings"
"""The text graph: int64 [texts, tokens] → float32 [texts, tokens, width]."""


def add_free_text_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--free-text",
        action="store_true",
        help="include the text encoder, for prompts outside the vocabulary",
    )


def write_free_text(
    folder: Path, write_text_graph: Callable[[Path], None], tokenizer: ClipTokenizer, prompts: list[dict]
) -> dict:
    """
    folder   of the package
    prompts  for each modality {"modality", "ending"}, and for CT the "window"; the model gets the words with the ending
    returns  `texts.freeText` of the manifest
    """
    write_text_graph(folder / "graphs" / "text.onnx")
    tokenizer.write(folder / "graphs" / "merges.txt")
    return {
        "file": "graphs/text.onnx",
        "input": INPUT,
        "output": OUTPUT,
        "merges": "graphs/merges.txt",
        "maximumTokens": CONTEXT,
        "prompts": prompts,
    }
