"""The network: a volume at 8 mm becomes one row of numbers per 16 mm of height, and each row a height in the body."""

import torch
from torch import nn
from torch.nn import functional

from .heights import BINS
from .tissues import KINDS


def _convolution(inputs: int, outputs: int, stride: tuple[int, int, int] = (1, 1, 1)) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv3d(inputs, outputs, 3, stride, padding=1, bias=False), nn.GroupNorm(1, outputs), nn.ReLU(inplace=True)
    )


class Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, channels: int):
        super().__init__()
        self.inner = nn.Sequential(
            _convolution(channels, channels),
            nn.Conv3d(channels, channels, 3, padding=1, bias=False),
            nn.GroupNorm(1, channels),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return functional.relu(features + self.inner(features))


class RowBlock(nn.Module):
    """A residual block along the rows; the dilation lets a row see far above and below."""

    def __init__(self, channels: int, dilation: int):
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.GroupNorm(1, channels),
            nn.ReLU(inplace=True),
            nn.Conv1d(channels, channels, 1),
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return rows + self.inner(rows)


def _rows(features: torch.Tensor) -> torch.Tensor:
    """Mean and maximum of each row of cells: [n, 2 · channels, z]"""
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


class FieldOfViewNetwork(nn.Module):
    """image float32 [n, 1, x, y, z] at 8 mm, RAS → height [n, bins + 1, z/2], kind [n, kinds], upright [n, 1]

    The forward pass gives log-probabilities of the heights (the last one: no body in the row) and of the kinds, and
    the probability that the volume stands as its axes say.

    @param widths channels at 8 mm (16 mm across), at 16 mm, at 32 mm, and of a row
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 40, 64, 128)):
        super().__init__()
        fine, middle, coarse, row = widths
        self.widths = widths
        self.stem = _convolution(1, fine, (2, 2, 1))
        self.fine = Block(fine)
        self.middle = nn.Sequential(_convolution(fine, middle, (2, 2, 2)), Block(middle), Block(middle))
        self.coarse = nn.Sequential(_convolution(middle, coarse, (2, 2, 2)), Block(coarse), Block(coarse))
        self.join = nn.Conv1d(2 * (middle + coarse), row, 1)
        self.along = nn.Sequential(*(RowBlock(row, dilation) for dilation in (1, 2, 4, 1)))
        self.height = nn.Sequential(nn.GroupNorm(1, row), nn.ReLU(), nn.Conv1d(row, BINS + 1, 1))
        self.whole = nn.Sequential(
            nn.Linear(2 * (fine + row), 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, len(KINDS) + 1)
        )

    def parts(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of the heights, of the kinds, and of upright."""
        fine = self.fine(self.stem(image))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        below = functional.interpolate(_rows(coarse), scale_factor=2.0, mode="nearest")
        rows = self.along(self.join(torch.cat([_rows(middle), below], 1)))
        summary = [fine.mean((2, 3, 4)), fine.amax((2, 3, 4)), rows.mean(2), rows.amax(2)]
        whole = self.whole(torch.cat(summary, 1))
        return self.height(rows), whole[:, :-1], whole[:, -1:]

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        height, kind, upright = self.parts(image)
        return functional.log_softmax(height, 1), functional.log_softmax(kind, 1), torch.sigmoid(upright)
