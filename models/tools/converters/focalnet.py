"""FocalNet (Yang et al., "Focal Modulation Networks", NeurIPS 2022) as BiomedParse uses it.

Overlapping convolutional patch embedding, focal modulation with normalised levels ("scaling modulator"), layer norm
after the residual branches, layer scale. Parameters have the names of the published checkpoints. Arrays are [batch,
rows, columns, channels] inside the stages.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FocalModulation(nn.Module):
    def __init__(self, width: int, levels: int, window: int):
        super().__init__()
        self.width, self.levels = width, levels
        self.f = nn.Linear(width, 2 * width + levels + 1)
        self.h = nn.Conv2d(width, width, 1)
        self.proj = nn.Linear(width, width)
        self.focal_layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(
                    width, width, window + 2 * level, padding=(window + 2 * level) // 2, groups=width, bias=False
                ),
                nn.GELU(),
            )
            for level in range(levels)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.f(x).permute(0, 3, 1, 2)
        query, context, gates = x.split((self.width, self.width, self.levels + 1), dim=1)
        parts = []
        for level, layer in enumerate(self.focal_layers):
            context = layer(context)
            parts.append(context * gates[:, level : level + 1])
        everywhere = nn.functional.gelu(context.mean((2, 3), keepdim=True))
        gathered = (sum(parts) + everywhere * gates[:, self.levels :]) / (self.levels + 1)
        return self.proj((query * self.h(gathered)).permute(0, 2, 3, 1))


class Mlp(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width: int, levels: int, window: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.modulation = FocalModulation(width, levels, window)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width)
        self.gamma_1 = nn.Parameter(torch.ones(width))
        self.gamma_2 = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.gamma_1 * self.norm1(self.modulation(x))
        return x + self.gamma_2 * self.norm2(self.mlp(x))


class PatchEmbedding(nn.Module):
    """A strided convolution and a layer norm: [batch, channels, rows, columns] → [batch, rows', columns', width]."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int, padding: int):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, kernel, stride, padding)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.proj(x).permute(0, 2, 3, 1))


class Stage(nn.Module):
    def __init__(self, width: int, depth: int, levels: int, window: int, last: bool):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, levels, window) for _ in range(depth))
        if not last:
            self.downsample = PatchEmbedding(width, 2 * width, kernel=3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class FocalNet(nn.Module):
    """[batch, 3, rows, columns] → four feature maps at 1/4, 1/8, 1/16, 1/32, with width, 2, 4 and 8 widths of channels.

    Rows and columns must be multiples of 32.
    """

    def __init__(self, width: int, depths: tuple[int, ...], levels: int, window: int):
        super().__init__()
        self.patch_embed = PatchEmbedding(3, width, kernel=7, stride=4, padding=2)
        self.layers = nn.ModuleList(
            Stage(width * 2**n, depth, levels, window, last=n == len(depths) - 1) for n, depth in enumerate(depths)
        )
        for n in range(len(depths)):
            self.add_module(f"norm{n}", nn.LayerNorm(width * 2**n))

    def forward(self, image: Tensor) -> list[Tensor]:
        x = self.patch_embed(image)
        features = []
        for n, stage in enumerate(self.layers):
            x = stage(x)
            features.append(self.get_submodule(f"norm{n}")(x).permute(0, 3, 1, 2))
            if n < len(self.layers) - 1:
                x = stage.downsample(x.permute(0, 3, 1, 2))
        return features
