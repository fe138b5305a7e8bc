"""Masks that need correcting, made from true ones."""

import torch
from torch.nn import functional

from training.chance import Chance
from training.geometry import smooth_field

from .scenes import Scene

COARSE_SHARE = 0.5
"""Of the masks, those of a text model that saw the image at a third to two thirds of this resolution."""


def faulty_mask(chance: Chance, scene: Scene, truth: torch.Tensor) -> torch.Tensor:
    """A mask as a text model might give it: bent, moved, with a piece missing, spread into what is next to it or looks
    alike, too large or too small. bool [x, y, z]
    """
    if chance.happens(COARSE_SHARE):
        return _coarse(chance, scene, truth)
    mask = truth
    strength = chance.uniform(0.15, 1)
    if chance.happens(0.75):
        mask = _bent(chance, mask, strength)
    if chance.happens(0.35):
        mask = _resized(chance, mask)
    if chance.happens(0.35):
        mask = mask & ~_somewhere(chance, truth, chance.uniform(1 - 1.6 * strength, 1.6))
    if chance.happens(0.45):
        mask = mask | (
            _beside(chance, scene, truth) & _somewhere(chance, truth, chance.uniform(1 - 1.8 * strength, 1.4))
        )
    return mask


def _coarse(chance: Chance, scene: Scene, truth: torch.Tensor) -> torch.Tensor:
    """Right but for its surface and for regions where it wavers: the structure's share of coarse voxels, plus a smooth
    doubt that is small in most of the image, interpolated. Now and then what looks alike next to it is taken in.
    """
    shape = tuple(truth.shape)
    coarse = tuple(max(4, round(n / chance.uniform(1.5, 3.2))) for n in shape)
    share = functional.interpolate(truth[None, None].float(), size=coarse, mode="area")
    share = functional.interpolate(share, size=shape, mode="trilinear", align_corners=False)[0, 0]
    nodes = tuple(max(3, round(n / chance.uniform(5, 22))) for n in shape)
    doubt = smooth_field(chance, 1, nodes, shape)[0, 0]
    mask = share + doubt * chance.uniform(0.05, 0.4) > 0.5 + chance.normal(0.08)
    if chance.happens(0.3):
        mask = mask | (_beside(chance, scene, truth) & _somewhere(chance, truth, chance.uniform(0.3, 1.6)))
    if chance.happens(0.25):
        mask = mask & ~_somewhere(chance, truth, chance.uniform(0.8, 1.8))
    return mask


def _bent(chance: Chance, mask: torch.Tensor, strength: float) -> torch.Tensor:
    shape = tuple(mask.shape)
    nodes = tuple(max(3, round(n / chance.uniform(7, 26))) for n in shape)
    moves = smooth_field(chance, 3, nodes, shape)[0] * 3 * strength
    moves = moves + torch.tensor([chance.normal(0.8 * strength) for _ in range(3)]).reshape(3, 1, 1, 1)
    axes = torch.meshgrid(*(torch.arange(n) for n in shape), indexing="ij")
    x, y, z = ((at + move).round().long().clamp(0, n - 1) for at, move, n in zip(axes, moves, shape, strict=True))
    return mask.reshape(-1)[(x * shape[1] + y) * shape[2] + z]


def _resized(chance: Chance, mask: torch.Tensor) -> torch.Tensor:
    reach = 3 if chance.happens(0.7) else 5
    share = functional.avg_pool3d(mask[None, None].float(), reach, 1, reach // 2)[0, 0]
    return share > chance.uniform(0.08, 0.92)


def _somewhere(chance: Chance, mask: torch.Tensor, threshold: float) -> torch.Tensor:
    shape = tuple(mask.shape)
    nodes = tuple(max(3, round(n / chance.uniform(12, 40))) for n in shape)
    return smooth_field(chance, 1, nodes, shape)[0, 0] > threshold


def _beside(chance: Chance, scene: Scene, truth: torch.Tensor) -> torch.Tensor:
    """What is near the structure and has the same label as a neighbour of it, or a brightness like its own."""
    reach = (5, 9, 13)[chance.whole(0, 3)]
    near = truth[None, None].float()
    # Axis by axis: a cube of 13³ took 1.3 s at once.
    for axis in range(3):
        size = tuple(reach if n == axis else 1 for n in range(3))
        near = functional.max_pool3d(near, size, 1, tuple(n // 2 for n in size))
    near = (near[0, 0] > 0) & ~truth
    if not bool(near.any()):
        return near
    if chance.happens(0.5):
        neighbours = scene.labels[near]
        return near & (scene.labels == neighbours[chance.whole(0, len(neighbours))])
    own = scene.image[truth]
    return near & ((scene.image - own.mean()).abs() < own.std(correction=0) * chance.uniform(0.7, 2) + 1e-6)
