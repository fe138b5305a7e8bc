"""SAT's image network and prompt decoder: our own definition, with parameters named as in upstream's checkpoints.

Published: Zhao et al., "Large-vocabulary segmentation for medical images with text prompts" (npj Digital Medicine
8:566). A U-Net gives every voxel a feature; its scales, averaged to 1/32, are tokens that the prompts attend to; a
prompt's logit is the product of both. Prompts do not attend to each other: a mask is the same alone and
among others.
"""

from dataclasses import dataclass
from math import ceil

import torch
from torch import nn
from torch.nn import functional

REDUCTION = 32
"""Downsampling of the deepest scale, along every axis."""
NEGATIVE_SLOPE = 0.01


@dataclass(frozen=True)
class Configuration:
    """Sizes of a network. `widths` are the features of the six scales, finest first."""

    widths: tuple[int, int, int, int, int, int]
    convolutions: int
    token_hidden: int
    mask_hidden: int
    dimension: int = 768
    heads: int = 8
    layers: int = 6
    feed_forward: int = 2048
    window: tuple[int, int, int] = (288, 288, 96)


NANO = Configuration(widths=(64, 64, 128, 256, 512, 768), convolutions=2, token_hidden=768, mask_hidden=256)
PRO = Configuration(widths=(128, 128, 256, 512, 1024, 1536), convolutions=3, token_hidden=1536, mask_hidden=384)


class Convolution(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, 3, stride, padding=1)
        self.norm = nn.InstanceNorm3d(outputs, eps=1e-5, affine=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.leaky_relu(self.norm(self.conv(x)), NEGATIVE_SLOPE)


class Scale(nn.Module):
    """Convolutions at one scale; the first has the stride."""

    def __init__(self, inputs: int, outputs: int, convolutions: int, stride: int = 1):
        super().__init__()
        self.convs = nn.Sequential(
            *(Convolution(outputs if n else inputs, outputs, 1 if n else stride) for n in range(convolutions)),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.convs(x)


class Encoder(nn.Module):
    def __init__(self, widths: tuple[int, ...], convolutions: int):
        super().__init__()
        inputs = (3, *widths[:-1])
        self.stages = nn.ModuleList(
            nn.Sequential(Scale(before, width, convolutions, 2 if n else 1))
            for n, (before, width) in enumerate(zip(inputs, widths, strict=True))
        )

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        return scales


class Decoder(nn.Module):
    def __init__(self, widths: tuple[int, ...], convolutions: int):
        super().__init__()
        upwards = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.transpconvs = nn.ModuleList(nn.ConvTranspose3d(below, width, 2, 2) for below, width in upwards)
        self.stages = nn.ModuleList(Scale(2 * width, width, convolutions) for _, width in upwards)

    def forward(self, scales: list[torch.Tensor]) -> torch.Tensor:
        x = scales[-1]
        for enlarge, stage, skip in zip(self.transpconvs, self.stages, scales[-2::-1], strict=True):
            x = stage(torch.cat([enlarge(x), skip], 1))
        return x


class Backbone(nn.Module):
    def __init__(self, widths: tuple[int, ...], convolutions: int):
        super().__init__()
        self.encoder = Encoder(widths, convolutions)
        self.decoder = Decoder(widths, convolutions)


class PromptLayer(nn.Module):
    """Prompts attend to the image's tokens, not to each other; normalised before every part."""

    def __init__(self, dimension: int, heads: int, feed_forward: int):
        super().__init__()
        self.multihead_attn = nn.MultiheadAttention(dimension, heads)
        self.linear1 = nn.Linear(dimension, feed_forward)
        self.linear2 = nn.Linear(feed_forward, dimension)
        self.norm2 = nn.LayerNorm(dimension)
        self.norm3 = nn.LayerNorm(dimension)

    def forward(self, prompts: torch.Tensor, tokens: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        seen, _ = self.multihead_attn(self.norm2(prompts), tokens + position, tokens, need_weights=False)
        prompts = prompts + seen
        return prompts + self.linear2(functional.relu(self.linear1(self.norm3(prompts))))


class PromptDecoder(nn.Module):
    def __init__(self, dimension: int, heads: int, feed_forward: int, layers: int):
        super().__init__()
        self.layers = nn.ModuleList(PromptLayer(dimension, heads, feed_forward) for _ in range(layers))
        self.norm = nn.LayerNorm(dimension)

    def forward(self, prompts: torch.Tensor, tokens: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            prompts = layer(prompts, tokens, position)
        return self.norm(prompts)


class Sat(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        c = configuration
        self.configuration = c
        self.backbone = Backbone(c.widths, c.convolutions)
        self.projection_layer = _two_layers(sum(c.widths), c.token_hidden, c.dimension)
        self.transformer_decoder = PromptDecoder(c.dimension, c.heads, c.feed_forward, c.layers)
        self.mask_embed_proj = _two_layers(c.dimension, c.mask_hidden, c.widths[0])

    def image_features(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """[1, 1, x, y, z] → tokens [tokens, 1, dimension] and voxel features [1, widths[0], x, y, z]"""
        scales = self.backbone.encoder(image.expand(-1, 3, -1, -1, -1))
        averaged = [functional.avg_pool3d(scale, REDUCTION >> n) for n, scale in enumerate(scales[:-1])]
        tokens = torch.cat([*averaged, scales[-1]], 1).flatten(2).permute(2, 0, 1)
        return self.projection_layer(tokens), self.backbone.decoder(scales)

    def forward(self, image: torch.Tensor, queries: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        """Logits [prompts, x, y, z].

        image     [1, 1, x, y, z], normalised; x, y, z are multiples of 32 and give more than one token
        queries   [prompts, dimension], from the text encoder
        position  [tokens, 1, dimension], see `token_positions`
        """
        tokens, features = self.image_features(image)
        return self.prompt_logits(queries, tokens, position, features)

    def prompt_logits(
        self, queries: torch.Tensor, tokens: torch.Tensor, position: torch.Tensor, features: torch.Tensor
    ) -> torch.Tensor:
        masks = self.mask_embed_proj(self.transformer_decoder(queries.unsqueeze(1), tokens, position)).squeeze(1)
        return (masks @ features.flatten(2)[0]).unflatten(1, features.shape[2:])


class WindowProbabilities(nn.Module):
    """What the server runs: image [1, 1, z, y, x] and queries [prompts, dimension] → probabilities [z, y, x, prompts].

    In the server's volumes x varies fastest, and all prompts of a voxel are summed at once.
    """

    def __init__(self, network: Sat):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor, queries: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
        logits = self.network(image.permute(0, 1, 4, 3, 2), queries, position)
        return torch.sigmoid(logits).permute(3, 2, 1, 0)


def token_positions(size: tuple[int, int, int], dimension: int) -> torch.Tensor:
    """Sines and cosines of each token's position, [tokens, 1, dimension], z fastest. Not in the checkpoint, because it
    depends only on the window.

    size  of the window in voxels
    """
    per_axis = ceil(dimension / 6) * 2
    frequencies = 1 / 10_000 ** (torch.arange(0, per_axis, 2).float() / per_axis)
    places = torch.meshgrid(*(torch.arange(n // REDUCTION).float() for n in size), indexing="ij")
    turns = [place[..., None] * frequencies for place in places]
    waves = [torch.stack([torch.sin(turn), torch.cos(turn)], -1).flatten(-2) for turn in turns]
    return torch.cat(waves, -1).flatten(0, 2)[:, None, :dimension]


def _two_layers(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs), nn.GELU())
