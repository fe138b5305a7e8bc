"""VoxTell's network: our own definition, with parameters named as in upstream's checkpoints.

Published: Rokuss et al., "VoxTell: Free-text promptable universal 3D medical image segmentation" (CVPR 2026). A
residual U-Net's scale at 1/16 gives tokens that the prompts attend to. At every scale on the way up a prompt adds its
own maps, the products of the scale's features with vectors made from it; at the last scale the product is its logit.
Prompts do not see each other.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from .sat_network import NEGATIVE_SLOPE, PromptDecoder

REDUCTION = 16
"""Index of the scale whose voxels are the tokens."""
TOKEN_SCALE = 4


@dataclass(frozen=True)
class Configuration:
    """Sizes of a network; by default the published ones.

    widths  features of the six scales, finest first
    blocks  residual blocks of each scale
    maps    that a prompt adds at every scale but the finest
    window  voxels along each of its sides
    """

    widths: tuple[int, ...] = (32, 64, 128, 256, 320, 320)
    blocks: tuple[int, ...] = (1, 3, 4, 6, 6, 6)
    maps: int = 32
    dimension: int = 2048
    text_dimension: int = 2560
    text_hidden: int = 2048
    map_hidden: int = 2048
    heads: int = 8
    layers: int = 6
    feed_forward: int = 2048
    window: int = 192


class Convolution(nn.Module):
    """Without activation, because the next step differs."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, size, stride, padding=size // 2, bias=size > 1)
        self.norm = nn.InstanceNorm3d(outputs, eps=1e-5, affine=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(x))


class Block(nn.Module):
    """Two convolutions with a shortcut: averaged if the first has a stride, projected if the width changes."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = Convolution(inputs, outputs, stride=stride)
        self.conv2 = Convolution(outputs, outputs)
        shorter = [nn.AvgPool3d(stride, stride)] if stride > 1 else []
        wider = [Convolution(inputs, outputs, size=1)] if inputs != outputs else []
        self.skip = nn.Sequential(*shorter, *wider)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _activated(self.conv2(_activated(self.conv1(x))) + self.skip(x))


class Scale(nn.Module):
    def __init__(self, inputs: int, outputs: int, blocks: int, stride: int):
        super().__init__()
        self.blocks = nn.Sequential(
            *(Block(outputs if n else inputs, outputs, 1 if n else stride) for n in range(blocks))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks(x)


class Stem(nn.Module):
    def __init__(self, channels: int, outputs: int):
        super().__init__()
        self.convs = nn.ModuleList([Convolution(channels, outputs)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _activated(self.convs[0](x))


class Encoder(nn.Module):
    """nnU-Net's residual encoder, for images of one channel or more."""

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...], channels: int = 1):
        super().__init__()
        self.stem = Stem(channels, widths[0])
        inputs = (widths[0], *widths[:-1])
        self.stages = nn.ModuleList(
            Scale(before, width, count, 2 if n else 1)
            for n, (before, width, count) in enumerate(zip(inputs, widths, blocks, strict=True))
        )

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        x = self.stem(image)
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        return scales


class Merge(nn.Module):
    """One convolution over the features from below, concatenated with the skip connection.

    Computed as the sum of two: the second is the same for all prompts, and computed once.
    """

    def __init__(self, width: int):
        super().__init__()
        self.convs = nn.ModuleList([Convolution(2 * width, width)])
        self.width = width

    def forward(self, below: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        convolution = self.convs[0]
        of_below, of_skip = convolution.conv.weight.split(self.width, 1)
        both = functional.conv3d(below, of_below, convolution.conv.bias, padding=1) + functional.conv3d(
            skip, of_skip, padding=1
        )
        return _activated(convolution.norm(both))


class Decoder(nn.Module):
    def __init__(self, widths: tuple[int, ...], maps: int):
        super().__init__()
        upwards = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.maps = maps
        self.transpconvs = nn.ModuleList(
            nn.ConvTranspose3d(below + (maps if n else 0), width, 2, 2) for n, (below, width) in enumerate(upwards)
        )
        self.stages = nn.ModuleList(Merge(width) for _, width in upwards)

    def forward(self, scales: list[torch.Tensor], vectors: list[torch.Tensor]) -> torch.Tensor:
        """Logits [prompts, 1, z, y, x].

        scales   of one image, finest first
        vectors  of the prompts, [prompts, maps, width] for the five finest scales, finest first (there `maps` is 1)
        """
        x, maps = scales[-1], None
        for enlarge, merge, skip, own in zip(self.transpconvs, self.stages, scales[-2::-1], vectors[::-1], strict=True):
            x = merge(_enlarged(enlarge, x, maps, self.maps), skip)
            maps = (own @ x.flatten(2)).unflatten(2, x.shape[2:])
        return maps


class VoxTell(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        c = configuration
        self.configuration = c
        self.encoder = Encoder(c.widths, c.blocks)
        self.decoder = Decoder(c.widths, c.maps)
        self.project_bottleneck_embed = _two_layers(c.widths[TOKEN_SCALE], c.dimension, c.dimension)
        self.project_text_embed = _two_layers(c.text_dimension, c.text_hidden, c.dimension)
        self.project_to_decoder_channels = nn.ModuleList(
            _two_layers(c.dimension, c.map_hidden, width * (c.maps if n else 1))
            for n, width in enumerate(c.widths[:-1])
        )
        self.register_buffer("pos_embed", torch.zeros((c.window // REDUCTION) ** 3, 1, c.dimension))
        self.transformer_decoder = PromptDecoder(c.dimension, c.heads, c.feed_forward, c.layers)

    def forward(self, image: torch.Tensor, queries: torch.Tensor, position: torch.Tensor | None = None) -> torch.Tensor:
        """Logits [prompts, z, y, x].

        image     [1, 1, z, y, x], normalised, with sides of the window's length
        queries   [prompts, text_dimension]
        position  [tokens, 1, dimension], if the image has another size than the window
        """
        return self.prompt_logits(self.encoder(image), queries, position)

    def prompt_logits(
        self, scales: list[torch.Tensor], queries: torch.Tensor, position: torch.Tensor | None = None
    ) -> torch.Tensor:
        # Tokens vary fastest along z and slowest along y, as in upstream's positions.
        tokens = self.project_bottleneck_embed(scales[TOKEN_SCALE].permute(3, 4, 2, 0, 1).flatten(0, 2))
        asked = self.project_text_embed(queries).unsqueeze(1)
        seen = self.transformer_decoder(asked, tokens, self.pos_embed if position is None else position).squeeze(1)
        vectors = [project(seen) for project in self.project_to_decoder_channels]
        shaped = [own.unflatten(1, (-1, scale.shape[1])) for own, scale in zip(vectors, scales[:-1], strict=True)]
        return self.decoder(scales, shaped).squeeze(1)


class WindowLogits(nn.Module):
    """What the server runs: image [1, 1, z, y, x] and queries [prompts, text_dimension] → logits [z, y, x, prompts]."""

    def __init__(self, network: VoxTell):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor, queries: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        return self.network(image, queries, position).permute(1, 2, 3, 0)


def _enlarged(enlarge: nn.ConvTranspose3d, x: torch.Tensor, maps: torch.Tensor | None, count: int) -> torch.Tensor:
    """Convolution of x concatenated with the prompts' maps, computed as a sum: x does not depend on the prompts where
    the maps are first added.

    count  maps per prompt: a number and not maps.shape[1], so that the exporter makes constants of both weights
    """
    if maps is None:
        return enlarge(x)
    of_x, of_maps = enlarge.weight[:-count], enlarge.weight[-count:]
    return functional.conv_transpose3d(x, of_x, enlarge.bias, 2) + functional.conv_transpose3d(maps, of_maps, None, 2)


def _activated(x: torch.Tensor) -> torch.Tensor:
    return functional.leaky_relu(x, NEGATIVE_SLOPE)


def _two_layers(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))
