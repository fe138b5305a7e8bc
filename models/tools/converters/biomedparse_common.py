"""What the converters of both versions of BiomedParse share: CLIP's tokenizer, the texts of a package, its two graphs,
and the choice of targets for its self-test.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .checkpoint import CheckpointError
from .clip_tokenizer import ClipTokenizer
from .free_text import add_free_text_argument, write_free_text
from .onnx_export import export_graph
from .text_graph import write_bank, write_text_graph


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--merges",
        type=Path,
        required=True,
        help="CLIP's list of byte pairs: merges.txt or bpe_simple_vocab_16e6.txt.gz",
    )
    add_free_text_argument(parser)


def read_tokenizer(merges: Path, vocabulary: int) -> ClipTokenizer:
    """
    vocabulary  number of tokens that the network knows
    raises      CheckpointError where the list does not fit the network
    """
    try:
        return ClipTokenizer.read(merges, vocabulary)
    except ValueError as error:
        raise CheckpointError(str(error)) from error


def write_texts(
    model: nn.Module, tokenizer: ClipTokenizer, prompts: list[dict], arguments: Namespace, endings: list[dict]
) -> dict:
    """Writes the bank of embeddings and, with `--free-text`, the text encoder into the package.

    model    with a `language_encoder`
    endings  of sentences in free text, see `write_free_text`
    returns  `texts` of the manifest
    """
    folder: Path = arguments.out
    rows = write_bank(model, tokenizer, prompts, folder / "embeddings.f32")
    texts = {"bank": {"file": "embeddings.f32", "dimension": model.sizes.width}, "rows": rows}
    if arguments.free_text:
        texts["freeText"] = write_free_text(folder, lambda path: write_text_graph(model, path), tokenizer, endings)
    return texts


def export_graphs(
    image_graph: nn.Module,
    prompt_graph: nn.Module,
    size: int,
    prompt_inputs: Callable[[Sequence[Tensor]], Mapping[str, Tensor]],
    folder: Path,
    precision: str,
) -> None:
    """Writes image.onnx and prompt.onnx. The prompt graph stays in float32: its family says why.

    size           of the square image, in pixels
    prompt_inputs  inputs of the prompt graph by name, from the features of an image
    precision      of the image graph, "fp32" or "fp16"
    """
    image = torch.zeros(1, 3, size, size)
    export_graph(
        image_graph,
        {image_graph.INPUT: image},
        image_graph.OUTPUTS,
        folder / "image.onnx",
        {},
        precision=precision,
    )
    with torch.no_grad():
        features = image_graph(image)
    outputs = {name: {0: "prompts"} for name in prompt_graph.OUTPUTS}
    dynamic = {"embeddings": {0: "prompts", 1: "tokens"}, **outputs}
    export_graph(prompt_graph, prompt_inputs(features), prompt_graph.OUTPUTS, folder / "prompt.onnx", dynamic)


def find_and_miss(asked: list[dict], segment: Callable[[dict], np.ndarray]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Segments one prompt after the other until a target was found and another was not.

    returns  masks of targets that were found, and targets that were not, in the order in which they were asked
    """
    found: dict[str, np.ndarray] = {}
    absent: list[str] = []
    for prompt in asked:
        mask = segment(prompt)
        if mask.any():
            found[prompt["target"]] = mask
        else:
            absent.append(prompt["target"])
        if found and absent:
            break
    return found, absent
