"""The training loop: resumable; one process draws, one trains."""

import copy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from body.muon import Muon
from body.run import FILE, restore, save_checkpoint
from training.optimiser_step import descend
from training.schedule import learning_rate
from training.workers import Plan, start_workers, work

from .batches import PLACE_UNIT, Batch, Drawn
from .network import FieldOfViewNetwork

BATCHES_PER_STEP = 3
"""A batch holds volumes of one size, so often of one region; alone it would pull every place there."""
EXAMPLES_PER_STEP = 8
"""About: new examples drawn for a step. The seed of a continued run goes on from there."""


@dataclass(frozen=True)
class Settings:
    """steps  at the last of which the learning rate has fallen to nearly nothing"""

    steps: int = 1_500
    cool_down: int = 600
    warm_up: int = 30
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    ema: float = 0.995
    seed: int = 1
    widths: tuple[int, int, int] = (24, 64, 128)

    def learning_rate_at(self, step: int) -> float:
        return learning_rate(
            self.learning_rate, done=step, left=self.steps - step, warm_up=self.warm_up, cool_down=self.cool_down
        )


@dataclass
class Run:
    """A run between two steps."""

    settings: Settings
    step: int
    network: FieldOfViewNetwork
    average: FieldOfViewNetwork
    optimiser: torch.optim.Optimizer


def run_in(folder: Path, settings: Settings) -> Run:
    """The run in the folder, with these settings from now on, or a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(settings.seed)
    network = FieldOfViewNetwork(settings.widths).to(memory_format=torch.channels_last_3d)
    optimiser = Muon(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    run = Run(settings, 0, network, copy.deepcopy(network).eval().requires_grad_(False), optimiser)
    if (folder / FILE).exists():
        state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
        restore(run, state)
    return run


def load_average(folder: Path) -> tuple[FieldOfViewNetwork, int]:
    """The averaged network of a run, ready for inference, and its step."""
    state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    network = FieldOfViewNetwork(tuple(state["settings"]["widths"]))
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False), state["step"]


def losses_of(network: FieldOfViewNetwork, batch: Batch) -> dict[str, torch.Tensor]:
    """loss and its parts; `error` (up and front, summed) and `side` in mm."""
    place, log_error, body, kind = network.parts(batch.image.contiguous(memory_format=torch.channels_last_3d))
    inside = batch.body.float()
    # Every volume counts alike, whatever its size.
    share = inside / inside.sum((1, 2, 3, 4), keepdim=True).clamp(min=1)
    away = (place - batch.place).abs()
    # Certainty is about up and front: of a head, the side cannot be known.
    straight = away[:, 1:].sum(1, keepdim=True)
    spread = (straight * torch.exp(-log_error) + 2 * log_error) * share
    is_body = functional.binary_cross_entropy_with_logits(body, inside, reduction="none").mean((1, 2, 3, 4))
    which = functional.cross_entropy(kind, batch.kind)
    with_body = (inside.sum((1, 2, 3, 4)) > 0).float().sum().clamp(min=1)
    located = spread.sum() / with_body
    flat = ((straight + 0.5 * away[:, :1]) * share).sum() / with_body
    loss = 0.3 * located + 0.3 * flat + is_body.mean() + 0.3 * which
    right = (kind.argmax(1) == batch.kind).float().mean()
    return {
        "loss": loss,
        "error": (straight * share).sum() / with_body * PLACE_UNIT,
        "side": (away[:, :1] * share).sum() / with_body * PLACE_UNIT,
        "located": located,
        "body": is_body.mean(),
        "kind": which,
        "right": right,
    }


@dataclass(frozen=True)
class FieldOfViewPlan(Plan):
    """subjects, heads  see subjects.py"""

    subjects: Path
    heads: Path


def train(run: Run, plan: FieldOfViewPlan) -> None:
    """Runs until the run's last step, until the time is up, or until a SIGTERM or SIGINT; leaves a checkpoint."""
    start_workers(plan, _other_worker, lambda: save_checkpoint(plan.folder, run), lambda: _work(run, plan, 0))


def _other_worker(plan: FieldOfViewPlan, worker: int) -> None:
    torch.set_num_threads(1)
    settings = torch.load(plan.folder / FILE, map_location="cpu", weights_only=True)["settings"]
    _work(run_in(plan.folder, Settings(**settings)), plan, worker)


def _work(run: Run, plan: FieldOfViewPlan, worker: int) -> None:
    drawn = Drawn(plan.subjects, plan.heads, (run.settings.seed, worker), run.step * EXAMPLES_PER_STEP)

    def step() -> dict[str, torch.Tensor]:
        parts = [losses_of(run.network, drawn.next()) for _ in range(BATCHES_PER_STEP)]
        losses = {name: sum(part[name] for part in parts) / BATCHES_PER_STEP for name in parts[0]}
        norm = descend(run, losses["loss"])
        return {name: value.detach() for name, value in losses.items()} | {"gradient_norm": norm}

    work(run, plan, worker, step, lambda: save_checkpoint(plan.folder, run))
    drawn.close()
