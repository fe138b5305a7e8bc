"""Segments a CT as the server does with the exported package."""

import numpy as np

from training import inference as head
from training.inference import (
    FOREGROUND,
    MARGIN,
    SIGMA_FRACTION,
    SIZE_MULTIPLE,
    SMALLEST_PART,
    START_MULTIPLE,
    Image,
    Network,
)

from .labels import CLASS_COUNT
from .network import scaled

__all__ = ["FOREGROUND", "MARGIN", "SIGMA_FRACTION", "SIZE_MULTIPLE", "SMALLEST_PART", "START_MULTIPLE", "segment"]

WINDOW = (128, 112, 128)
STEP = (80, 72, 80)
BODY = tuple(range(1, CLASS_COUNT + 1))
"""A patient is one connected whole: separate parts called body, on a table or a blanket, are removed."""


def segment(image: Image, network: Network, spacing: float, window=WINDOW, step=STEP) -> np.ndarray:
    """uint8 [x, y, z]: the class index of every voxel.

    @param image HU
    """
    return head.segment(
        image, network, spacing, window, step, connected=BODY, normalised=lambda values, _inside: scaled(values)
    )
