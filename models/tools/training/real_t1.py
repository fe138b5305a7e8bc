"""The real scan for measuring, never for training: train/brain_t1_eval (voxelmorph's test scan, Apache-2.0)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .base_classes import LATERAL_CLASSES, MERGED_STRUCTURES, MIDLINE_CLASSES
from .inference import Image

LEFT, RIGHT = 1, 2


@dataclass(frozen=True)
class LabelledImage:
    """structure  uint8 [x, y, z], 1–17 as in MERGED_STRUCTURES
    side       uint8 [x, y, z], LEFT, RIGHT or 0
    """

    image: Image
    structure: np.ndarray
    side: np.ndarray


def read_real_t1(data: Path) -> LabelledImage:
    """@param data train/brain_t1_eval/data"""
    arrays = np.load(data / "test_scan.npz")
    structure, side = structures_of_freesurfer(_to_ras(arrays["seg"]).astype(np.int64))
    return LabelledImage(Image(_to_ras(arrays["vol"]).astype(np.float32), (1.0, 1.0, 1.0)), structure, side)


def _to_ras(stored: np.ndarray) -> np.ndarray:
    """The file's axes run to the left, downwards, to the front."""
    return np.ascontiguousarray(stored[::-1, ::-1].transpose(0, 2, 1))


def structures_of_freesurfer(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    structure, side = np.zeros(1024, np.uint8), np.zeros(1024, np.uint8)
    for number, name in enumerate(MERGED_STRUCTURES, start=1):
        # FreeSurfer's own ids, one per side. The extra ids of the training maps do not occur in its labels of a scan
        # without lesions.
        if name in MIDLINE_CLASSES:
            structure[MIDLINE_CLASSES[name][0]] = number
            continue
        for which, own in ((LEFT, LATERAL_CLASSES[name][0][0]), (RIGHT, LATERAL_CLASSES[name][1][0])):
            structure[own], side[own] = number, which
    return structure[ids], side[ids]
