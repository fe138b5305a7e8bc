import dataclasses
import json

import numpy as np
import pytest
import torch

from body.muon import Muon
from refine import episodes as episodes_module
from refine.clicks import read_request, rows
from refine.episodes import Episodes
from refine.faults import faulty_mask
from refine.network import RefineNetwork
from refine.run import begin_run, continue_run, load_average, run_in
from refine.scenes import CPU, Scene, Sources, painted, random_things
from refine.settings import WINDOW, Settings
from refine.train import RefinePlan, take_step, train, window_loss
from refine.windows import CHANNELS, MASK, cut, first_of_window
from training.chance import Chance

SETTINGS = Settings(widths=(4, 8), side=64, steps=4, cool_down=2)
NOTHING = Sources([], None, [])


def scene_of_things(_, side: int, seed: tuple[int, ...]) -> Scene:
    chance = Chance(seed, CPU)
    labels = random_things(chance, side)
    return Scene(painted(chance, labels), labels, tuple((int(n),) for n in labels.unique() if n > 0))


@pytest.fixture(autouse=True)
def only_things(monkeypatch):
    monkeypatch.setattr(episodes_module, "draw_scene", scene_of_things)
    monkeypatch.setattr("refine.train.read_sources", lambda *_: NOTHING)


def test_scenes_are_determined_by_their_seed():
    one, other = scene_of_things(None, 48, (1, 2)), scene_of_things(None, 48, (1, 2))
    assert torch.equal(one.image, other.image)
    assert torch.isfinite(one.image).all()
    assert len(one.groups) > 1


def test_faulty_masks_overlap_the_truth_and_are_not_it():
    scene = scene_of_things(None, 64, (3,))
    label = max(scene.groups, key=lambda group: int((scene.labels == group[0]).sum()))[0]
    truth = scene.labels == label
    masks = [faulty_mask(Chance((n,), CPU), scene, truth) for n in range(12)]
    assert all(mask.dtype == torch.bool for mask in masks)
    assert sum(bool((mask & truth).any()) for mask in masks) == 12
    assert sum(bool((mask != truth).any()) for mask in masks) >= 10


def test_every_round_starts_from_the_mask_of_the_round_before():
    drawn = Episodes(NOTHING, SETTINGS, 0, 0)
    for _ in range(30):
        episode, first, window, truth = drawn.next()
        assert window.shape == (CHANNELS, *(WINDOW,) * 3)
        assert truth.dtype == torch.bool
        prompts = len(episode.prompts.given) + (episode.prompts.box is not None)
        assert prompts >= 1
        before = episode.mask.clone()
        Episodes.follow(episode, first, torch.zeros((WINDOW,) * 3, dtype=torch.bool))
        assert int(episode.mask.sum()) <= int(before.sum())


def test_some_windows_show_another_part_of_the_structure():
    drawn = Episodes(NOTHING, SETTINGS, 0, 0)
    aside = 0
    for _ in range(60):
        episode, first, window, _ = drawn.next()
        assert torch.equal(window[MASK] > 0.5, cut(episode.mask, first))
        aside += not np.array_equal(first, first_of_window(episode.prompts.middle))
    assert 10 < aside < 35


def test_an_untrained_network_keeps_the_mask():
    network = RefineNetwork((4, 8)).eval()
    torch.nn.init.zeros_(network.head[-1].weight)
    torch.nn.init.zeros_(network.head[-1].bias)
    x = torch.zeros(1, CHANNELS, *(WINDOW,) * 3)
    x[0, 2, 10:20] = 1
    assert torch.equal(network(x)[0, 0] > 0, x[0, 2] > 0.5)


def test_the_loss_is_least_for_the_truth():
    truth = torch.zeros(32, 32, 32)
    truth[8:20, 8:20, 8:20] = 1
    right = window_loss((2 * truth - 1) * 20, truth, truth)["loss"]
    wrong = window_loss((1 - 2 * truth) * 20, truth, truth)["loss"]
    far = torch.zeros_like(truth)
    far[28:, 28:, 28:] = 1
    near = torch.zeros_like(truth)
    near[20:24, 20:24, 20:24] = 1
    at = lambda more: window_loss((2 * (truth + more) - 1) * 20, truth, truth)["entropy"]  # noqa: E731
    assert right < 0.01 < 1 < wrong
    assert at(far) < at(near)


def test_steps_reduce_the_loss():
    torch.manual_seed(0)
    run = begin_run(dataclasses.replace(SETTINGS, steps=1000, learning_rate=5e-3))
    assert isinstance(run.optimiser, Muon)
    drawn = Episodes(NOTHING, run.settings, 0, 0)
    episode = drawn.next()
    # The same window at every step: otherwise a step's loss says more about its window than about the network.
    drawn.next = lambda: episode
    losses = [float(take_step(run, drawn)["loss"]) for _ in range(25)]
    assert losses[-1] < 0.98 * losses[0]


def test_a_run_leaves_a_checkpoint_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr("training.log_file.LOG_EVERY", 2)
    folder = tmp_path / "run"
    plan = RefinePlan(folder=folder, minutes=60, checkpoint_minutes=60, workers=1, heads=tmp_path, bodies=tmp_path)
    train(run_in(folder, SETTINGS), plan)
    run = continue_run(folder)
    assert run.step == 4
    assert [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()] == [2, 4]
    run.settings = dataclasses.replace(run.settings, steps=6)
    train(run, plan)
    network, step = load_average(folder)
    assert step == 6
    assert not network.training


def test_clicks_are_measured_from_text_nothing_and_boxes(tmp_path):
    truth = np.zeros((40, 30, 20), bool)
    truth[10:20, 10:20, 5:15] = True
    image = np.where(truth, 100, 0).astype(np.float32)
    image.reshape(-1, order="F").tofile(tmp_path / "image")
    for name, mask in (("0-side-0", truth), ("0-text", np.roll(truth, 2, 0)), ("1-side-0", truth)):
        np.packbits(mask.reshape(-1, order="F"), bitorder="little").tofile(tmp_path / name)
    structures = [{"sides": 1, "text": True}, {"sides": 1, "text": False}]
    request = {"size": [40, 30, 20], "spacing": [1, 1, 1.5], "structures": structures}
    (tmp_path / "request.json").write_text(json.dumps(request))

    def perfect(x: torch.Tensor) -> torch.Tensor:
        return x[:, :1] - 0.5

    measured = list(rows(*read_request(tmp_path), perfect))
    assert [(row["structure"], row["from"]) for row in measured] == [
        (0, "nothing"),
        (0, "box"),
        (0, "text"),
        (1, "nothing"),
        (1, "box"),
    ]
    assert all(len(row["dice"]) == 11 for row in measured)
    text = measured[2]["dice"]
    assert text[0] == pytest.approx(0.8)
    assert text[1] > 0.9
    assert measured[0]["dice"][0] == 0
