import numpy as np
import pytest
import torch

from body.bodies import Body
from body.images import write_body
from training.base_classes import BACKGROUND, IGNORE
from training.generator import Generator
from training.no_head import HELD_OUT, HIGHEST, MixedGenerator, NoHeadGenerator, held_out_bodies, training_bodies


@pytest.fixture(scope="module")
def generator(heads) -> Generator:
    labels, maps = heads
    return Generator(maps, labels, (48, 48, 48), 2.0, torch.device("cpu"))


@pytest.fixture(scope="module")
def body() -> Body:
    """Fat up to 60 mm above the highest place that counts as trunk, liver on one side."""
    labels = np.zeros((120, 80, 400), np.uint8)
    labels[10:110, 8:72] = 2
    labels[60:110, 8:72] = 47
    return Body(labels, np.array([-120.0, 0.0, HIGHEST + 60 - 800], np.float32))


def test_all_is_background_below_the_head_and_nothing_is_learned_above(generator, body):
    others = NoHeadGenerator([body], generator)
    seen = set()
    for seed in range(12):
        example = others.draw((1, seed))
        assert torch.equal(example.image, others.draw((1, seed)).image)
        assert example.image.shape == example.classes.shape == (48, 48, 48)
        assert (example.image[example.classes == IGNORE] == 0).all()
        seen |= set(example.classes.unique().tolist())
    assert seen == {BACKGROUND, IGNORE}


def test_heads_are_those_of_a_run_without_bodies_and_the_share_decides(generator, body):
    others = NoHeadGenerator([body], generator)
    images, classes = generator.batch((3, 4), 2, 0.5)
    for share, heads in ((0.0, True), (1.0, False)):
        own_images, own_classes = MixedGenerator(generator, others, share).batch((3, 4), 2, 0.5)
        assert torch.equal(own_images, images) == heads
        assert torch.equal(own_classes, classes) == heads
        assert bool(((own_classes != BACKGROUND) & (own_classes != IGNORE)).any()) == heads


def test_bodies_that_are_measured_on_are_not_trained_on(tmp_path):
    for number in range(HELD_OUT + 2):
        labels = np.full((2, 2, 2), number, np.uint8)
        write_body(Body(labels, np.zeros(3, np.float32)), tmp_path / f"body-{number:04d}.npy")
    trained = [int(body.labels[0, 0, 0]) for body in training_bodies(tmp_path)]
    measured = [int(body.labels[0, 0, 0]) for body in held_out_bodies(tmp_path)]
    assert trained == [0, 1]
    assert measured == list(range(2, HELD_OUT + 2))
