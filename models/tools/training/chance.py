"""Random numbers of one synthetic image: all derived from one seed."""

import numpy as np
import torch


class Chance:
    """Scalars from NumPy, fields from PyTorch on the device.

    The seed of an image is (run, step, position in the batch), so a resumed run sees the same images as an
    uninterrupted one.
    """

    def __init__(self, seed: tuple[int, ...], device: torch.device):
        self.device = device
        self.scalars = np.random.default_rng(seed)
        self.fields = torch.Generator(device).manual_seed(int(self.scalars.integers(2**62)))

    def uniform(self, low: float, high: float) -> float:
        return float(self.scalars.uniform(low, high))

    def normal(self, deviation: float) -> float:
        return float(self.scalars.normal(0, deviation))

    def happens(self, probability: float) -> bool:
        return bool(self.scalars.random() < probability)

    def whole(self, low: int, high: int) -> int:
        """low ≤ result < high"""
        return int(self.scalars.integers(low, high))

    def normal_field(self, *shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=self.fields, device=self.device)

    def uniform_field(self, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=self.fields, device=self.device)
