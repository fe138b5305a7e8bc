"""The self-test of a LiteMedSAM package: one synthetic slice of the network's own size, and PyTorch's masks of two
boxes with the same weights.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from .lite_medsam_network import BoxDecoder, LiteMedSam, network_image, windowed
from .package import bits_of, golden_volume, write_json
from .tiny_vit import IMAGE_SIZE

TO_LPS = np.diag([1.0, 1.0, 3.0, 1.0])
BOXES = {"large": (52, 70, 150, 180), "small": (168, 92, 214, 140)}
"""First column and row, last column and row."""


def write_lite_medsam_golden(folder: Path, network: LiteMedSam, window: Mapping) -> None:
    """window  name, level and width, HU"""
    golden = folder / "golden"
    golden.mkdir()
    voxels = abdomen()
    image = network_image(windowed(voxels[:, :, 0].T, window["level"], window["width"]))
    for name, box in BOXES.items():
        mask = mask_of(network, image, box)
        (golden / f"{name}.bits").write_bytes(bits_of(mask.T[:, :, None]))
    write_json(
        golden / "golden.json",
        {
            "modality": "CT",
            "unit": "HU",
            **golden_volume(golden, voxels, TO_LPS),
            "boxes": [
                {"first": [left, top, 0], "last": [right, bottom, 0], "mask": f"golden/{name}.bits"}
                for name, (left, top, right, bottom) in BOXES.items()
            ],
        },
    )


def abdomen() -> np.ndarray:
    """HU, int16 [columns, rows, 1]: air, fat, muscle, a large and a small organ, a vertebra; some noise."""
    x, y = np.meshgrid(np.arange(IMAGE_SIZE), np.arange(IMAGE_SIZE), indexing="ij")

    def ellipse(centre: tuple[int, int], radii: tuple[int, int]) -> np.ndarray:
        return ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 < 1

    hu = np.full(x.shape, -1000.0)
    for inside, value in (
        (ellipse((128, 128), (118, 92)), -100),
        (ellipse((128, 128), (104, 78)), 45),
        (ellipse((128, 128), (98, 70)), -90),
        (ellipse((101, 125), (46, 52)), 110),
        (ellipse((191, 116), (20, 21)), 150),
        (ellipse((134, 176), (18, 15)), 350),
    ):
        hu[inside] = value
    noise = np.random.default_rng(20240317).normal(0, 12, hu.shape)
    return np.round(hu + noise).astype(np.int16)[:, :, None]


def mask_of(network: LiteMedSam, image: torch.Tensor, box: tuple[int, int, int, int]) -> np.ndarray:
    """bool [rows, columns]"""
    with torch.no_grad():
        decoder = BoxDecoder(network)
        prompt = torch.tensor([box], dtype=torch.float32)
        logits, _ = decoder(network.image_encoder(image), prompt, decoder.places())
    return logits[0, 0].numpy() > 0
