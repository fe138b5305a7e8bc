"""BiomedParse's pixel decoder: a transformer over the coarsest feature map, then a feature pyramid up to 1/4.

Parameters have the names of the published checkpoints.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .attention import Attention


def sine_positions(rows: int, columns: int, width: int) -> Tensor:
    """[1, rows·columns, width]: sines and cosines of the row, then of the column, each over half the width.

    Rows and columns count from 1 and are scaled to 2π at the last one (the "normalized" variant of DETR's encoding).
    """
    half = width // 2
    period = 10000 ** (2 * torch.div(torch.arange(half, dtype=torch.float32), 2, rounding_mode="floor") / half)

    def along(count: int) -> Tensor:
        place = torch.arange(1, count + 1, dtype=torch.float32) / (count + 1e-6) * 2 * math.pi
        angle = place[:, None] / period
        return torch.stack((angle[:, 0::2].sin(), angle[:, 1::2].cos()), dim=2).flatten(1)

    of_rows = along(rows)[:, None].expand(rows, columns, half)
    of_columns = along(columns)[None].expand(rows, columns, half)
    return torch.cat((of_rows, of_columns), dim=2).reshape(1, rows * columns, width)


class EncoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, feedforward: int):
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.linear1 = nn.Linear(width, feedforward)
        self.linear2 = nn.Linear(feedforward, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        placed = x + positions
        x = self.norm1(x + self.self_attn(placed, placed, x))
        return self.norm2(x + self.linear2(self.linear1(x).relu()))


class EncoderLayers(nn.Module):
    def __init__(self, width: int, heads: int, feedforward: int, layers: int):
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(width, heads, feedforward) for _ in range(layers))


class Encoder(nn.Module):
    def __init__(self, width: int, heads: int, feedforward: int, layers: int):
        super().__init__()
        self.encoder = EncoderLayers(width, heads, feedforward, layers)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, width, rows, columns], the same out."""
        batch, width, rows, columns = x.shape
        positions = sine_positions(rows, columns, width)
        x = x.flatten(2).transpose(1, 2)
        for layer in self.encoder.layers:
            x = layer(x, positions)
        return x.transpose(1, 2).reshape(batch, width, rows, columns)


class NormedConv(nn.Conv2d):
    """A convolution without bias and a group norm of 32 groups."""

    def __init__(self, channels: int, width: int, kernel: int):
        super().__init__(channels, width, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.GroupNorm(32, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(super().forward(x))


class PixelDecoder(nn.Module):
    """Backbone's four maps → mask features [batch, width, rows/4, columns/4] and the maps at 1/32, 1/16, 1/8, all of
    `width` channels."""

    def __init__(self, channels: list[int], width: int, heads: int, feedforward: int, layers: int):
        super().__init__()
        self.finer = len(channels) - 1
        for n, count in enumerate(channels[:-1], start=1):
            self.add_module(f"adapter_{n}", NormedConv(count, width, 1))
            self.add_module(f"layer_{n}", NormedConv(width, width, 3))
        self.mask_features = nn.Conv2d(width, width, 3, padding=1)
        self.input_proj = nn.Conv2d(channels[-1], width, 1)
        self.transformer = Encoder(width, heads, feedforward, layers)
        self.add_module(f"layer_{len(channels)}", NormedConv(width, width, 3))

    def forward(self, features: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        x = self.transformer(self.input_proj(features[-1]))
        x = self.get_submodule(f"layer_{len(features)}")(x).relu()
        levels = [x]
        for n in range(self.finer, 0, -1):
            lateral = self.get_submodule(f"adapter_{n}")(features[n - 1])
            x = lateral + nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = self.get_submodule(f"layer_{n}")(x).relu()
            levels.append(x)
        return self.mask_features(x), levels[:3]
