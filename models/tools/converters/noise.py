"""The random numbers of a slice, the same here and in the server (families/biomedparse/sliceNoise.ts).

Numbers in [0, 1) with 24 bits, from a counter that is mixed twice (the finalizer of MurmurHash3): number n of a slice
is mix(mix(seed + slice) + n) / 2³², without its lowest eight bits.
"""

from __future__ import annotations

import numpy as np

from .biomedparse_3d_network import Sizes, noise_shapes


def slice_noise(sizes: Sizes, seed: int, slice_: int) -> list[np.ndarray]:
    """float32 arrays of `noise_shapes`, filled one after another."""
    shapes = noise_shapes(sizes)
    counts = [int(np.prod(shape)) for shape in shapes]
    start = int(_mixed(np.array([seed + slice_], np.uint32))[0])
    numbers = _mixed(np.arange(sum(counts), dtype=np.uint32) + np.uint32(start)) >> 8
    values = numbers.astype(np.float32) / np.float32(2**24)
    return [part.reshape(shape) for part, shape in zip(np.split(values, np.cumsum(counts)[:-1]), shapes, strict=True)]


def _mixed(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        x = (x ^ (x >> 16)) * np.uint32(0x85EBCA6B)
        x = (x ^ (x >> 13)) * np.uint32(0xC2B2AE35)
        return x ^ (x >> 16)
