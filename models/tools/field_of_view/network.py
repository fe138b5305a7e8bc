"""The network: what is around a place, at four scales, and the place, its certainty and the kind read from it.

All its filters are the same in every direction, so a turned or mirrored volume gives the same numbers at the same
places, exactly: which way is up follows from where the places are, not from what a filter has seen.
"""

import torch
from torch import nn
from torch.nn import functional

from .tissues import KINDS

SURE = 0.4
"""Error, in the unit of places, at which a place keeps half of its weight."""
MIDDLE = (0.0, 0.9, 11.0)
"""Of the standard body, in the unit of places."""


class EvenConvolution(nn.Module):
    """A 3×3×3 convolution with one weight for the middle, one for the faces, one for the edges, one for the corners."""

    def __init__(self, inputs: int, outputs: int, dilation: int = 1):
        super().__init__()
        self.dilation = dilation
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 4) * (0.5 / inputs) ** 0.5)
        steps = torch.arange(3) - 1
        distance = (steps[:, None, None].abs() + steps[:, None].abs() + steps.abs()).reshape(-1)
        rings = functional.one_hot(distance, 4).T.float()
        # Equal size for all four, however many neighbours they have.
        self.register_buffer("rings", rings / rings.sum(1, keepdim=True).sqrt(), persistent=False)

    def kernel(self) -> torch.Tensor:
        return (self.weight @ self.rings).unflatten(-1, (3, 3, 3))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return functional.conv3d(features, self.kernel(), padding=self.dilation, dilation=self.dilation)


def _pointwise(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(inputs, outputs, 1, bias=False), *_norm(outputs))


def _norm(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.GroupNorm(1, channels), nn.LeakyReLU(0.1, inplace=True)


def _halved(features: torch.Tensor) -> torch.Tensor:
    """Mean and maximum of blocks of 2×2×2: twice the channels."""
    return torch.cat([functional.avg_pool3d(features, 2), functional.max_pool3d(features, 2)], 1)


def _summary(features: torch.Tensor) -> torch.Tensor:
    """Mean and maximum over the volume: [n, 2 · channels]"""
    return torch.cat([features.mean((2, 3, 4)), features.amax((2, 3, 4))], 1)


class Block(nn.Module):
    """A residual block with a narrow middle, which also sees the whole volume's mean and maximum."""

    def __init__(self, channels: int, middle: int, dilation: int):
        super().__init__()
        self.narrow = _pointwise(channels, middle)
        self.spread = nn.Sequential(EvenConvolution(middle, middle, dilation), *_norm(middle))
        self.whole = nn.Linear(2 * middle, middle)
        self.wide = nn.Conv3d(middle, channels, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        inner = self.spread(self.narrow(features))
        inner = inner + self.whole(_summary(inner))[:, :, None, None, None]
        return features + self.wide(functional.leaky_relu(inner, 0.1))


class FieldOfViewNetwork(nn.Module):
    """image float32 [n, 1, x, y, z] → place [n, 3, x/4, y/4, z/4], weight [n, 1, …], kind [n, kinds]

    @param widths channels at 16, 32 and 64 mm
    """

    def __init__(self, widths: tuple[int, int, int] = (24, 64, 128)):
        super().__init__()
        fine, middle, coarse = widths
        self.widths = widths
        self.point = nn.Sequential(nn.Conv3d(1, 8, 1), nn.LeakyReLU(0.1, inplace=True))
        self.stem = nn.Sequential(EvenConvolution(16, fine), *_norm(fine))
        self.down = nn.Sequential(_pointwise(2 * fine, middle), *(Block(middle, middle // 2, d) for d in (1, 2)))
        self.deep = nn.Sequential(
            _pointwise(2 * middle, coarse), *(Block(coarse, coarse // 2, d) for d in (1, 2, 1, 3))
        )
        self.up = nn.Sequential(
            _pointwise(middle + coarse, middle), *(Block(middle, middle // 2, d) for d in (1, 2, 1))
        )
        self.head = nn.Sequential(*_norm(middle), nn.Conv3d(middle, 5, 1))
        self.kind = nn.Sequential(
            nn.Linear(2 * (fine + middle + coarse), 48), nn.LeakyReLU(0.1, inplace=True), nn.Linear(48, len(KINDS))
        )

    def parts(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """place, log-error, body logit, kind logits"""
        fine = self.stem(_halved(self.point(image)))
        middle = self.down(_halved(fine))
        coarse = self.deep(_halved(middle))
        raised = functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
        joined = self.up(torch.cat([middle, raised], 1))
        out = self.head(joined)
        kind = self.kind(torch.cat([_summary(fine), _summary(joined), _summary(coarse)], 1))
        middle_of_body = torch.tensor(MIDDLE).view(1, 3, 1, 1, 1)
        return out[:, :3] * 2 + middle_of_body, out[:, 3:4].clamp(-4, 2), out[:, 4:5], kind

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """place, weight 0–1, kind logits: what the graph gives"""
        place, log_error, body, kind = self.parts(image)
        sure = 1 / (1 + (torch.exp(log_error) / SURE) ** 2)
        return place, torch.sigmoid(body) * sure, kind
