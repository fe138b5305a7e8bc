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

from .batches import Batch, Drawn
from .heights import BINS, STEP
from .network import FieldOfViewNetwork

BATCHES_PER_STEP = 2
"""A batch holds volumes of one size, so often of one region; alone it would pull every row there."""
EXAMPLES_PER_STEP = 8
"""About: new examples drawn for a step. The seed of a continued run goes on from there."""


@dataclass(frozen=True)
class Settings:
    """steps  at the last of which the learning rate has fallen to nearly nothing"""

    steps: int = 6_000
    cool_down: int = 2_500
    warm_up: int = 50
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    ema: float = 0.998
    seed: int = 1
    widths: tuple[int, int, int, int] = (16, 40, 64, 128)

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
    """loss and its parts; `error` in mm: of the most likely bins of rows that show a body.

    A turned volume has no heights to learn, and what shows no body does not stand any way.
    """
    with torch.autocast("cpu", torch.bfloat16):
        height, kind, upright = network.parts(batch.image.contiguous(memory_format=torch.channels_last_3d))
    height = height.float()
    rows = -(batch.height * functional.log_softmax(height, 1)).sum(1)
    # Empty rows are many and easy.
    shows = 1 - batch.height[:, BINS]
    weight = (0.1 + 0.9 * shows) * batch.upright[:, None]
    # A volume counts by the square root of its rows.
    total = weight.sum(1, keepdim=True)
    located = (rows * weight / total.clamp(min=1e-6).sqrt()).sum() / total.clamp(min=1e-6).sqrt().sum()
    which = functional.cross_entropy(kind.float(), batch.kind)
    stands = functional.binary_cross_entropy_with_logits(upright.float()[:, 0], batch.upright, reduction="none")
    has_body = batch.has_body.float()
    stands = (stands * has_body).sum() / has_body.sum().clamp(min=1)
    with torch.no_grad():
        away = (height[:, :BINS].argmax(1) - batch.height[:, :BINS].argmax(1)).abs() * STEP
        seen = shows * batch.upright[:, None]
        error = (away * seen).sum() / seen.sum().clamp(min=1)
        right = (kind.argmax(1) == batch.kind).float().mean()
    return {
        "loss": located + 0.5 * which + 0.5 * stands,
        "error": error,
        "located": located,
        "kind": which,
        "right": right,
        "stands": stands,
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
