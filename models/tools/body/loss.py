"""The number of voxels of each class in a step; the loss is the head model's."""

import torch

from .labels import CLASS_INDEX, IGNORE

SAMPLED_VOXELS = 400
MORE_SAMPLED = {"fat": 5, "muscle": 5, "other soft tissue": 3, "small bowel": 2, "colon": 2, "liver": 2, "vertebrae": 2}
OUTSIDE_SAMPLED = 7


def sampling_limits(device: torch.device) -> torch.Tensor:
    limits = torch.full((256,), float(SAMPLED_VOXELS), device=device)
    for name, factor in MORE_SAMPLED.items():
        limits[CLASS_INDEX[name]] *= factor
    limits[0] *= OUTSIDE_SAMPLED
    limits[IGNORE] = 0
    return limits
