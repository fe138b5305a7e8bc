"""Texts for VoxTell and their embeddings, from its authors' bank or from the text encoder."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .checkpoint import CheckpointError

INSTRUCTION = "Given an anatomical term query, retrieve the precise anatomical entity and location it represents"
"""The published model's training instruction; a text is embedded as its query."""
MAXIMUM_TOKENS = 8192


@dataclass(frozen=True)
class TextBank:
    """Lower-case texts, each once, and float32 [texts, dimension]."""

    texts: list[str]
    embeddings: np.ndarray

    def require(self, dimension: int) -> None:
        """@raises CheckpointError unless every text has an embedding of that length"""
        if (
            not self.texts
            or self.embeddings.shape != (len(self.texts), dimension)
            or not np.isfinite(self.embeddings).all()
        ):
            shape = "×".join(map(str, self.embeddings.shape))
            raise CheckpointError(
                f"The bank has {len(self.texts)} texts and embeddings of {shape}, but the model needs "
                f"{dimension} for each"
            )

    def only(self, texts: list[str]) -> TextBank:
        """The given texts, in that order."""
        return TextBank(texts, self.embeddings[[self.texts.index(text) for text in texts]])


def read_bank(path: Path) -> TextBank:
    """A .npz with `labels` [texts] and `embeddings` [texts, dimension]; no pickle in it is opened. @raises
    CheckpointError"""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            labels, embeddings = arrays["labels"], arrays["embeddings"]
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path.name} is not a bank of labels and embeddings: {error}") from error
    # Of labels that differ in case only the last counts, as upstream reads it.
    rows = {str(label).lower(): n for n, label in enumerate(labels)}
    return TextBank(list(rows), embeddings[list(rows.values())].astype(np.float32))


def bank_of_texts(encoder: Path, texts: Path | None) -> TextBank:
    """Embeds the lines of a file with Qwen3-Embedding-4B. @raises CheckpointError"""
    if texts is None:
        raise CheckpointError("--text-encoder needs --texts, a file with one text per line")
    lines = [line.strip().lower() for line in texts.read_text(encoding="utf-8").splitlines()]
    asked = list(dict.fromkeys(line for line in lines if line))
    try:
        from transformers import AutoModel, AutoTokenizer
    except ModuleNotFoundError as error:
        raise CheckpointError(
            "--text-encoder needs the package transformers, 4.51 or later: pip install transformers"
        ) from error
    # Local files and safetensors only: nothing is downloaded, and no pickle opened.
    tokenizer = AutoTokenizer.from_pretrained(encoder, padding_side="left", local_files_only=True)
    model = AutoModel.from_pretrained(encoder, use_safetensors=True, local_files_only=True).eval()
    return TextBank(
        asked, np.stack([_embedding(text, tokenizer, model) for text in asked]) if asked else np.zeros((0, 0))
    )


def _embedding(text: str, tokenizer, model) -> np.ndarray:
    """The last token's state. One text at a time, without padding, so no text depends on others."""
    tokens = tokenizer(
        [f"Instruct: {INSTRUCTION}\nQuery: {text}"], truncation=True, max_length=MAXIMUM_TOKENS, return_tensors="pt"
    )
    with torch.no_grad():
        return model(**tokens).last_hidden_state[0, -1].float().numpy()
