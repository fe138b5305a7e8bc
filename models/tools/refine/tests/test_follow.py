import numpy as np
import torch

from refine.follow import axis_of, follow
from refine.settings import WINDOW
from refine.windows import BOX, IMAGE, MASK, NOT_PART, PART, Box, Prompt, Prompts

LEAST = 0.01


def marks(x: torch.Tensor) -> torch.Tensor:
    """Adds and removes the balls of clicks."""
    keep = 2 * x[:, MASK : MASK + 1] - 1
    return keep + 4 * (x[:, PART : PART + 1] > LEAST).float() - 4 * (x[:, NOT_PART : NOT_PART + 1] > LEAST).float()


def bright(x: torch.Tensor) -> torch.Tensor:
    """Marks what is bright, wherever it is."""
    return x[:, IMAGE : IMAGE + 1] - 0.5


def at(*point: int, part: bool = True) -> Prompts:
    return Prompts((Prompt(np.array([point], float), part),))


def test_a_click_changes_its_window_only():
    image = np.random.default_rng(1).normal(size=(120, 100, 90)).astype(np.float32)
    mask = np.random.default_rng(2).random((120, 100, 90)) > 0.5
    corrected = follow(image, (1.0, 1.0, 1.0), mask, at(60, 50, 45), marks)
    changed = np.argwhere(corrected != mask)
    assert (np.abs(changed - (60, 50, 45)).max(0) <= 3).all()
    assert corrected[60, 50, 45]
    removed = follow(image, (1.0, 1.0, 1.0), corrected, at(60, 50, 45, part=False), marks)
    assert not removed[60, 50, 45]


def test_a_click_at_a_corner_of_the_image_is_followed():
    image = np.random.default_rng(1).normal(size=(70, 30, 12)).astype(np.float32)
    corrected = follow(image, (1.0, 1.0, 2.5), np.zeros(image.shape, bool), at(69, 0, 11), marks)
    assert corrected[69, 0, 11]
    assert corrected.sum() < 200


def test_thick_slices_are_seen_with_cubic_voxels():
    image = np.zeros((60, 60, 20), np.float32)
    corrected = follow(image, (1.0, 1.0, 4.0), np.zeros(image.shape, bool), at(30, 30, 10), marks)
    extent = np.ptp(np.argwhere(corrected), axis=0) + 1
    assert extent.tolist() == [7, 7, 1]


def test_the_window_grows_while_the_mask_changes_at_its_border():
    image = np.zeros((200, 100, 100), np.float32)
    image[20:180, 40:60, 40:60] = 100
    corrected = follow(image, (1.0, 1.0, 1.0), np.zeros(image.shape, bool), at(100, 50, 50), bright)
    assert corrected[22:178, 42:58, 42:58].all()
    assert not corrected[:16].any()
    assert not corrected[:, :36].any()


def test_a_coarse_window_keeps_fine_detail_that_it_does_not_change():
    image = np.zeros((260, 260, 260), np.float32)
    image[10:250, 100:160, 100:160] = 100
    mask = image > 50
    # A pattern finer than the coarse window's voxels, and a piece that is missing.
    mask[12:248:2, 128:131, 159] = False
    fine = mask.copy()
    mask[100:250] = False
    corrected = follow(image, (1.0, 1.0, 1.0), mask, at(180, 130, 130), bright)
    assert corrected[102:240, 104:156, 104:156].mean() > 0.99
    assert np.array_equal(corrected[:60], fine[:60])


def test_finer_windows_correct_what_a_coarse_one_found():
    image = np.zeros((220, 100, 100), np.float32)
    image[20:200, 40:60, 40:61] = 100
    looked = []

    def network(x: torch.Tensor) -> torch.Tensor:
        looked.append(x)
        return bright(x)

    corrected = follow(image, (1.0, 1.0, 1.0), np.zeros(image.shape, bool), at(110, 50, 50), network)
    # One voxel of the edge would be lost at the resolution that shows all of it at once.
    assert np.array_equal(np.argwhere(corrected).min(0), (20, 40, 40))
    assert np.array_equal(np.argwhere(corrected).max(0), (199, 59, 60))
    assert 5 <= len(looked) <= 12


def test_a_box_is_drawn_in_the_window():
    shown = []

    def network(x: torch.Tensor) -> torch.Tensor:
        shown.append(x)
        return torch.full((1, 1, *(WINDOW,) * 3), -1.0)

    box = Box(np.array([20, 20, 10]), np.array([29, 39, 10]))
    follow(np.zeros((64, 64, 20), np.float32), (2.0, 2.0, 2.0), np.zeros((64, 64, 20), bool), Prompts((), box), network)
    assert shown[0][0, BOX].sum() == 10 * 20


def test_weights_of_an_axis_sum_to_one_and_interpolate_back():
    for step in (0.4, 1.0, 2.7):
        axis = axis_of(13, 40, step)
        np.testing.assert_allclose(axis.to_window.sum(1), 1, rtol=1e-5)
        np.testing.assert_allclose(axis.back.sum(1), 1, rtol=1e-5)
        ramp = axis.back @ (axis.to_window @ np.arange(40, dtype=np.float32))
        inner = slice(4, len(ramp) - 4)
        np.testing.assert_allclose(ramp[inner], np.arange(40)[axis.span][inner], atol=0.05)
