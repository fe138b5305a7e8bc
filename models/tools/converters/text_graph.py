"""The text encoder of both versions of BiomedParse as a graph, and its output for the prompts of a vocabulary."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from .clip_tokenizer import ClipTokenizer
from .onnx_export import export_graph


class TextGraph(nn.Module):
    """Token ids int64 [texts, tokens] → token embeddings [texts, tokens, width]."""

    INPUT, OUTPUT = "tokens", "embeddings"

    def __init__(self, model: nn.Module):
        """model  with a `language_encoder`"""
        super().__init__()
        self.language_encoder = model.language_encoder

    def forward(self, ids: Tensor) -> Tensor:
        return self.language_encoder(ids)


def write_text_graph(model: nn.Module, path: Path) -> None:
    """The text encoder; for its vocabulary a package contains the output instead (the bank)."""
    axes = {0: "texts", 1: "tokens"}
    ids = torch.zeros(2, 5, dtype=torch.int64)
    export_graph(
        TextGraph(model),
        {TextGraph.INPUT: ids},
        [TextGraph.OUTPUT],
        path,
        {TextGraph.INPUT: axes, TextGraph.OUTPUT: axes},
    )


def write_bank(model: nn.Module, tokenizer: ClipTokenizer, prompts: list[dict], path: Path) -> list[dict]:
    """Concatenated token embeddings of the prompts, float32, and the prompts with their token counts."""
    rows = []
    with path.open("wb") as file, torch.no_grad():
        for prompt in prompts:
            ids = tokenizer.encode(prompt["text"])
            file.write(TextGraph(model)(torch.tensor([ids])).numpy().astype("<f4").tobytes())
            rows.append({**prompt, "tokens": len(ids)})
    return rows
