"""Random weights without a file: the same numbers on both sides of a comparison, and with every version of NumPy."""

from collections.abc import Mapping, Sequence
from math import prod
from zlib import crc32

import numpy as np
import torch


def known_weights(
    shapes: Mapping[str, Sequence[int]], same_as: Mapping[str, str] | None = None
) -> dict[str, torch.Tensor]:
    """A tensor for every name, scaled so that activations stay near 1.

    same_as  name → name of the tensor that it copies
    """
    copies = same_as or {}
    tensors = {
        name: torch.from_numpy(_drawn(name, tuple(shape))) for name, shape in shapes.items() if name not in copies
    }
    return {name: tensors[copies.get(name, name)] for name in shapes}


def _drawn(name: str, shape: tuple[int, ...]) -> np.ndarray:
    # RandomState's stream is frozen (NumPy NEP 19). Waves were tried first: they cancel out over a convolution, so
    # rounding decided.
    uniform = np.random.RandomState(crc32(name.encode())).uniform(-1, 1, shape).astype(np.float32)
    if len(shape) == 1 and name.endswith("weight"):
        return 1 + 0.3 * uniform
    inputs = prod(shape[1:]) if len(shape) > 1 else 100
    return uniform * np.float32((6 / inputs) ** 0.5)


def known_values(count: int, seed: int) -> np.ndarray:
    """Inputs with a spread of 1."""
    return np.random.RandomState(seed).standard_normal(count).astype(np.float32)
