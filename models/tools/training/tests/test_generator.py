import numpy as np
import pytest
import torch

from training.base_classes import CLASS_INDEX, IGNORE
from training.chance import Chance
from training.contrast import contrast_of, random_contrast
from training.generator import Generator

CPU = torch.device("cpu")
SHAPE = (64, 72, 64)


@pytest.fixture(scope="module")
def generator(heads):
    labels, maps = heads
    return Generator(maps, labels, SHAPE, 2.5, CPU)


def centre_x(classes: torch.Tensor, name: str) -> float:
    return float((classes == CLASS_INDEX[name]).nonzero()[:, 0].float().mean())


def test_left_is_left_in_every_example_mirrored_or_not(generator):
    for seed in range(6):
        classes = generator.draw((seed,), 0.0).classes
        assert centre_x(classes, "left thalamus") < centre_x(classes, "right thalamus")
        assert centre_x(classes, "left cerebellar cortex") < centre_x(classes, "right cerebellar cortex")


def test_a_seed_makes_the_same_example_again_and_another_seed_another(generator):
    first, again, other = (generator.draw((7, n), 0.7) for n in (1, 1, 2))
    assert torch.equal(first.image, again.image)
    assert torch.equal(first.classes, again.classes)
    assert not torch.equal(first.image, other.image)


def test_images_are_normalised_and_finite(generator):
    for seed in range(5):
        example = generator.draw((seed,), 1.0)
        assert torch.isfinite(example.image).all()
        assert float(example.image.min()) >= 0
        assert float(example.image.max()) <= 1.5 * 1.25 + 1e-5
        assert float(example.image.std()) > 0.02


def test_nothing_is_shown_and_nothing_learnt_outside_the_field_of_view(generator):
    cut = [e for e in (generator.draw((seed,), 1.0) for seed in range(6)) if (e.classes == IGNORE).float().mean() > 0.1]
    assert cut, "no example with a smaller field of view"
    for example in cut:
        outside = example.classes == IGNORE
        # Single voxels of ignored labels are ignored too, but are inside.
        planes = [
            outside.flatten(1).all(1),
            outside.transpose(0, 1).flatten(1).all(1),
            outside.permute(2, 0, 1).flatten(1).all(1),
        ]
        assert any(p.any() for p in planes)
        for axis, plane in enumerate(planes):
            assert float(example.image.index_select(axis, plane.nonzero()[:, 0]).abs().sum()) == 0


def test_contrasts_are_what_they_are_called(generator):
    """In T1 white matter is brighter than cortex and cortex than fluid; with free contrasts any order occurs."""

    def order(kind: str, seed: int) -> tuple[str, ...]:
        example = generator.draw((seed,), 0.0, kind)
        names = ("left cerebral white matter", "left cerebral cortex", "left lateral ventricle")
        means = {n: float(example.image[example.classes == CLASS_INDEX[n]].mean()) for n in names}
        return tuple(sorted(means, key=means.get))

    t1 = [order("t1", seed) for seed in range(3)]
    assert all(o[-1] == "left cerebral white matter" for o in t1)
    assert len({order("free", seed) for seed in range(4)}) > 1


def test_in_ct_fluid_is_darker_than_white_matter_which_is_darker_than_cortex_and_bone_is_white(generator):
    names = ("left lateral ventricle", "left cerebral white matter", "left cerebral cortex", "skull")
    for seed in range(3):
        look = contrast_of("ct", Chance((seed,), CPU), generator.labels, 1.0)
        means = [float(look.mean[generator.base_class == CLASS_INDEX[name]].mean()) for name in names]
        assert means == sorted(means)
        assert means[-1] > look.ceiling
        assert float(look.mean[0]) == 0


def test_ct_comes_in_the_second_half_of_the_curriculum(generator):
    def share(progress: float) -> float:
        looks = [random_contrast(Chance((seed,), CPU), generator.labels, progress) for seed in range(200)]
        return sum(look.ceiling is not None for look in looks) / len(looks)

    assert share(0.5) == 0
    assert 0.05 < share(1.0) < 0.3


def test_a_batch_stacks_examples_of_their_own_seeds(generator):
    images, classes = generator.batch((3, 5), 2, 0.5)
    assert images.shape == (2, 1, *SHAPE)
    assert torch.equal(classes[1], generator.draw((3, 5, 1), 0.5).classes)


def test_the_two_maps_have_all_classes_of_the_brain(heads):
    labels, maps = heads
    for label_map in maps:
        present = np.unique(labels.base_class.numpy()[label_map.generation.numpy()])
        assert set(range(1, 33)) <= set(present.tolist())
