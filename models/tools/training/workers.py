"""Training processes with one core each, whose networks are averaged now and then (local SGD; Stich, ICLR 2019).

More threads in one process do not help: on two busy cores a step of `body` took 3.4 s of processor time with two
threads, and 1.1 s with one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed
import torch.multiprocessing as multiprocessing
from torch import nn

from .log_file import Means
from .optimiser_step import RunInSteps
from .stop_signal import StopSignal

TOGETHER_EVERY = 10
"""Steps after which the workers' networks are averaged."""
MEETING = "meeting"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """folder   of the run
    minutes  after which a worker stops
    workers  parallel training processes; the network is their average
    """

    folder: Path
    minutes: float
    checkpoint_minutes: float
    workers: int


def start_workers(
    plan: Plan, other: Callable[[Plan, int], None], save: Callable[[], None], first: Callable[[], None]
) -> None:
    """Runs all workers of a run, `first` in this process, and leaves a checkpoint.

    @param other the work of another process, which continues from the checkpoint; a function of a module
    """
    torch.set_num_threads(1)
    (plan.folder / MEETING).unlink(missing_ok=True)
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=other, args=(plan, worker), daemon=False) for worker in range(1, plan.workers)]
    if others:
        save()
    for process in others:
        process.start()
    first()
    for process in others:
        process.join()
    save()


def work(
    run: RunInSteps, plan: Plan, worker: int, step: Callable[[], dict[str, torch.Tensor]], save: Callable[[], None]
) -> None:
    """Takes a worker's steps until the run's last one, until the time is up, or until a SIGTERM or SIGINT.

    The first worker writes checkpoints, and a line of `log.jsonl` every 50 steps.
    """
    stop = StopSignal()
    if plan.workers > 1:
        address = f"file://{(plan.folder / MEETING).resolve()}"
        torch.distributed.init_process_group("gloo", init_method=address, rank=worker, world_size=plan.workers)
    means = Means(plan.folder, run.step) if worker == 0 else None
    started = saved = time.monotonic()
    while run.step < run.settings.steps:
        losses = step()
        is_over = stop.received or time.monotonic() - started > 60 * plan.minutes
        if plan.workers > 1:
            is_over = run.step % TOGETHER_EVERY == 0 and _meet(run.network, is_over)
        if means:
            means.add(run.step, losses)
            if time.monotonic() - saved > 60 * plan.checkpoint_minutes:
                save()
                saved = time.monotonic()
        if is_over:
            break


@torch.no_grad()
def _meet(network: nn.Module, is_over: bool) -> bool:
    """Sets all workers' networks to their mean. @returns whether any of them must stop"""
    values = list(network.state_dict().values())
    flat = torch.cat([value.reshape(-1) for value in values] + [torch.tensor([float(is_over)])])
    torch.distributed.all_reduce(flat)
    flat /= torch.distributed.get_world_size()
    parts = flat[:-1].split([value.numel() for value in values])
    for value, part in zip(values, parts, strict=True):
        value.copy_(part.reshape(value.shape))
    return bool(flat[-1] > 0)
