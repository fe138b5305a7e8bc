"""The parts that need no data: brightness, turns, heights, batches, network, graph."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from field_of_view.batches import POOL, Pool, padded_length, together
from field_of_view.graph import Graph, write_graph
from field_of_view.heights import BINS, FLOOR, MIDDLES, ROW, Line, line_through, targets
from field_of_view.measure import ROTATIONS
from field_of_view.network import FieldOfViewNetwork
from field_of_view.nobody import draw_nobody
from field_of_view.normalise import normalise
from field_of_view.real import Volume, at_8_mm, nearest_turn, upright
from field_of_view.scenes import Example
from field_of_view.train import Settings, losses_of, run_in, save_checkpoint
from field_of_view.turns import TURNS, signed_permutation, turned, undone

SMALL = (4, 8, 12, 16)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    return FieldOfViewNetwork(SMALL).eval().requires_grad_(False)


@pytest.fixture
def random():
    return np.random.default_rng(5)


def example(random, shape=(20, 24, 28), low=900.0) -> Example:
    """Its slices are 8 mm apart; the lowest is at `low`."""
    height = np.broadcast_to(np.arange(shape[2], dtype=np.float32) * 8 + low, shape)
    return Example(random.random(shape, np.float32), height, np.ones(shape, bool), 0)


def test_brightness_does_not_depend_on_unit_or_offset(random):
    image = random.normal(0, 1, (20, 20, 20))
    np.testing.assert_allclose(normalise(image), normalise(image * 731 - 1024), atol=1e-5)
    assert normalise(image).min() >= -0.2
    assert (normalise(np.full((4, 4, 4), 7.0)) == 0).all()


def test_every_turn_can_be_undone(random):
    values = random.random((3, 4, 5))
    shown = set()
    for turn in TURNS:
        own = turned(values, *turn)
        shown.add(own.tobytes())
        np.testing.assert_array_equal(undone(own, signed_permutation(*turn)), values)
    assert len(shown) == 48
    assert len(ROTATIONS) == 24
    assert ROTATIONS[0] == ((0, 1, 2), (False, False, False))


def test_targets_are_most_likely_at_the_height_of_a_row_and_say_where_no_body_is():
    height = np.broadcast_to(np.arange(10, dtype=np.float32) * 8 + 1000, (2, 2, 10))
    is_body = np.ones((2, 2, 10), bool)
    is_body[..., 4:6] = False
    found = targets(height, is_body)
    assert found.shape == (BINS + 1, 5)
    np.testing.assert_allclose(found.sum(0), 1, atol=1e-6)
    for row in (0, 1, 3, 4):
        assert abs(MIDDLES[found[:BINS, row].argmax()] - (1004 + ROW * row)) <= 12.5
    assert found[BINS, 2] == 1


def rows_at(heights: np.ndarray) -> np.ndarray:
    """Log-probabilities of rows whose heights are known to 20 mm."""
    near = np.exp(-0.5 * ((MIDDLES[:, None] - heights) / 20) ** 2)
    found = np.full((BINS + 1, len(heights)), FLOOR)
    found[:BINS] = np.log(np.maximum(near / near.sum(0), 1e-6))
    return found


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.15])
def test_a_line_goes_through_the_rows_beside_a_third_of_nonsense(random, scale):
    rows = 18
    true = Line(start=900, scale=scale, certainty=1, first=0, last=rows - 1).heights(2 * rows)
    middles = (true[::2] + true[1::2]) / 2
    wrong = random.permutation(rows)[: rows // 3]
    seen = middles.copy()
    seen[wrong] = random.uniform(500, 1600, len(wrong))
    found = line_through(rows_at(seen))
    np.testing.assert_allclose(found.heights(2 * rows), true, atol=15)
    np.testing.assert_allclose(found.ends(2 * rows), (true[0] - 4 * scale, true[-1] + 4 * scale), atol=15)
    assert found.certainty < 0.85 < line_through(rows_at(middles)).certainty


def test_no_line_goes_through_rows_without_a_body():
    nothing = np.full((BINS + 1, 4), FLOOR)
    nothing[BINS] = 0
    assert line_through(nothing) is None


def test_examples_of_several_sizes_make_a_batch_that_keeps_their_heights(random):
    batch = together([(example(random), True), (example(random, (10, 12, 9), 1200.0), False)], random)
    assert batch.image.shape == (2, 1, 24, 24, 32)
    assert batch.height.shape == (2, BINS + 1, 16)
    assert batch.upright.tolist() == [1, 0]
    shows = batch.height[:, BINS] == 0
    # A row more where an example begins in the middle of one.
    assert [int(own.sum()) in wanted for own, wanted in zip(shows, ((14, 15), (5, 6)), strict=True)] == [True, True]
    for own, seen, low in zip(batch.height, shows, (900, 1200), strict=True):
        lowest = MIDDLES[int(own[:BINS, seen][:, 0].argmax())]
        assert abs(lowest - low) <= 25
    assert [padded_length(n) for n in (1, 16, 17)] == [16, 16, 24]


def test_no_batch_comes_twice_in_a_row():
    class Ready:
        def draw(self, seed):
            return example(np.random.default_rng(seed), (16, 16, 16))

    pool = Pool(Ready(), (1, 0), 0)
    batches = [pool.next().image.numpy() for _ in range(POOL // 8)]
    assert all(not np.array_equal(one, other) for one, other in pairwise(batches))


def test_a_turned_volume_teaches_no_height_and_one_without_a_body_no_way_to_stand(network, random):
    lying = together([(example(random), False)], random)
    assert losses_of(network, lying)["located"] == losses_of(network, lying)["error"] == 0
    nothing = draw_nobody(random)
    empty = Example(normalise(nothing), np.zeros(nothing.shape, np.float32), np.zeros(nothing.shape, bool), 6)
    losses = losses_of(network, together([(empty, True)], random))
    assert losses["stands"] == losses["error"] == 0
    assert losses["located"] > 0


def test_the_graph_with_8_bit_weights_gives_nearly_what_the_network_gives(network, random, tmp_path):
    write_graph(network, tmp_path / "model.onnx")
    graph = Graph(tmp_path / "model.onnx", 1)
    for shape in ((16, 16, 16), (24, 40, 16), (15, 33, 16)):
        image = random.random(shape, np.float32)
        padded = np.pad(image, [(0, padded_length(n) - n) for n in shape])
        height, kind, upright_ = network(torch.from_numpy(padded)[None, None])
        found = graph.run(image)
        np.testing.assert_allclose(found[0], height[0], atol=0.05)
        np.testing.assert_allclose(found[1], kind[0], atol=0.05)
        assert found[2] == pytest.approx(float(upright_), abs=0.02)


def test_a_run_goes_on_from_its_checkpoint(random, tmp_path):
    settings = Settings(widths=SMALL)
    run = run_in(tmp_path, settings)
    losses = losses_of(run.network, together([(example(random), True)], random))
    assert all(torch.isfinite(value) for value in losses.values())
    run.step = 12
    with torch.no_grad():
        run.average.height[-1].bias.fill_(0.5)
    save_checkpoint(tmp_path, run)
    again = run_in(tmp_path, settings)
    assert again.step == 12
    assert (again.average.height[-1].bias == 0.5).all()


def test_a_real_volume_at_8_mm_keeps_its_middle_and_is_set_upright():
    affine = np.array([[0, 0, 3.0, 7], [-2, 0, 0, 11], [0, -1, 0, 5], [0, 0, 0, 1]])
    voxels = np.zeros((60, 80, 40), np.float32)
    voxels[24:36, 36:44, 18:22] = 100
    # Up is the second axis backwards.
    voxels[:, :16] = 40
    small = at_8_mm(Volume(voxels, affine))
    assert small.voxels.shape == (15, 10, 15)
    brightest = np.argwhere(small.voxels > 0.9 * small.voxels.max()).mean(0)
    before, after = affine @ [29.5, 39.5, 19.5, 1], small.affine @ [*brightest, 1]
    assert np.linalg.norm(before - after) < 8
    np.testing.assert_array_equal(nearest_turn(small.affine[:3, :3]), [[0, 0, 1], [-1, 0, 0], [0, -1, 0]])
    standing = upright(small)
    assert standing.shape == (15, 15, 10)
    assert standing[:, :, -1].mean() > 30 > standing[:, :, 0].mean()
