"""The self-test of the package: a small synthetic CT, and the model's expected masks."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from package_files import write_golden
from training.golden import ras_to_lps
from training.inference import Image, Network

from .bodies import Body
from .images import ImageGenerator
from .inference import segment

SIZE = (66, 48, 46)
SPACING = (5.3, 5.1, 5.6)
DRAWN = (96, 64, 72)
DRAWN_SPACING = 4.0
SEED = (20_261_129, 5)
EXPECTED = 12
"""Maximum number of targets to check: the largest in the image."""
MINIMUM_VOLUME_ML = 1.0
"""Below this volume the server reports "not found" (`existence` of the manifest)."""


def golden_voxels(body: Body) -> np.ndarray:
    """int16 [x, y, z], RAS, HU: a CT of the body on a grid that is not the model's."""
    image = ImageGenerator([body], DRAWN, DRAWN_SPACING).draw(SEED).image
    axes = [
        ((torch.arange(n) - (n - 1) / 2) * own / DRAWN_SPACING / ((m - 1) / 2)).clamp(-1, 1)
        for n, own, m in zip(SIZE, SPACING, DRAWN, strict=True)
    ]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).flip(-1)
    sampled = functional.grid_sample(image[None, None], places[None], mode="bilinear", align_corners=True)[0, 0]
    return np.round(sampled.numpy()).astype(np.int16)


def write_trunk(
    folder: Path, voxels: np.ndarray, network: Network, spacing: float, rows: list[str], targets: dict[str, list[str]]
) -> None:
    """Writes the self-test; the expected masks are the output of the exported graphs in Python.

    folder  of the package
    @raises ValueError if the model finds none of its targets in the image
    """
    centre = [(n - 1) / 2 * own for n, own in zip(SIZE, SPACING, strict=True)]
    classes = segment(Image(voxels.astype(np.float32), SPACING, tuple(-c for c in centre)), network, spacing)
    voxel = float(np.prod(SPACING)) / 1000
    masks = {target: np.isin(classes, [rows.index(row) + 1 for row in own]) for target, own in targets.items()}
    found = sorted((t for t in masks if masks[t].sum() * voxel >= MINIMUM_VOLUME_ML), key=lambda t: -masks[t].sum())
    if not found:
        raise ValueError("The model finds none of its targets in the golden image.")
    absent = [target for target in masks if not masks[target].any()]
    expected = {target: masks[target] for target in found[:EXPECTED]} | dict.fromkeys(absent[:2])
    write_golden(folder, voxels, ras_to_lps(SPACING, centre), ("CT", "HU"), expected, name="trunk")
