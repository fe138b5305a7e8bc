"""The self-test of the package: a small synthetic head, and what the model must make of it."""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

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
"""The server says of less that the target is not there (`existence` of the manifest)."""


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


def write_golden(
    folder: Path, voxels: np.ndarray, network: Network, spacing: float, rows: list[str], targets: dict[str, list[str]]
) -> None:
    """Writes golden.json, the voxels and the expected masks: what this side makes of the image with the exported graphs."""
    folder.mkdir(parents=True, exist_ok=True)
    centre = [(n - 1) / 2 * s for n, s in zip(SIZE, SPACING, strict=True)]
    classes = segment(
        Image(voxels.astype(np.float32), SPACING, tuple(-c for c in centre)), network, spacing, mirror=MIRROR, connected=BRAIN
    )
    # In files the first index runs fastest, which is Fortran's order of [x, y, z].
    (folder / "head.int16").write_bytes(voxels.astype("<i2").tobytes(order="F"))
    expected: dict[str, str | None] = {}
    for target in EXPECTED:
        mask = np.isin(classes, [rows.index(row) + 1 for row in targets[target]])
        is_found = mask.sum() * np.prod(SPACING) / 1000 >= MINIMUM_VOLUME_ML
        expected[target] = f"golden/{target}.bits" if is_found else None
        if is_found:
            (folder / f"{target}.bits").write_bytes(np.packbits(mask.ravel(order="F"), bitorder="little").tobytes())
    x, y, z = SPACING
    matrix = [-x, 0, 0, centre[0], 0, -y, 0, centre[1], 0, 0, z, -centre[2], 0, 0, 0, 1]
    golden = {
        "modality": "MR",
        "unit": "arbitrary",
        "grid": {"size": list(SIZE), "voxelToLps": matrix},
        "voxels": {"file": "golden/head.int16", "type": "int16"},
        "expected": expected,
    }
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
