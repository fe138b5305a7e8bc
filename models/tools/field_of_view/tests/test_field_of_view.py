"""The parts that need no data: brightness, turning, network, fit, graph."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from field_of_view.batches import POOL, STRIDE, Pool, padded_length, together, turned
from field_of_view.fit import ALL_TURNS, TURNS, centres, fit, signed_permutation
from field_of_view.graph import Graph, write_graph
from field_of_view.network import FieldOfViewNetwork
from field_of_view.nobody import draw_nobody
from field_of_view.normalise import normalise
from field_of_view.real import Volume, at_8_mm, nearest_turn
from field_of_view.scenes import Example
from field_of_view.train import Settings, losses_of, run_in, save_checkpoint

SMALL = (4, 8, 12)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    return FieldOfViewNetwork(SMALL).eval().requires_grad_(False)


@pytest.fixture
def random():
    return np.random.default_rng(5)


def example(random, shape=(20, 24, 28)) -> Example:
    """Its places are 8 mm apart and start at (-100, 0, 900)."""
    axes = [np.arange(n, dtype=np.float32) * 8 + first for n, first in zip(shape, (-100, 0, 900), strict=True)]
    place = np.stack(np.meshgrid(*axes, indexing="ij"))
    return Example(random.random(shape, np.float32), place, np.ones(shape, bool), 0)


def test_brightness_does_not_depend_on_unit_or_offset(random):
    image = random.normal(0, 1, (20, 20, 20))
    np.testing.assert_allclose(normalise(image), normalise(image * 731 - 1024), atol=1e-5)
    assert normalise(image).min() >= -0.2
    assert (normalise(np.full((4, 4, 4), 7.0)) == 0).all()


def test_a_turned_example_keeps_the_place_of_every_voxel(random):
    whole = example(random)

    def values(own: Example) -> dict:
        return {tuple(place): value for place, value in zip(own.place.reshape(3, -1).T, own.image.flat, strict=True)}

    for order, flips in (((2, 0, 1), (True, False, True)), ((0, 2, 1), (False, False, True))):
        assert values(turned(whole, order, flips)) == values(whole)


def test_examples_of_several_sizes_make_a_batch_whose_places_are_those_of_the_cells_middles(random):
    batch = together([example(random), example(random, (10, 12, 9))], random)
    assert batch.image.shape == (2, 1, 24, 24, 32)
    assert batch.place.shape == (2, 3, *(n // STRIDE for n in (24, 24, 32)))
    for n in range(2):
        rows = batch.body[n, 0]
        steps = batch.place[n, 2][:, :, 1:] - batch.place[n, 2][:, :, :-1]
        inside = rows[:, :, 1:] & rows[:, :, :-1]
        np.testing.assert_allclose(steps[inside], 0.08 * STRIDE, atol=1e-4)
    assert [padded_length(n) for n in (1, 16, 17)] == [16, 16, 24]


def test_no_batch_comes_twice_in_a_row():
    class Ready:
        def draw(self, seed):
            return example(np.random.default_rng(seed), (16, 16, 16))

    pool = Pool(Ready(), (1, 0), 0)
    batches = [pool.next().image.numpy() for _ in range(POOL // 8)]
    assert all(not np.array_equal(one, other) for one, other in pairwise(batches))


def test_a_volume_turned_any_way_gives_the_same_places(network, random):
    image = random.random((16, 24, 32), np.float32)
    place, weight, kind = network(torch.from_numpy(image)[None, None])
    for order, flips in TURNS[::5]:
        axes = [axis for axis in range(3) if flips[axis]]
        own = np.flip(image.transpose(order), axes).copy()
        found = network(torch.from_numpy(own)[None, None])
        expected = np.flip(place[0].numpy().transpose(0, *(axis + 1 for axis in order)), [axis + 1 for axis in axes])
        np.testing.assert_allclose(found[0][0], expected, atol=1e-4)
        np.testing.assert_allclose(found[2], kind, atol=1e-4)
    assert ((weight >= 0) & (weight <= 1)).all()


def places_of(linear: np.ndarray, offset: np.ndarray, shape=(6, 7, 8)) -> np.ndarray:
    return (np.moveaxis(centres(shape) @ linear.T + offset, -1, 0) / 100).astype(np.float32)


def test_the_fit_finds_the_map_beside_a_third_of_nonsense(random):
    turn = signed_permutation((1, 2, 0), (True, False, False))
    linear = 8 * turn @ np.diag([1.1, 0.9, 1.05]) + random.normal(0, 0.4, (3, 3))
    offset = np.array([20.0, 90.0, 1000.0])
    place = places_of(linear, offset)
    nonsense = random.random(place.shape[1:]) < 0.33
    place[:, nonsense] += random.normal(0, 4, (3, int(nonsense.sum())))
    found = fit(place, np.full(place.shape[1:], 0.8, np.float32))
    np.testing.assert_array_equal(found.turn, turn)
    assert found.sided
    np.testing.assert_allclose(found.matrix[:, :3], linear, atol=0.6)
    middle = np.array([12.0, 14.0, 16.0])
    np.testing.assert_allclose(found.matrix @ [*middle, 1], linear @ middle + offset, atol=12)


@pytest.mark.parametrize("shape", [(6, 7, 8), (6, 7, 1)])
def test_where_no_side_is_seen_the_orientation_is_right_handed(shape):
    for turn in ALL_TURNS:
        place = places_of(8.0 * turn, np.array([0, 90.0, 1500.0]), tuple(np.array(shape) @ abs(turn)))
        place[0] = 0
        found = fit(place, np.ones(place.shape[1:], np.float32))
        assert not found.sided
        np.testing.assert_array_equal(found.turn[2] if shape[2] > 1 else found.turn[1], turn[2 if shape[2] > 1 else 1])
        assert np.linalg.det(found.turn) > 0


def test_nothing_is_fitted_where_nothing_has_weight():
    assert fit(np.zeros((3, 4, 4, 4), np.float32), np.zeros((4, 4, 4), np.float32)) is None


def test_the_graph_with_half_weights_gives_what_the_network_gives(network, random, tmp_path):
    write_graph(network, tmp_path / "model.onnx")
    graph = Graph(tmp_path / "model.onnx", 1)
    for shape in ((16, 16, 16), (24, 40, 16)):
        image = random.random(shape, np.float32)
        expected = network(torch.from_numpy(image)[None, None])
        for own, other in zip(graph.run(image), (expected[0][0], expected[1][0, 0], expected[2][0]), strict=True):
            assert own.shape == tuple(other.shape)
            np.testing.assert_allclose(own, other, atol=0.02)


def test_a_run_goes_on_from_its_checkpoint(random, tmp_path):
    settings = Settings(widths=SMALL)
    run = run_in(tmp_path, settings)
    losses = losses_of(run.network, together([example(random)], random))
    assert all(torch.isfinite(value) for value in losses.values())
    run.step = 12
    with torch.no_grad():
        run.average.head[-1].bias.fill_(0.5)
    save_checkpoint(tmp_path, run)
    again = run_in(tmp_path, settings)
    assert again.step == 12
    assert (again.average.head[-1].bias == 0.5).all()


def test_a_batch_without_a_body_teaches_no_place(random):
    nothing = draw_nobody(random)
    empty = Example(normalise(nothing), np.zeros((3, *nothing.shape), np.float32), np.zeros(nothing.shape, bool), 6)
    losses = losses_of(FieldOfViewNetwork(SMALL), together([empty], random))
    assert losses["error"] == losses["located"] == 0


def test_a_real_volume_at_8_mm_keeps_its_middle_and_its_orientation():
    affine = np.array([[0, 0, 3.0, 7], [-2, 0, 0, 11], [0, -1, 0, 5], [0, 0, 0, 1]])
    voxels = np.zeros((60, 80, 40), np.float32)
    voxels[24:36, 36:44, 18:22] = 100
    small = at_8_mm(Volume(voxels, affine))
    assert small.voxels.shape == (15, 10, 15)
    brightest = np.argwhere(small.voxels > 0.9 * small.voxels.max()).mean(0)
    before, after = affine @ [29.5, 39.5, 19.5, 1], small.affine @ [*brightest, 1]
    assert np.linalg.norm(before - after) < 8
    np.testing.assert_array_equal(nearest_turn(small.affine[:3, :3]), [[0, 0, 1], [-1, 0, 0], [0, -1, 0]])
