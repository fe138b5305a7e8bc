"""Smooth random fields and rotations."""

import numpy as np
import torch
from torch.nn import functional


def smooth_field(random: np.random.Generator, shape: tuple[int, ...], nodes: float, channels: int) -> np.ndarray:
    """float32 [channels, *shape]: normal random values every `nodes` voxels, interpolated between."""
    count = [max(2, round(n / nodes) + 1) for n in shape]
    values = torch.from_numpy(random.standard_normal((1, channels, *count), dtype=np.float32))
    return functional.interpolate(values, size=shape, mode="trilinear", align_corners=True)[0].numpy()


def rotation(angles: np.ndarray) -> np.ndarray:
    turn = np.eye(3, dtype=np.float32)
    for (p, q), angle in zip(((1, 2), (0, 2), (0, 1)), angles, strict=True):
        step = np.eye(3, dtype=np.float32)
        step[p, p] = step[q, q] = np.cos(angle)
        step[p, q], step[q, p] = -np.sin(angle), np.sin(angle)
        turn = turn @ step
    return turn
