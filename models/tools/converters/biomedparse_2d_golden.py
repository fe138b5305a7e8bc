"""The self-test of a biomedparse-2d package: two CT slices of a ball in air, and the masks from PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from package_files import write_golden

from .biomedparse_2d_network import BiomedParse2D, ImageGraph, PromptGraph
from .biomedparse_2d_targets import CT_WINDOWS
from .biomedparse_3d_golden import TO_LPS, ball
from .biomedparse_common import find_and_miss
from .clip_tokenizer import ClipTokenizer
from .existence import MINIMUM_PROBABILITY, existence_probability
from .single_images import network_image, on_own_pixels, probabilities, windowed
from .text_graph import TextGraph

WINDOW, TRIED = "abdomen", 8


def write_self_test(folder: Path, model: BiomedParse2D, tokenizer: ClipTokenizer, prompts: list[dict]) -> None:
    """Runs CT targets of one window, those without a test of existence first, and keeps one that is found and one that
    is not, or only one if all are alike.
    """
    volume = ball()
    slices = [seen(model, volume[n]) for n in range(len(volume))]
    asked = sorted(
        (prompt for prompt in prompts if prompt.get("window") == WINDOW), key=lambda prompt: "existence" in prompt
    )[:TRIED]
    found, absent = find_and_miss(
        asked, lambda prompt: np.stack([segment(model, tokenizer, image, prompt) for image in slices])
    )
    expected = {name: mask.transpose(2, 1, 0) for name, mask in list(found.items())[:1]} | dict.fromkeys(absent[:1])
    write_golden(folder, volume.transpose(2, 1, 0), TO_LPS.ravel().tolist(), ("CT", "HU"), expected)


def seen(model: BiomedParse2D, slice_: np.ndarray) -> tuple[np.ndarray, list[torch.Tensor], tuple[int, int]]:
    """The network's input for a slice, its features, and the slice's rows and columns."""
    image = network_image(windowed(slice_, **CT_WINDOWS[WINDOW]), model.sizes.image)
    with torch.no_grad():
        features = ImageGraph(model)(torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32))[None])
    return image, list(features), slice_.shape


def segment(model: BiomedParse2D, tokenizer: ClipTokenizer, slice_: tuple, prompt: dict) -> np.ndarray:
    """bool [rows, columns]: all steps of the server, for one prompt and one slice."""
    image, features, (rows, columns) = slice_
    with torch.no_grad():
        embeddings = TextGraph(model)(torch.tensor([tokenizer.encode(prompt["text"])]))
        logits = PromptGraph(model)(*features, embeddings)[0][0].numpy()
    if "existence" in prompt:
        exists = existence_probability(
            probabilities(logits, *image.shape[:2]), image, [each["beta"] for each in prompt["existence"]]
        )
        if exists < MINIMUM_PROBABILITY:
            return np.zeros((rows, columns), bool)
    return on_own_pixels(logits, rows, columns) > 0.5
