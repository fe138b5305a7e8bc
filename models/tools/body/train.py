"""The training loop: resumable; parallel workers, one core each."""

import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed
import torch.multiprocessing as multiprocessing

from training.log_file import log
from training.loss import sample_voxels
from training.network import fixed_codes
from training.optimiser_step import take_step
from training.stop_signal import StopSignal

from .drawing import Shown
from .labels import CLASS_COUNT
from .loss import sampling_limits
from .network import BodyNetwork, scaled
from .run import Run, continue_run, save_checkpoint

LOG_EVERY = 50
TOGETHER_EVERY = 10
"""Steps after which the workers' networks are averaged."""


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
class Plan:
    """bodies, folder  of the bodies, and of the run
    minutes  after which a worker stops
    workers  parallel training processes, one core each; the network is their average
    """

    bodies: Path
    folder: Path
    minutes: float
    checkpoint_minutes: float
    workers: int


def train(run: Run, plan: Plan) -> None:
    """Runs until the run's last step, until the time is up, or until a SIGTERM or SIGINT.

    Each of these leaves a checkpoint; `log.jsonl` gets a line every 50 steps. More threads in one process do not help:
    on two busy cores a step took 3.4 s of processor time with two threads, and 1.1 s with one. So each worker takes its
    own steps with one thread, and every 10 steps all continue from their average (local SGD; Stich, ICLR 2019).
    """
    torch.set_num_threads(1)
    meeting = plan.folder / "meeting"
    meeting.unlink(missing_ok=True)
    others = [
        multiprocessing.get_context("spawn").Process(target=_other_worker, args=(plan, worker), daemon=False)
        for worker in range(1, plan.workers)
    ]
    if others:
        save_checkpoint(plan.folder, run)
    for process in others:
        process.start()
    _work(run, plan, 0)
    for process in others:
        process.join()
    save_checkpoint(plan.folder, run)


def _other_worker(plan: Plan, worker: int) -> None:
    torch.set_num_threads(1)
    _work(continue_run(plan.folder), plan, worker)


def _work(run: Run, plan: Plan, worker: int) -> None:
    stop = StopSignal()
    trainer = Trainer(run)
    if plan.workers > 1:
        address = f"file://{(plan.folder / 'meeting').resolve()}"
        torch.distributed.init_process_group("gloo", init_method=address, rank=worker, world_size=plan.workers)
    shown = Shown(plan.bodies, run.settings, run.step, worker)
    means = Means(plan.folder, run.step) if worker == 0 else None
    started = saved = time.monotonic()
    while run.step < run.settings.steps:
        losses = trainer.step(*shown.next())
        is_over = stop.received or time.monotonic() - started > 60 * plan.minutes
        if plan.workers > 1 and run.step % TOGETHER_EVERY == 0:
            is_over = _meet(run.network, is_over)
        elif plan.workers > 1:
            is_over = False
        if means:
            means.add(run.step, losses)
            if time.monotonic() - saved > 60 * plan.checkpoint_minutes:
                save_checkpoint(plan.folder, run)
                saved = time.monotonic()
        if is_over:
            break
    shown.close()


@torch.no_grad()
def _meet(network: BodyNetwork, is_over: bool) -> bool:
    """Sets all workers' networks to their mean. @returns whether any of them must stop"""
    values = list(network.state_dict().values())
    flat = torch.cat([value.reshape(-1) for value in values] + [torch.tensor([float(is_over)])])
    torch.distributed.all_reduce(flat)
    flat /= torch.distributed.get_world_size()
    parts = flat[:-1].split([value.numel() for value in values])
    for value, part in zip(values, parts, strict=True):
        value.copy_(part.reshape(value.shape))
    return bool(flat[-1] > 0)


class Means:
    """log.jsonl: mean losses since the previous line."""

    def __init__(self, folder: Path, step: int):
        self.folder = folder
        self.began, self.step, self.sums = time.monotonic(), step, {}

    def add(self, step: int, losses: dict[str, torch.Tensor]) -> None:
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0) + float(value)
        if step % LOG_EVERY:
            return
        now, steps = time.monotonic(), step - self.step
        means = {name: round(value / steps, 4) for name, value in self.sums.items()}
        log(self.folder, {"step": step, **means, "seconds_per_step": round((now - self.began) / steps, 3)})
        self.began, self.step, self.sums = now, step, {}
