import numpy as np
import pytest

from training.base_classes import MERGED_STRUCTURES
from training.measures import agreement, dice, dice_of_sides, dice_of_structures, side_confusion

THALAMUS = MERGED_STRUCTURES.index("thalamus") + 1


def test_dice_of_known_overlap():
    a, b = np.zeros(10, bool), np.zeros(10, bool)
    a[:4], b[2:8] = True, True
    assert dice(a, b) == pytest.approx(2 * 2 / 10)
    assert dice(a & False, b & False) == 1


def test_sides_are_distinguished():
    structure = np.full(100, THALAMUS)
    true_side = np.repeat([1, 2], 50)
    side = true_side.copy()
    side[:5] = 2
    assert dice_of_structures(structure, structure)["thalamus"] == 1
    by_side = dice_of_sides(structure, side, structure, true_side)
    assert by_side["left thalamus"] == pytest.approx(2 * 45 / 95)
    assert side_confusion(structure, side, structure, true_side) == pytest.approx(0.05)


def test_agreement_with_and_without_background():
    a, b = np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 0, 1, 1])
    assert agreement(a, b) == {"all": pytest.approx(5 / 6), "labelled": pytest.approx(1 / 2)}


def test_the_real_scan_is_turned_the_right_way(real_t1):
    """The cerebellum is behind and below the thalamus, and the left side has the smaller x."""
    centre = {name: np.argwhere(real_t1.structure == n).mean(0) for n, name in enumerate(MERGED_STRUCTURES, start=1)}
    assert centre["cerebellar cortex"][1] < centre["thalamus"][1]
    assert centre["cerebellar cortex"][2] < centre["thalamus"][2]
    hippocampus = real_t1.structure == MERGED_STRUCTURES.index("hippocampus") + 1
    left, right = (np.argwhere(hippocampus & (real_t1.side == side))[:, 0].mean() for side in (1, 2))
    assert left < right
