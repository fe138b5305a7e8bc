"""One step of a run: the loss at sampled voxels, the optimiser, and the running average of the weights."""

from typing import Protocol

import torch

from .loss import SampledVoxels, segmentation_loss
from .network import class_logits


class RunInSteps(Protocol):
    """The parts of a run that a step uses. Its settings: `relaxation_at`, `balance_at`, `learning_rate_at`, `ema`."""

    settings: object
    step: int
    network: torch.nn.Module
    average: torch.nn.Module
    optimiser: torch.optim.Optimizer


def take_step(
    run: RunInSteps, images: torch.Tensor, voxels: SampledVoxels, codes: torch.Tensor
) -> dict[str, torch.Tensor]:
    """A step whose gradient is not finite changes only the step's number.

    @param images float32 [image, 1, x, y, z], as the network takes them
    @param codes  float32 [class, dimension]
    @returns the losses and the norm of the gradient
    """
    settings = run.settings
    images = images.contiguous(memory_format=torch.channels_last_3d)
    run.network.relax_to(settings.relaxation_at(run.step))
    with torch.autocast(images.device.type, torch.bfloat16):
        features = run.network.features_at(images, voxels.index)
    losses = segmentation_loss(class_logits(features, codes), voxels, settings.balance_at(run.step))
    norm = descend(run, losses["loss"])
    return {name: value.detach() for name, value in losses.items()} | {"gradient_norm": norm}


def descend(run: RunInSteps, loss: torch.Tensor) -> torch.Tensor:
    """Follows the gradient of a loss, if it is finite, and counts the step. @returns the norm of the gradient"""
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(run.network.parameters(), 1.0)
    for group in run.optimiser.param_groups:
        group["lr"] = run.settings.learning_rate_at(run.step)
    if torch.isfinite(norm):
        run.optimiser.step()
        _average(run)
    run.step += 1
    return norm


@torch.no_grad()
def _average(run: RunInSteps) -> None:
    decay = min(run.settings.ema, 1 - 1 / (1 + 0.1 * (run.step + 1)))
    averages, weights = run.average.state_dict().values(), run.network.state_dict().values()
    torch._foreach_lerp_(list(averages), list(weights), 1 - decay)
