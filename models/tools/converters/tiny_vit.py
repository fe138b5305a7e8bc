"""TinyViT (Wu et al., ECCV 2022) as LiteMedSAM has it: the first convolutions keep the image's resolution and the last
stage keeps that of the one before, so that 256 × 256 pixels become 64 × 64 places. Parameter names are upstream's.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

IMAGE_SIZE = 256
WIDTHS = (64, 128, 160, 320)
BLOCKS = (2, 2, 6, 2)
HEADS = (2, 4, 5, 10)
WINDOWS = (7, 7, 14, 7)
SIDES = (256, 128, 64, 64)
"""Channels of the maps of each stage."""
FEATURES = 256


class ConvolutionNorm(nn.Sequential):
    """A convolution without bias, then batch normalisation."""

    def __init__(self, channels: int, out: int, kernel: int = 1, stride: int = 1, groups: int = 1):
        super().__init__()
        self.add_module("c", nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False))
        self.add_module("bn", nn.BatchNorm2d(out))


class PatchEmbedding(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.seq = nn.Sequential(ConvolutionNorm(3, width // 2), nn.GELU(), ConvolutionNorm(width // 2, width))

    def forward(self, image: Tensor) -> Tensor:
        return self.seq(image)


class ConvolutionBlock(nn.Module):
    """An inverted bottleneck: four times the width between its ends, and a shortcut."""

    def __init__(self, width: int):
        super().__init__()
        self.conv1 = ConvolutionNorm(width, 4 * width)
        self.conv2 = ConvolutionNorm(4 * width, 4 * width, kernel=3, groups=4 * width)
        self.conv3 = ConvolutionNorm(4 * width, width)
        self.activation = nn.GELU()

    def forward(self, maps: Tensor) -> Tensor:
        inner = self.activation(self.conv2(self.activation(self.conv1(maps))))
        return self.activation(maps + self.conv3(inner))


class Merging(nn.Module):
    """To the next stage's width, at half the resolution except before the last stage."""

    def __init__(self, width: int, out: int, stride: int):
        super().__init__()
        self.conv1 = ConvolutionNorm(width, out)
        self.conv2 = ConvolutionNorm(out, out, kernel=3, stride=stride, groups=out)
        self.conv3 = ConvolutionNorm(out, out)
        self.activation = nn.GELU()

    def forward(self, maps: Tensor) -> Tensor:
        return self.conv3(self.activation(self.conv2(self.activation(self.conv1(maps)))))


class WindowAttention(nn.Module):
    """Attention within a window, with a learned bias for each distance in rows and columns."""

    def __init__(self, width: int, heads: int, window: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        places, distances = _distances(window)
        self.attention_biases = nn.Parameter(torch.zeros(heads, distances))
        self.register_buffer("distance", places, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """[windows, tokens, width]"""
        windows, count, width = tokens.shape
        each = width // self.heads
        # Upstream stores the three parts of a head next to each other.
        parts = self.qkv(self.norm(tokens)).view(windows, count, self.heads, 3 * each).split(each, dim=3)
        query, key, value = (part.permute(0, 2, 1, 3) for part in parts)
        scores = (query @ key.transpose(-2, -1)) * each**-0.5 + self.attention_biases[:, self.distance]
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(windows, count, width)
        return self.proj(mixed)


def _distances(window: int) -> tuple[Tensor, int]:
    """For each pair of positions the index of their distance, and the number of distances, in the order of upstream's
    enumeration.
    """
    places = list(itertools.product(range(window), range(window)))
    numbers: dict[tuple[int, int], int] = {}
    table = [
        numbers.setdefault((abs(a - c), abs(b - d)), len(numbers))
        for (a, b), (c, d) in itertools.product(places, places)
    ]
    return torch.tensor(table).view(len(places), len(places)), len(numbers)


class Perceptron(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.fc2(nn.functional.gelu(self.fc1(self.norm(tokens))))


class AttentionBlock(nn.Module):
    def __init__(self, width: int, heads: int, window: int):
        super().__init__()
        self.window = window
        self.attn = WindowAttention(width, heads, window)
        self.local_conv = ConvolutionNorm(width, width, kernel=3, groups=width)
        self.mlp = Perceptron(width)

    def forward(self, maps: Tensor) -> Tensor:
        maps = self.local_conv(maps + self._attend(maps))
        tokens = maps.flatten(2).transpose(1, 2)
        return (tokens + self.mlp(tokens)).transpose(1, 2).view(maps.shape)

    def _attend(self, maps: Tensor) -> Tensor:
        """Attention in adjacent windows; the last ones are zero-padded."""
        batch, width, side, _ = maps.shape
        window = self.window
        missing = -side % window
        padded = nn.functional.pad(maps.permute(0, 2, 3, 1), (0, 0, 0, missing, 0, missing))
        across = (side + missing) // window
        tiles = padded.view(batch, across, window, across, window, width).transpose(2, 3)
        mixed = self.attn(tiles.reshape(batch * across * across, window * window, width))
        tiles = mixed.view(batch, across, across, window, window, width).transpose(2, 3)
        return tiles.reshape(batch, side + missing, side + missing, width)[:, :side, :side].permute(0, 3, 1, 2)


class Stage(nn.Module):
    def __init__(self, blocks: list[nn.Module], downsample: Merging | None):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.downsample = downsample

    def forward(self, maps: Tensor) -> Tensor:
        for block in self.blocks:
            maps = block(maps)
        return maps if self.downsample is None else self.downsample(maps)


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of maps [batch, channels, rows, columns]."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, maps: Tensor) -> Tensor:
        centred = maps - maps.mean(1, keepdim=True)
        scale = torch.sqrt(centred.pow(2).mean(1, keepdim=True) + 1e-6)
        return self.weight[:, None, None] * (centred / scale) + self.bias[:, None, None]


class TinyViT(nn.Module):
    """`image` [batch, 3, 256, 256], 0–1 → features [batch, 256, 64, 64]."""

    def __init__(self):
        super().__init__()
        self.patch_embed = PatchEmbedding(WIDTHS[0])
        self.layers = nn.ModuleList(_stage(number) for number in range(len(WIDTHS)))
        self.neck = nn.Sequential(
            nn.Conv2d(WIDTHS[-1], FEATURES, 1, bias=False),
            ChannelNorm(FEATURES),
            nn.Conv2d(FEATURES, FEATURES, 3, padding=1, bias=False),
            ChannelNorm(FEATURES),
        )

    def forward(self, image: Tensor) -> Tensor:
        maps = self.patch_embed(image)
        for stage in self.layers:
            maps = stage(maps)
        return self.neck(maps)


def _stage(number: int) -> Stage:
    width = WIDTHS[number]
    blocks = [
        ConvolutionBlock(width) if number == 0 else AttentionBlock(width, HEADS[number], WINDOWS[number])
        for _ in range(BLOCKS[number])
    ]
    if number == len(WIDTHS) - 1:
        return Stage(blocks, None)
    return Stage(blocks, Merging(width, WIDTHS[number + 1], SIDES[number] // SIDES[number + 1]))
