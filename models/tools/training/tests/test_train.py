import dataclasses
from functools import cache

import pytest
import torch

from training.checkpoint import FILE, load_average, save_checkpoint
from training.generator import Generator
from training.settings import Settings
from training.train import Trainer, begin_run, continue_run

CPU = torch.device("cpu")
# Small images: a step costs an eighth of one of 32 x 32 x 32 voxels.
SETTINGS = Settings(widths=(4, 8, 8), dimension=40, shape=(16, 16, 16), spacing=4.0, steps=100, warm_up=2, cool_down=20)


class Remembering(Generator):
    """Draws each example once: that a seed gives the same again is a test of the generator."""

    batch = cache(Generator.batch)


@pytest.fixture(scope="module")
def generator(heads):
    labels, maps = heads
    return Remembering(maps, labels, SETTINGS.shape, SETTINGS.spacing, CPU)


def take(run, generator, steps):
    trainer = Trainer(run, generator)
    return [float(trainer.step()["loss"]) for _ in range(steps)]


def save(run, folder):
    save_checkpoint(folder, run.settings, run.step, run.network, run.average, run.optimiser)


def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(generator, tmp_path):
    whole = begin_run(SETTINGS, CPU)
    losses = take(whole, generator, 4)

    half = begin_run(SETTINGS, CPU)
    assert take(half, generator, 2) == losses[:2]
    save(half, tmp_path)
    rest = continue_run(tmp_path, CPU)
    assert rest.step == 2
    assert rest.settings == SETTINGS
    assert take(rest, generator, 2) == losses[2:]
    for kind in ("network", "average"):
        ends = zip(getattr(whole, kind).state_dict().values(), getattr(rest, kind).state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in ends)


def test_a_step_changes_the_network_and_the_average_follows(generator):
    run = begin_run(SETTINGS, CPU)
    before = [p.clone() for p in run.network.parameters()]
    take(run, generator, 3)
    moved = [float((a - b).abs().max()) for a, b in zip(before, run.network.parameters(), strict=True)]
    behind = [
        float((a - b).abs().max()) for a, b in zip(run.average.parameters(), run.network.parameters(), strict=True)
    ]
    assert max(moved) > 1e-4
    assert max(behind) > 0


def test_repeated_steps_on_one_image_lower_the_loss(generator):
    run = begin_run(dataclasses.replace(SETTINGS, learning_rate=5e-3), CPU)
    trainer = Trainer(run, generator)
    losses = []
    for _ in range(16):
        run.step = 5
        losses.append(float(trainer.step()["loss"]))
    assert losses[-1] < losses[0] - 0.5


def test_a_checkpoint_that_was_not_finished_leaves_the_old_one(generator, tmp_path):
    run = begin_run(SETTINGS, CPU)
    save(run, tmp_path)
    (tmp_path / f"{FILE}.new").write_bytes(b"cut off")
    assert continue_run(tmp_path, CPU).step == 0


def test_the_average_is_loaded_for_inference(generator, tmp_path):
    run = begin_run(SETTINGS, CPU)
    take(run, generator, 1)
    save(run, tmp_path)
    network, settings, step = load_average(tmp_path, CPU)
    assert (settings, step) == (SETTINGS, 1)
    assert not any(p.requires_grad for p in network.parameters())
    assert all(
        torch.equal(a, b) for a, b in zip(network.state_dict().values(), run.average.state_dict().values(), strict=True)
    )


def test_the_learning_rate_rises_holds_and_falls():
    settings = Settings(steps=1000, warm_up=100, cool_down=200, learning_rate=1.0)
    assert settings.learning_rate_at(0) == pytest.approx(0.01)
    assert settings.learning_rate_at(100) == settings.learning_rate_at(799) == 1.0
    assert settings.learning_rate_at(900) == pytest.approx(0.505)
    assert settings.learning_rate_at(1000) == pytest.approx(0.01)
