"""The self-test of a SAT package: a synthetic trunk, and PyTorch's masks with the same weights."""

from pathlib import Path

import numpy as np
import torch

from package_files import write_golden

from .sat_network import Sat, token_positions

SPACING = (1.0, 1.0, 3.0)
"""The model's spacing: the voxels are turned and cropped, not interpolated."""
MOST_TARGETS = 6
TO_LPS = np.diag([-SPACING[0], SPACING[1], SPACING[2], 1.0])
"""Columns run to the patient's right, rows to the back: the model sees x as stored and y flipped."""


def write_sat_golden(folder: Path, network: Sat, bank: np.ndarray, targets: list[str]) -> None:
    """@param bank [targets, dimension], the queries of `targets` in CT"""
    voxels = trunk(tuple(n * 3 // 4 for n in network.configuration.window))
    masks = segment(voxels, network, bank)
    sizes = masks.reshape(len(targets), -1).sum(1)
    # The largest targets that do not fill the image are most informative; an absent one must stay absent.
    largest = sorted((n for n in range(len(targets)) if 0 < sizes[n] < 0.9 * voxels.size), key=lambda n: -sizes[n])[
        :MOST_TARGETS
    ]
    absent = [n for n in range(len(targets)) if sizes[n] == 0][:1]
    write_golden(
        folder,
        voxels,
        TO_LPS.ravel().tolist(),
        ("CT", "HU"),
        {targets[n]: masks[n] if sizes[n] else None for n in [*largest, *absent]},
    )


def trunk(size: tuple[int, int, int]) -> np.ndarray:
    """HU, int16 [columns, rows, slices]: air, an ellipse of soft tissue surrounded by fat, lungs, a spine."""
    x, y, z = np.meshgrid(*(np.linspace(-1, 1, n) for n in size), indexing="ij")
    hu = np.full(size, -1000)
    around = (x / 0.9) ** 2 + (y / 0.8) ** 2
    for inside, value in (
        (around < 1, -100),
        (around < 0.8, 40),
        (((np.abs(x) - 0.45) / 0.3) ** 2 + (y / 0.5) ** 2 + ((z - 0.6) / 0.9) ** 2 < 1, -850),
        (x**2 + (y - 0.5) ** 2 < 0.02, 400),
        (((x - 0.3) / 0.35) ** 2 + ((y + 0.1) / 0.4) ** 2 + ((z + 0.7) / 0.4) ** 2 < 1, 110),
    ):
        hu[inside] = value
    return hu.astype(np.int16)


def segment(voxels: np.ndarray, network: Sat, bank: np.ndarray) -> np.ndarray:
    """bool [targets, columns, rows, slices], for an image that fits one window: cropped, clipped, standardised,
    zero-padded.
    """
    c = network.configuration
    image = voxels[:, ::-1].astype(np.float32)
    box = tuple(slice(places.min(), places.max() + 1) for places in np.nonzero(image > 0))
    seen = np.clip(image[box], -500, 1000)
    window = np.zeros(c.window, np.float32)
    inside = tuple(slice(0, n) for n in seen.shape)
    window[inside] = (seen - seen.mean()) / seen.std()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    masks = np.zeros((len(bank), *image.shape), bool)
    with torch.no_grad():
        network = network.to(device)
        tokens, features = network.image_features(torch.from_numpy(window)[None, None].to(device))
        position = token_positions(c.window, c.dimension).to(device)
        for n, query in enumerate(bank):
            logits = network.prompt_logits(torch.from_numpy(query)[None].to(device), tokens, position, features)[0]
            masks[n][box] = logits.cpu().numpy()[inside] > 0
        network.to("cpu")
    return masks[:, :, ::-1]
