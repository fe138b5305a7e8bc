"""The self-test of a biomedparse-3d package: two slices of a ball in air, and the masks that PyTorch computes here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from package_files import write_golden

from .biomedparse_3d_network import BiomedParse3D, ImageGraph, PromptGraph
from .biomedparse_3d_targets import CT_WINDOWS
from .biomedparse_common import find_and_miss
from .clip_tokenizer import ClipTokenizer
from .noise import slice_noise
from .slice_images import resized, squared, windowed, with_neighbours
from .slice_masks import labels_of, on_own_pixels
from .text_graph import TextGraph

ROWS, COLUMNS, SLICES = 20, 24, 2
TRIED = 12
TO_LPS = np.diag([2.0, 2.0, 3.0, 1.0])


def write_self_test(
    folder: Path, model: BiomedParse3D, tokenizer: ClipTokenizer, prompts: list[dict], seed: int
) -> None:
    """Runs the first CT targets of one window one by one and keeps one that is found and one that is not, or two of the
    same kind.
    """
    volume = ball()
    asked = [prompt for prompt in prompts if prompt.get("window") == "soft-tissue"][:TRIED]
    found, absent = find_and_miss(asked, lambda prompt: segment(model, tokenizer, volume, [prompt], seed)[0])
    # In one run they compete: only targets found both alone and together can be expected.
    chosen = [prompt for prompt in asked if prompt["target"] in [*list(found)[:1], *absent[:1]]]
    masks = segment(model, tokenizer, volume, chosen, seed)
    expected = {
        prompt["target"]: mask.transpose(2, 1, 0) if mask.any() else None
        for prompt, mask in zip(chosen, masks, strict=True)
    }
    write_golden(folder, volume.transpose(2, 1, 0), TO_LPS.ravel().tolist(), ("CT", "HU"), expected)


def ball() -> np.ndarray:
    """HU, [slices, rows, columns]: a ball of 60 HU with a denser core in air, off centre."""
    row, column = np.mgrid[:ROWS, :COLUMNS]
    slices = []
    for n in range(SLICES):
        distance = np.hypot(row - 9, column - 13) + n
        slices.append(np.select([distance < 4, distance < 8], [160, 60], -1000))
    return np.stack(slices).astype(np.int16)


def segment(
    model: BiomedParse3D, tokenizer: ClipTokenizer, volume: np.ndarray, prompts: list[dict], seed: int
) -> np.ndarray:
    """bool [prompts, slices, rows, columns]: all steps of the server, for prompts of one CT window."""
    size = model.sizes.image
    images = resized(squared(windowed(volume, **CT_WINDOWS[prompts[0]["window"]])), size)
    masks = np.zeros((len(prompts), *volume.shape), bool)
    with torch.no_grad():
        embeddings = [TextGraph(model)(torch.tensor([tokenizer.encode(prompt["text"])])) for prompt in prompts]
        for n in range(len(volume)):
            features = ImageGraph(model)(torch.from_numpy(with_neighbours(images, n))[None])
            noise = [torch.from_numpy(values) for values in slice_noise(model.sizes, seed, n)]
            outputs = [PromptGraph(model)(*features, embedding, *noise) for embedding in embeddings]
            logits = torch.cat([mask for mask, _ in outputs]).numpy()
            presence = torch.cat([presence for _, presence in outputs]).numpy()
            labels = on_own_pixels(labels_of(logits, presence, size), *volume.shape[1:])
            for prompt in range(len(prompts)):
                masks[prompt, n] = labels == prompt + 1
    return masks
