"""The self-test of the package: a small synthetic head, and the model's expected masks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from package_files import write_golden

from .base_classes import BRAIN, MIRROR
from .generator import Generator
from .inference import Image, Network, segment
from .label_maps import LabelMap, LabelSet

SIZE = (58, 76, 62)
SPACING = (2.3, 2.1, 2.4)
DRAWN_SPACING = 2.0
DRAWN_SIZE = (72, 88, 80)
HIGHEST = 1000
EXPECTED = (
    "head",
    "brain",
    "ventricles",
    "left-cerebral-hemisphere",
    "right-cerebral-white-matter",
    "left-hippocampus",
    "right-thalamus",
    "brain-stem",
    "skull",
)


MINIMUM_VOLUME_ML = 0.05
"""Below this volume the server reports "not found" (`existence` of the manifest)."""


def golden_voxels(maps: list[LabelMap], labels: LabelSet) -> np.ndarray:
    """int16 [x, y, z], RAS: a T1-like image from one deformed label map, on a grid that is not the model's."""
    generator = Generator(maps, labels, DRAWN_SIZE, DRAWN_SPACING, torch.device("cpu"))
    image = generator.draw((20_261_122, 4), 0.0, "t1").image
    axes = [
        torch.clamp(((torch.arange(n) - (n - 1) / 2) * s / DRAWN_SPACING) / ((m - 1) / 2), -1, 1)
        for n, s, m in zip(SIZE, SPACING, DRAWN_SIZE, strict=True)
    ]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).flip(-1)
    sampled = functional.grid_sample(image[None, None], places[None], mode="bilinear", align_corners=True)[0, 0]
    return np.round(sampled.numpy() / 1.5 * HIGHEST).astype(np.int16)


def write_head(
    folder: Path, voxels: np.ndarray, network: Network, spacing: float, rows: list[str], targets: dict[str, list[str]]
) -> None:
    """Writes the self-test; the expected masks are the output of the exported graphs in Python.

    folder  of the package
    """
    centre = [(n - 1) / 2 * s for n, s in zip(SIZE, SPACING, strict=True)]
    classes = segment(
        Image(voxels.astype(np.float32), SPACING, tuple(-c for c in centre)),
        network,
        spacing,
        mirror=MIRROR,
        connected=BRAIN,
    )
    masks = {target: np.isin(classes, [rows.index(row) + 1 for row in targets[target]]) for target in EXPECTED}
    expected = {target: mask if volume_ml(mask) >= MINIMUM_VOLUME_ML else None for target, mask in masks.items()}
    write_golden(folder, voxels, ras_to_lps(SPACING, centre), ("MR", "arbitrary"), expected, name="head")


def volume_ml(mask: np.ndarray) -> float:
    return float(mask.sum() * np.prod(SPACING) / 1000)


def ras_to_lps(spacing: Sequence[float], centre: Sequence[float]) -> list[float]:
    """The voxel-to-LPS matrix, row by row, of an image whose axes run to the right, the front and the head.

    spacing, centre  mm
    """
    x, y, z = spacing
    return [-x, 0, 0, centre[0], 0, -y, 0, centre[1], 0, 0, z, -centre[2], 0, 0, 0, 1]
