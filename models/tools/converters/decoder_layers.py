"""Layers shared by the decoders of both versions of BiomedParse: queries attend to the pixel decoder's maps.

Arrays are [prompts, tokens, width]; the image's own arrays have a batch of 1, which serves every prompt. Parameters
have the names of the published checkpoints.
"""

from __future__ import annotations

from torch import Tensor, nn

from .attention import Attention
from .pixel_decoder import sine_positions

LEVELS = 3
"""Maps that a decoder uses in turn: at 1/32, 1/16 and 1/8 of the image."""


class SelfAttentionLayer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, positions: Tensor, blocked: Tensor | None = None) -> Tensor:
        placed = x + positions
        return self.norm(x + self.self_attn(placed, placed, x, blocked))


class CrossAttentionLayer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.multihead_attn = Attention(width, heads)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, placed: Tensor, key: Tensor, value: Tensor, blocked: Tensor | None = None) -> Tensor:
        return self.norm(x + self.multihead_attn(placed, key, value, blocked))


class FeedForwardLayer(nn.Module):
    def __init__(self, width: int, feedforward: int):
        super().__init__()
        self.linear1 = nn.Linear(width, feedforward)
        self.linear2 = nn.Linear(feedforward, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x + self.linear2(self.linear1(x).relu()))


class MaskEmbedding(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        first, second, third = self.layers
        return third(second(first(x).relu()).relu())


def coarsened(maps: Tensor, factor: int) -> Tensor:
    """Bilinear interpolation to 1/factor (even) of the size, aligned to pixel centres: the mean of the four middle
    pixels.
    """
    before, after = maps[..., factor // 2 - 1 :: factor, :], maps[..., factor // 2 :: factor, :]
    rows = (before + after) * 0.5
    return (rows[..., factor // 2 - 1 :: factor] + rows[..., factor // 2 :: factor]) * 0.5


class LevelTokens(nn.Module):
    """The three maps as tokens: values with the level's embedding, keys also with the position."""

    def forward(self, levels: list[Tensor], embedding: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        values, keys = [], []
        for n, level in enumerate(levels):
            _, width, rows, columns = level.shape
            value = level.flatten(2).transpose(1, 2) + embedding[n]
            values.append(value)
            keys.append(value + sine_positions(rows, columns, width))
        return values, keys
