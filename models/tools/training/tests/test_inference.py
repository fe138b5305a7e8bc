import numpy as np
import torch

from training.evaluate import field_of_view_agreement
from training.inference import Image, leave_out_detached, model_axis, segment
from training.intensity import normalise


def threshold_network(x: torch.Tensor) -> torch.Tensor:
    """Class 1 where the normalised intensity is above a half, class 2 where it is above 0.9."""
    return torch.stack([torch.zeros_like(x[0, 0]), 20 * (x[0, 0] - 0.5), 40 * (x[0, 0] - 0.7)])


def ball(shape, spacing) -> np.ndarray:
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    return np.clip(1000 * (1.2 - np.sqrt((x + 4) ** 2 + y**2 + z**2) / 30), 0, 1000).astype(np.float32)


def test_the_models_grid_is_at_multiples_of_its_spacing_wherever_the_image_begins():
    assert model_axis(11, 1.0, 2.0, 0.0) == (6, 0.0)
    assert model_axis(12, 1.0, 2.0, 0.0) == (7, 0.0)
    assert model_axis(12, 1.0, 2.0, -3.5) == (7, 0.5)
    assert model_axis(1, 1.0, 2.0, 4.0) == (1, 0.0)
    assert model_axis(1, 1.0, 2.0, 5.0) == (2, 1.0)


def test_a_cut_out_gets_the_same_labels_where_only_the_sampling_could_change_them():
    voxels = np.random.default_rng(2).uniform(0, 1, (41, 37, 33)).astype(np.float32)
    image = Image(voxels, (1.0, 1.0, 1.0), (3.0, -7.0, 0.5))

    def run(part: Image) -> np.ndarray:
        return segment(part, lambda x: torch.stack([0 * x[0, 0], 20 * (x[0, 0] - 0.4)]), 2.0, (8, 8, 8), (4, 4, 4))

    # Random values have the same percentiles everywhere, to a few per cent.
    agreement = field_of_view_agreement(image, run(image), run)
    assert min(share["all"] for share in agreement.values()) > 0.97


def test_a_segmentation_is_on_the_images_own_grid():
    for shape, spacing in (((60, 55, 48), (1.0, 1.0, 1.0)), ((40, 64, 33), (1.6, 0.9, 1.7))):
        image = Image(ball(shape, spacing), spacing)
        classes = segment(image, threshold_network, 2.0, window=(16, 16, 16), step=(8, 8, 8))
        assert classes.shape == shape
        values = image.voxels[image.voxels > 0]
        low, high = np.percentile(image.voxels, 1), np.percentile(values, 99.5)
        expected = np.digitize((image.voxels - low) / (high - low), [0.5, 0.9])
        assert (classes == expected).mean() > 0.985
        assert set(np.unique(classes)) == {0, 1, 2}


def test_windows_do_not_change_what_a_voxelwise_network_says():
    image = Image(ball((50, 50, 50), (1, 1, 1)), (1.0, 1.0, 1.0))
    one = segment(image, threshold_network, 2.0, window=(32, 32, 32), step=(32, 32, 32))
    many = segment(image, threshold_network, 2.0, window=(8, 12, 16), step=(5, 7, 9))
    assert np.array_equal(one, many)


def test_in_the_mirror_left_and_right_change_places():
    """A network that labels bright voxels 1 in the first half of a window and 2 in the second."""

    def sided(x: torch.Tensor) -> torch.Tensor:
        bright = 20 * (x[0, 0] - 0.5)
        first = (torch.arange(len(bright)) < len(bright) / 2)[:, None, None].expand_as(bright)
        return torch.stack([torch.zeros_like(bright), torch.where(first, bright, -20), torch.where(first, -20, bright)])

    image = Image(ball((39, 39, 39), (1.0, 1.0, 1.0)), (1.0, 1.0, 1.0))
    window = {"window": (20, 20, 20), "step": (20, 20, 20)}
    once = segment(image, sided, 2.0, **window)
    assert set(np.unique(once)) == {0, 1, 2}
    assert (segment(image, sided, 2.0, **window, mirror=(0, 2, 1)) == once).mean() > 0.99
    assert (segment(image, sided, 2.0, **window, mirror=(0, 1, 2)) == once).mean() < 0.9


def test_windows_leave_out_air_alone():
    """The ball with air around it: the same labels, and windows over the ball and its margin only."""
    small = Image(ball((50, 50, 50), (1, 1, 1)), (1.0, 1.0, 1.0), (20.0, 0.0, -10.0))
    air = ((40, 10), (4, 30), (0, 60))
    large = Image(
        np.pad(small.voxels, air),
        (1.0, 1.0, 1.0),
        tuple(o - before for o, (before, _) in zip(small.origin, air, strict=True)),
    )
    windows = []

    def counted(x: torch.Tensor) -> torch.Tensor:
        windows.append(x)
        return torch.stack([torch.zeros_like(x[0, 0]), 20 * (x[0, 0] - 0.5)])

    kwargs = {"window": (16, 16, 16), "step": (8, 8, 8)}
    expected = segment(small, counted, 2.0, **kwargs)
    windows.clear()
    found = segment(large, counted, 2.0, **kwargs)
    inner = tuple(slice(before, before + n) for (before, _), n in zip(air, small.voxels.shape, strict=True))
    # The ball and its margin are 34 voxels wide, four windows along each axis; the whole image would take 6 x 5 x 6.
    assert len(windows) <= 4**3
    # Air changes the percentiles slightly.
    assert (found[inner] == expected).mean() > 0.99
    assert not np.delete(found, np.arange(inner[0].start, inner[0].stop), axis=0).any()


def test_normalisation_agrees_with_numpy():
    values = torch.from_numpy(np.random.default_rng(0).gamma(2, 50, 5000).astype(np.float32))
    low, high = np.percentile(values, 1), np.percentile(values[values > values.min()], 99.5)
    expected = np.clip((values.numpy() - low) / (high - low), 0, 1.5)
    assert np.allclose(normalise(values, values).numpy(), expected, atol=1e-5)


def test_a_constant_image_becomes_zero():
    flat = torch.full((4, 4, 4), 7.0)
    assert float(normalise(flat, flat.flatten()).abs().max()) == 0


def test_a_network_that_depends_on_the_field_of_view_is_found_out():
    image = Image(ball((60, 60, 60), (1, 1, 1)), (1.0, 1.0, 1.0))

    def by_absolute_value(part: Image) -> np.ndarray:
        return (part.voxels > 500).astype(np.uint8)

    def by_mean(part: Image) -> np.ndarray:
        return (part.voxels > part.voxels.mean()).astype(np.uint8)

    steady = field_of_view_agreement(image, by_absolute_value(image), by_absolute_value)
    shifting = field_of_view_agreement(image, by_mean(image), by_mean)
    assert all(share["all"] == 1 for share in steady.values())
    assert min(share["all"] for share in shifting.values()) < 0.99


def blocks(*places: tuple[slice, slice, slice]) -> torch.Tensor:
    """Probabilities of background, whole and another class: 0.1, 0.7, 0.2 in the blocks, else 1, 0, 0."""
    probabilities = torch.zeros(3, 20, 12, 12)
    probabilities[0] = 1
    for place in places:
        for of_class, value in enumerate((0.1, 0.7, 0.2)):
            probabilities[(of_class, *place)] = value
    return probabilities


LARGE, APART, AT_END = np.s_[4:10, 3:9, 3:9], np.s_[13:15, 5:7, 5:7], np.s_[18:20, 5:7, 5:7]
ENDS = [np.isin(np.arange(n), (0, n - 1)) for n in (20, 12, 12)]


def test_a_small_part_apart_from_the_whole_goes_to_the_other_classes():
    found = leave_out_detached(blocks(LARGE, APART), [1], ENDS)
    torch.testing.assert_close(found[:, 14, 6, 6], torch.tensor([1 / 3, 0, 2 / 3]))
    torch.testing.assert_close(found[(slice(None), *LARGE)], blocks(LARGE)[(slice(None), *LARGE)])


def test_a_part_at_the_end_of_the_image_or_of_a_tenth_of_the_whole_is_kept():
    for probabilities in (blocks(LARGE, AT_END), blocks(LARGE, np.s_[13:15, 3:9, 5:7]), blocks(LARGE)):
        assert torch.equal(leave_out_detached(probabilities, [1], ENDS), probabilities)


def test_a_segmentation_has_no_part_apart_from_the_whole():
    voxels = np.zeros((60, 40, 40), np.float32)
    voxels[8:30, 8:30, 8:30], voxels[40:44, 18:22, 18:22] = 700, 700
    image, window = Image(voxels, (1.0, 1.0, 1.0)), {"window": (16, 16, 16), "step": (8, 8, 8)}
    assert segment(image, threshold_network, 2.0, **window)[42, 20, 20] > 0
    without = segment(image, threshold_network, 2.0, **window, connected=[1, 2])
    assert not without[36:].any()
    assert without[20, 20, 20] > 0
