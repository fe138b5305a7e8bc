"""The self-test of a VoxTell package: a synthetic trunk, and PyTorch's masks with the same weights."""

from pathlib import Path

import numpy as np
import torch

from package_files import write_golden

from .sat_golden import trunk
from .voxtell_network import VoxTell

MARGIN = 3
"""Voxels of 0 around the trunk, which cropping removes."""
MOST_TARGETS = 6
TO_LPS = np.diag([-1.5, 1.5, 1.5, 1.0])
"""Columns run to the patient's right, rows to the back: the model sees x as stored and y flipped."""


def write_voxtell_golden(folder: Path, network: VoxTell, embeddings: np.ndarray, targets: list[str]) -> None:
    """@param embeddings [targets, dimension]"""
    side = network.configuration.window * 3 // 4
    voxels = np.pad(trunk((side, side - 4, side - 9)), MARGIN)
    # Number of targets to compute; of a bank of thousands the first are enough.
    some = slice(0, 4 * MOST_TARGETS)
    masks = segment(voxels, network, embeddings[some])
    sizes = masks.reshape(len(masks), -1).sum(1)
    # The largest targets that do not fill the image are most informative; an absent one must stay absent.
    largest = sorted((n for n in range(len(masks)) if 0 < sizes[n] < 0.9 * voxels.size), key=lambda n: -sizes[n])[
        :MOST_TARGETS
    ]
    absent = [n for n in range(len(masks)) if sizes[n] == 0][:1]
    write_golden(
        folder,
        voxels,
        TO_LPS.ravel().tolist(),
        ("CT", "HU"),
        {targets[n]: masks[n] if sizes[n] else None for n in [*largest, *absent]},
    )


def segment(voxels: np.ndarray, network: VoxTell, embeddings: np.ndarray) -> np.ndarray:
    """bool [targets, columns, rows, slices], for an image that fits one window: cropped, standardised, zero-padded on
    both sides.
    """
    image = voxels[:, ::-1].astype(np.float32)
    box = tuple(slice(places.min(), places.max() + 1) for places in np.nonzero(image != 0))
    seen = image[box]
    window = np.zeros([network.configuration.window] * 3, np.float32)
    inside = tuple(
        slice((whole - part) // 2, (whole - part) // 2 + part)
        for whole, part in zip(window.shape, seen.shape, strict=True)
    )
    window[inside] = (seen - seen.mean(dtype=np.float64)) / seen.std(dtype=np.float64)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    masks = np.zeros((len(embeddings), *image.shape), bool)
    with torch.no_grad():
        network = network.to(device)
        scales = network.encoder(torch.from_numpy(window.transpose(2, 1, 0).copy())[None, None].to(device))
        for n, query in enumerate(embeddings):
            logits = network.prompt_logits(scales, torch.from_numpy(query)[None].to(device))[0]
            masks[n][box] = logits.cpu().numpy().transpose(2, 1, 0)[inside] > 0
        network.to("cpu")
    return masks[:, :, ::-1]
