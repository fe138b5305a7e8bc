"""Accuracy measures."""

import numpy as np

from .base_classes import MERGED_STRUCTURES
from .real_t1 import LEFT, RIGHT


def dice(a: np.ndarray, b: np.ndarray) -> float:
    total = int(a.sum()) + int(b.sum())
    return float(2 * int((a & b).sum()) / total) if total else 1.0


def dice_of_structures(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    return {name: dice(predicted == n, truth == n) for n, name in enumerate(MERGED_STRUCTURES, start=1)}


def dice_of_sides(
    structure: np.ndarray, side: np.ndarray, true_structure: np.ndarray, true_side: np.ndarray
) -> dict[str, float]:
    """Dice of each structure that has sides, left and right separately."""
    result = {}
    for which, word in ((LEFT, "left"), (RIGHT, "right")):
        for n, name in enumerate(MERGED_STRUCTURES, start=1):
            truth = (true_structure == n) & (true_side == which)
            if truth.any():
                result[f"{word} {name}"] = dice((structure == n) & (side == which), truth)
    return result


def side_confusion(structure: np.ndarray, side: np.ndarray, true_structure: np.ndarray, true_side: np.ndarray) -> float:
    """Share of voxels on the wrong side, among voxels with the correct structure that has sides."""
    right_structure = (structure == true_structure) & (true_side > 0)
    return float((side[right_structure] != true_side[right_structure]).mean()) if right_structure.any() else 0.0


def agreement(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Share of voxels with the same label: of all, and of those that are not background in both."""
    same, labelled = a == b, (a > 0) | (b > 0)
    return {"all": float(same.mean()), "labelled": float(same[labelled].mean()) if labelled.any() else 1.0}
