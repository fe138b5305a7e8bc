import dataclasses
import json

import pytest
import torch

from body.drawing import Shown
from body.images import ImageGenerator, write_body
from body.run import FILE, average_runs, begin_run, continue_run, load_average, load_checkpoint, run_in, save_checkpoint
from body.settings import Settings
from body.train import BodyPlan, Trainer, train

SETTINGS = Settings(
    widths=(8, 16, 16), stages=((0, 8.0, (16, 16, 16)), (8, 4.0, (32, 16, 16))), steps=100, warm_up=2, cool_down=20
)


@pytest.fixture(scope="module")
def examples(small_body):
    generator = ImageGenerator([small_body], (16, 16, 16), 8.0)
    return [generator.draw((1, seed)) for seed in range(4)]


@pytest.fixture
def bodies(small_body, tmp_path):
    write_body(small_body, tmp_path / "body-0000.npy")
    return tmp_path


def take(run, examples):
    trainer = Trainer(run)
    return [float(trainer.step(example.image, example.classes)["loss"]) for example in examples]


def test_an_interrupted_run_goes_on_as_it_was(examples, tmp_path):
    """The state is compared, not what comes of it: on some processors the same step rounds differently each time."""
    before = begin_run(SETTINGS)
    take(before, examples[:2])
    save_checkpoint(tmp_path, before)
    after = run_in(tmp_path, Settings())
    assert after.step == 2
    assert after.settings == SETTINGS
    for part in ("network", "average", "optimiser"):
        states = [flat(getattr(run, part).state_dict()) for run in (before, after)]
        assert states[0].keys() == states[1].keys()
        for name, value in states[0].items():
            same = torch.equal(value, states[1][name]) if torch.is_tensor(value) else value == states[1][name]
            assert same, f"{part} {name}"
    (loss,) = take(after, examples[2:3])
    assert loss == pytest.approx(take(before, examples[2:3])[0], rel=1e-2)


def test_the_mean_of_two_states_is_measured_and_exported_like_a_run(examples, tmp_path):
    run, weights = begin_run(SETTINGS), []
    for number, example in enumerate(examples[:2]):
        take(run, [example])
        (tmp_path / str(number)).mkdir()
        save_checkpoint(tmp_path / str(number), run)
        weights.append(run.average.look.weight.clone())
    average_runs([tmp_path / "0", tmp_path / "1"], tmp_path / "mean")
    network, settings, step = load_average(tmp_path / "mean")
    assert torch.allclose(network.look.weight, (weights[0] + weights[1]) / 2)
    assert (settings, step) == (SETTINGS, 2)
    assert load_checkpoint(tmp_path / "mean")["averaged"] == [1, 2]


def flat(state, name=""):
    """The values of nested dictionaries, by their path."""
    if not isinstance(state, dict):
        return {name: state}
    return {path: value for key, own in state.items() for path, value in flat(own, f"{name}/{key}").items()}


def test_repeated_steps_on_one_image_lower_the_loss(examples):
    run = begin_run(dataclasses.replace(SETTINGS, learning_rate=1e-2))
    losses = take(run, examples[:1] * 40)
    assert losses[-1] < losses[0] - 0.5


def test_the_examples_of_a_step_are_those_of_its_stage():
    assert SETTINGS.stage_at(0) == (8.0, (16, 16, 16))
    assert SETTINGS.stage_at(7) == (8.0, (16, 16, 16))
    assert SETTINGS.stage_at(8) == (4.0, (32, 16, 16))
    assert SETTINGS.spacing == 4.0


def test_every_image_is_shown_twice_and_the_later_stage_follows(bodies):
    shown = Shown(bodies, SETTINGS, 0, 0)
    shapes, times = [], {}
    for _ in range(24):
        image, _ = shown.next()
        shapes.append(tuple(image.shape))
        key = float(image.sum())
        times[key] = times.get(key, 0) + 1
    shown.close()
    assert (16, 16, 16) in shapes
    assert (32, 16, 16) in shapes
    assert max(times.values()) == 2
    assert len(times) < 24


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_trains_and_leaves_a_checkpoint_and_a_curve(bodies, tmp_path, workers, monkeypatch):
    # Only the first worker writes lines, in this process.
    monkeypatch.setattr("training.log_file.LOG_EVERY", 20)
    folder = tmp_path / "run"
    settings = dataclasses.replace(SETTINGS, steps=20, cool_down=8)
    train(
        run_in(folder, settings),
        BodyPlan(folder=folder, minutes=60, checkpoint_minutes=60, workers=workers, bodies=bodies),
    )
    assert continue_run(folder).step == 20
    (line,) = [json.loads(text) for text in (folder / "log.jsonl").read_text().splitlines()]
    assert line["step"] == 20
    assert line["loss"] < 6
    network, kept, step = load_average(folder)
    assert (kept, step) == (settings, 20)
    assert not network.training
    assert (folder / FILE).exists()
