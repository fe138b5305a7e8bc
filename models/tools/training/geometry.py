"""Positions of a synthetic image's voxels in a label map: position, size, shear, deformation, reflection."""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from .chance import Chance


@dataclass(frozen=True)
class Placement:
    """points   float32 [x, y, z, 3], voxel coordinates in the label map
    mirrored  whether left and right are exchanged: labels on the left of the map are on the right of the image
    """

    points: torch.Tensor
    mirrored: bool


def smooth_field(
    chance: Chance, channels: int, nodes: tuple[int, int, int], shape: tuple[int, int, int]
) -> torch.Tensor:
    """[1, channels, x, y, z]: normal random numbers at a few nodes, interpolated."""
    coarse = chance.normal_field(1, channels, *nodes)
    return functional.interpolate(coarse, size=shape, mode="trilinear", align_corners=True)


def image_grid(shape: tuple[int, int, int], spacing: float, device: torch.device) -> torch.Tensor:
    """float32 [x, y, z, 3]: mm from the centre of an image."""
    axes = [(torch.arange(n, dtype=torch.float32, device=device) - (n - 1) / 2) * spacing for n in shape]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)


def random_affine(chance: Chance, progress: float) -> torch.Tensor:
    """float32 [3, 3]: rotation up to 15° about each axis (8° at first), scale 0.83–1.2 (partly per axis), a little
    shear."""
    matrix = torch.eye(3)
    for p, q in ((1, 2), (0, 2), (0, 1)):
        angle = math.radians(chance.uniform(-1, 1) * (8 + 7 * progress))
        turn = torch.eye(3)
        turn[p, p] = turn[q, q] = math.cos(angle)
        turn[p, q], turn[q, p] = -math.sin(angle), math.sin(angle)
        matrix = matrix @ turn
    scale = torch.diag(torch.tensor([chance.uniform(0.92, 1.09) for _ in range(3)])) * chance.uniform(0.9, 1.1)
    shear = torch.eye(3) + torch.tensor(chance.scalars.normal(0, 0.02, (3, 3)), dtype=torch.float32)
    return matrix @ scale @ shear


def random_centre(chance: Chance, map_size: torch.Tensor, brain_centre: torch.Tensor, progress: float) -> torch.Tensor:
    """Where the image's centre is in the map: near the brain's centre, or (at the end in one of five) anywhere in the
    middle of the head.

    Sides are learned from whole heads: with parts of heads from the start, left and right were still confused after 300
    steps.
    """
    if chance.happens(0.2 * progress):
        inside = torch.tensor([chance.uniform(0.25, 0.75) for _ in range(3)])
        return inside * (map_size - 1)
    reach = 0.4 + 0.6 * progress
    shift = torch.tensor([chance.uniform(-12, 12), chance.uniform(-20, 20), chance.uniform(-24, 20)])
    return brain_centre + reach * shift


def random_placement(
    chance: Chance,
    map_size: tuple[int, int, int],
    brain_centre: torch.Tensor,
    shape: tuple[int, int, int],
    spacing: float,
    progress: float,
) -> Placement:
    """Draws affine, centre, reflection, and a deformation of two scales with a standard deviation of up to 4 mm and 2
    mm.

    @param progress of the curriculum, 0–1: it starts with whole heads in the middle of the image
    """
    size = torch.tensor(map_size, dtype=torch.float32)
    points = image_grid(shape, spacing, chance.device) @ random_affine(chance, progress).T.to(chance.device)
    points = points + random_centre(chance, size, brain_centre, progress).to(chance.device)
    points = points + displacement(chance, shape, spacing * 30, chance.uniform(0, 2.5 + 1.5 * progress), spacing)
    if chance.happens(0.7):
        points = points + displacement(chance, shape, spacing * 14, chance.uniform(0, 2), spacing)
    mirrored = chance.happens(0.5)
    if mirrored:
        points = torch.cat([size[0] - 1 - points[..., :1], points[..., 1:]], -1)
    return Placement(points, mirrored)


def displacement(
    chance: Chance, shape: tuple[int, int, int], node_mm: float, deviation: float, spacing: float
) -> torch.Tensor:
    """float32 [x, y, z, 3]: a smooth deformation with a standard deviation of `deviation`, in its unit."""
    nodes = tuple(max(3, round(n * spacing / node_mm) + 1) for n in shape)
    return smooth_field(chance, 3, nodes, shape)[0].permute(1, 2, 3, 0) * deviation


def labels_at(generation: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """uint8 [x, y, z]: the label of the map voxel that contains a point; 0 outside the map."""
    size = torch.tensor(generation.shape, device=generation.device)
    nearest = points.round().to(torch.int32)
    inside = ((nearest >= 0) & (nearest < size)).all(-1)
    nearest = torch.minimum(nearest.clamp(min=0), size - 1)
    flat = (nearest[..., 0] * size[1] + nearest[..., 1]) * size[2] + nearest[..., 2]
    return generation.reshape(-1)[flat] * inside


def averaged_at(
    generation: torch.Tensor, value_of_label: torch.Tensor, points: torch.Tensor, block: int
) -> torch.Tensor:
    """float32 [x, y, z]: values of labels, averaged over blocks of `block`³ map voxels (partial volume), trilinear at
    the points.

    Reads only the part of the map that contains the points.
    """
    size = torch.tensor(generation.shape, device=generation.device)
    flat = points.reshape(-1, 3)
    low = torch.minimum((flat.amin(0) - block).clamp(min=0).floor().to(torch.int64), size - 4 * block)
    high = torch.maximum(torch.minimum((flat.amax(0) + block + 1).ceil().to(torch.int64), size), low + 4 * block)
    high = low + (high - low) // block * block
    part = generation[low[0] : high[0], low[1] : high[1], low[2] : high[2]].contiguous()
    values = value_of_label.index_select(0, part.reshape(-1).to(torch.int32)).reshape(1, 1, *part.shape)
    blocks = functional.avg_pool3d(values, block) if block > 1 else values
    count = torch.tensor(blocks.shape[2:], device=generation.device)
    # The centre of block n is at map voxel low + block·n + (block − 1)/2; grid_sample needs −1 to 1 between the outer
    # centres, axes reversed.
    place = (points - low - (block - 1) / 2) / block
    place = (place / (count - 1) * 2 - 1).flip(-1)[None]
    return functional.grid_sample(blocks, place, mode="bilinear", padding_mode="border", align_corners=True)[0, 0]
