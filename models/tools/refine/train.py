"""The training loop: resumable; parallel workers, one core each."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from body.run import save_checkpoint
from training.optimiser_step import descend
from training.workers import Plan, start_workers, work

from .episodes import Episodes
from .run import Run, continue_run
from .scenes import read_sources
from .windows import MASK

NEAR_STEP = 4
"""Voxels of the blocks that count as near the structure or as far from it."""
FAR_WEIGHT = 0.1
"""Weight of a voxel far from the structure and from the mask in the cross-entropy; one near them has 1."""


@dataclass(frozen=True)
class RefinePlan(Plan):
    """heads   train/brain_label_maps/data
    bodies  folder of the generated bodies
    """

    heads: Path
    bodies: Path


def train(run: Run, plan: RefinePlan) -> None:
    """Runs until the run's last step, until the time is up, or until a SIGTERM or SIGINT; leaves a checkpoint."""
    start_workers(plan, _other_worker, lambda: save_checkpoint(plan.folder, run), lambda: _work(run, plan, 0))


def _other_worker(plan: RefinePlan, worker: int) -> None:
    torch.set_num_threads(1)
    _work(continue_run(plan.folder), plan, worker)


def _work(run: Run, plan: RefinePlan, worker: int) -> None:
    episodes = Episodes(read_sources(plan.heads, plan.bodies), run.settings, run.step, worker)
    work(run, plan, worker, lambda: take_step(run, episodes), lambda: save_checkpoint(plan.folder, run))


def take_step(run: Run, episodes: Episodes) -> dict[str, torch.Tensor]:
    """One round of an episode: the network's mask is compared with the truth, and is the mask of the next round."""
    episode, first, window, truth = episodes.next()
    inputs = window[None].contiguous(memory_format=torch.channels_last_3d)
    run.network.relax_to(run.settings.relaxation_at(run.step))
    with torch.autocast("cpu", torch.bfloat16):
        logits = run.network(inputs)[0, 0].float()
    losses = window_loss(logits, truth.float(), window[MASK])
    norm = descend(run, losses["loss"])
    marked = logits.detach() > 0
    episodes.follow(episode, first, marked)
    before, after = _dice(window[MASK] > 0.5, truth), _dice(marked, truth)
    return {name: value.detach() for name, value in losses.items()} | {
        "dice_before": before,
        "dice_after": after,
        "gradient_norm": norm,
    }


def window_loss(logits: torch.Tensor, truth: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
    """Soft Dice loss and cross-entropy; voxels far from structure and mask count less.

    @param logits, truth, mask [x, y, z]; truth and mask 0 or 1
    """
    probability = logits.sigmoid()
    dice = 1 - (2 * (probability * truth).sum() + 50) / (probability.sum() + truth.sum() + 50)
    blocks = functional.max_pool3d(torch.maximum(truth, mask)[None, None], NEAR_STEP)
    near = functional.interpolate(functional.max_pool3d(blocks, 3, 1, 1), size=truth.shape)[0, 0]
    weight = FAR_WEIGHT + (1 - FAR_WEIGHT) * near
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, weight, reduction="sum") / weight.sum()
    return {"loss": dice + entropy, "dice_loss": dice, "entropy": entropy}


def _dice(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (2 * (a & b).sum() + 1) / (a.sum() + b.sum() + 1)
