import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from training.chance import Chance
from training.geometry import averaged_at, image_grid, labels_at, random_affine, random_placement

CPU = torch.device("cpu")


def test_the_image_grid_is_centred_in_mm():
    grid = image_grid((4, 5, 6), 2.0, CPU)
    assert grid[0, 0, 0].tolist() == [-3, -4, -5]
    assert grid[3, 4, 5].tolist() == [3, 4, 5]


def test_an_affine_keeps_handedness_and_stays_near_a_rotation():
    for seed in range(30):
        determinant = float(torch.det(random_affine(Chance((seed,), CPU), 1.0)))
        assert 0.5 < determinant < 1.9


def test_labels_are_those_of_the_nearest_voxel_and_nothing_outside():
    volume = torch.arange(1, 61, dtype=torch.uint8).reshape(3, 4, 5)
    points = torch.tensor([[[[0.4, 1.6, 3.9], [-0.6, 0, 0], [2.4, 3.4, 4.4], [2.6, 0, 0]]]])
    assert labels_at(volume, points).flatten().tolist() == [int(volume[0, 2, 4]), 0, int(volume[2, 3, 4]), 0]


@pytest.mark.parametrize("block", [1, 2])
def test_averaged_values_agree_with_scipy(block):
    random = np.random.default_rng(0)
    volume = torch.from_numpy(random.integers(0, 5, (20, 24, 22)).astype(np.uint8))
    values = torch.tensor([0.0, 10.0, 20.0, 50.0, 90.0])
    points = torch.from_numpy(random.uniform(5, 14, (4, 4, 4, 3)).astype(np.float32))
    field = values.numpy()[volume.numpy()]
    low = np.floor(np.maximum(points.reshape(-1, 3).numpy().min(0) - block, 0)).astype(int)
    low = np.minimum(low, np.array(volume.shape) - 4 * block)
    # The blocks start where the read part starts.
    part = field[low[0] :, low[1] :, low[2] :]
    even = part[tuple(slice(0, n // block * block) for n in part.shape)]
    blocks = even.reshape(*[d for n in even.shape for d in (n // block, block)]).mean((1, 3, 5))
    places = (points.numpy() - low - (block - 1) / 2) / block
    expected = map_coordinates(blocks, np.moveaxis(places, -1, 0), order=1, mode="nearest")
    assert np.allclose(averaged_at(volume, values, points, block).numpy(), expected, atol=1e-3)


def test_a_mirrored_placement_is_the_reflection_of_the_map():
    """By seed: the same draw with and without reflection must see the map from both sides."""
    size, centre = (40, 50, 44), torch.tensor([20.0, 25.0, 22.0])
    placements = [random_placement(Chance((seed,), CPU), size, centre, (8, 8, 8), 2.0, 0.0) for seed in range(20)]
    assert {p.mirrored for p in placements} == {True, False}
    for placement in placements:
        along_x = placement.points[-1, 4, 4, 0] - placement.points[0, 4, 4, 0]
        assert (along_x < 0) == placement.mirrored
