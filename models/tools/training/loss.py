"""The training loss: cross-entropy and Dice over the competing classes, on a sample of the voxels."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from .base_classes import CLASS_INDEX, IGNORE

SAMPLED_VOXELS = 500
MORE_SAMPLED = {
    "left cerebral white matter": 3,
    "right cerebral white matter": 3,
    "left cerebral cortex": 4,
    "right cerebral cortex": 4,
    "extraventricular cerebrospinal fluid": 5,
    "soft tissue": 4,
    "skin": 2,
    "skull": 3,
}
BACKGROUND_SAMPLED = 10


@dataclass(frozen=True)
class SampledVoxels:
    """index   positions in the flattened batch
    target  class index of each
    weight  how many voxels of the batch each represents, scaled to a mean of 1
    """

    index: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor


def sampling_limits(device: torch.device) -> torch.Tensor:
    limits = torch.full((256,), float(SAMPLED_VOXELS), device=device)
    for name, factor in MORE_SAMPLED.items():
        limits[CLASS_INDEX[name]] *= factor
    limits[0] *= BACKGROUND_SAMPLED
    limits[IGNORE] = 0
    return limits


def sample_voxels(classes: torch.Tensor, limits: torch.Tensor, seed: int) -> SampledVoxels:
    """Takes every voxel of a class with the same probability: about limits[class] · batch voxels, at most all."""
    flat = classes.reshape(-1).to(torch.int64)
    counts = torch.bincount(flat, minlength=256)
    probability = (limits * len(classes) / counts.clamp(min=1)).clamp(max=1)
    random = torch.Generator(classes.device).manual_seed(seed)
    chosen = torch.rand(len(flat), generator=random, device=classes.device) < probability[flat]
    index = chosen.nonzero()[:, 0]
    target = flat[index]
    weight = 1 / probability[target]
    return SampledVoxels(index, target, weight / weight.mean())


def segmentation_loss(logits: torch.Tensor, voxels: SampledVoxels, balance: float) -> dict[str, torch.Tensor]:
    """`cross_entropy`, `dice` (mean over the classes that are present) and their sum `loss`.

    @param logits [sampled, 1 + classes]
    @param balance power of the weights in the cross-entropy: 0 makes small structures count as much as large ones, 1
    is unbiased
    """
    power = voxels.weight**balance
    cross_entropy = functional.cross_entropy(logits, voxels.target, reduction="none")
    cross_entropy = (cross_entropy * power).sum() / power.sum()
    probability = torch.softmax(logits, 1) * voxels.weight[:, None]
    truth = functional.one_hot(voxels.target, logits.shape[1]).float() * voxels.weight[:, None]
    overlap = (torch.softmax(logits, 1) * truth).sum(0)
    sizes = probability.sum(0) + truth.sum(0)
    present = truth.sum(0) > 0
    dice = (1 - 2 * overlap / sizes.clamp(min=1e-3))[present].mean()
    return {"cross_entropy": cross_entropy, "dice": dice, "loss": cross_entropy + dice}
