"""The training loop: resumable; parallel workers, one core each."""

from dataclasses import dataclass
from pathlib import Path

import torch

from training.loss import sample_voxels
from training.network import fixed_codes
from training.optimiser_step import take_step
from training.workers import Plan, start_workers, work

from .drawing import Shown
from .labels import CLASS_COUNT
from .loss import sampling_limits
from .network import scaled
from .run import Run, continue_run, save_checkpoint


class Trainer:
    """Takes steps of a run."""

    def __init__(self, run: Run):
        self.run = run
        self.codes = fixed_codes(CLASS_COUNT, run.settings.dimension)
        self.limits = sampling_limits(torch.device("cpu"))

    def step(self, image: torch.Tensor, classes: torch.Tensor) -> dict[str, torch.Tensor]:
        """One optimiser step.

        @param image float32 [x, y, z], HU
        @param classes uint8 [x, y, z]
        """
        run = self.run
        voxels = sample_voxels(classes[None], self.limits, seed=run.step)
        return take_step(run, scaled(image)[None, None], voxels, self.codes)


@dataclass(frozen=True)
class BodyPlan(Plan):
    """bodies  folder of the generated bodies"""

    bodies: Path


def train(run: Run, plan: BodyPlan) -> None:
    """Runs until the run's last step, until the time is up, or until a SIGTERM or SIGINT; leaves a checkpoint."""
    start_workers(plan, _other_worker, lambda: save_checkpoint(plan.folder, run), lambda: _work(run, plan, 0))


def _other_worker(plan: BodyPlan, worker: int) -> None:
    torch.set_num_threads(1)
    _work(continue_run(plan.folder), plan, worker)


def _work(run: Run, plan: BodyPlan, worker: int) -> None:
    trainer = Trainer(run)
    shown = Shown(plan.bodies, run.settings, run.step, worker)
    work(run, plan, worker, lambda: trainer.step(*shown.next()), lambda: save_checkpoint(plan.folder, run))
    shown.close()
