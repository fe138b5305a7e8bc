"""BiomedParse v2, which is MedImageParse3D: image network, text encoder and BoltzFormer decoder, and the graphs of
images and prompts.

A slice is the input with its neighbours as colour channels. Parameter names are those of the published checkpoint
(facts/biomedparse_3d.json), constants those of the published configuration.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .boltzformer import BoltzFormer
from .clip_text import TextTransformer
from .decoder_layers import LEVELS
from .focalnet import FocalNet
from .pixel_decoder import PixelDecoder


@dataclass(frozen=True)
class Sizes:
    """The published sizes; tests make smaller ones."""

    image: int = 512
    embed: int = 192
    depths: tuple[int, ...] = (2, 2, 18, 2)
    width: int = 512
    heads: int = 8
    feedforward: int = 2048
    encoder_layers: int = 6
    decoder_layers: int = 9
    queries: int = 16
    edge_queries: int = 4
    text_layers: int = 12
    vocabulary: int = 49408

    @property
    def level_sizes(self) -> tuple[int, ...]:
        """Rows (and columns) of the maps that the decoder uses, coarsest first."""
        return tuple(self.image // stride for stride in (32, 16, 8))

    @property
    def rounds(self) -> int:
        """How often the decoder uses each map."""
        return self.decoder_layers // LEVELS


class LanguageEncoder(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.lang_proj = nn.Parameter(torch.zeros(sizes.width, sizes.width))
        # From the checkpoint; scores queries against text in version 1 only.
        self.logit_scale = nn.Parameter(torch.ones([]))
        self.encoder_transformer = TextTransformer(sizes.width, sizes.heads, sizes.text_layers, sizes.vocabulary)

    def forward(self, ids: Tensor) -> Tensor:
        return self.encoder_transformer(ids) @ self.lang_proj


class Predictor(BoltzFormer):
    def __init__(self, sizes: Sizes):
        super().__init__(
            sizes.width, sizes.heads, sizes.feedforward, sizes.decoder_layers, sizes.queries, sizes.edge_queries
        )
        self.language_encoder = LanguageEncoder(sizes)


class Head(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        channels = [sizes.embed * 2**n for n in range(len(sizes.depths))]
        self.pixel_decoder = PixelDecoder(channels, sizes.width, sizes.heads, sizes.feedforward, sizes.encoder_layers)
        self.predictor = Predictor(sizes)


class BiomedParse3D(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.register_buffer("pixel_mean", torch.zeros(1, 3, 1, 1))
        self.register_buffer("pixel_std", torch.ones(1, 3, 1, 1))
        self.backbone = FocalNet(sizes.embed, sizes.depths, levels=4, window=3)
        self.sem_seg_head = Head(sizes)

    @property
    def language_encoder(self) -> LanguageEncoder:
        return self.sem_seg_head.predictor.language_encoder


class ImageGraph(nn.Module):
    """Slices with their neighbours, 0–255, [slices, 3, rows, columns] → mask features and the three maps of the pixel
    decoder."""

    INPUT, OUTPUTS = "image", ("mask_features", "level_32", "level_16", "level_8")

    def __init__(self, model: BiomedParse3D):
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        # Upstream takes the mean over the channels of both buffers, which contain three equal values.
        image = (image - self.model.pixel_mean.mean()) / self.model.pixel_std.mean()
        mask_features, levels = self.model.sem_seg_head.pixel_decoder(self.model.backbone(image))
        return mask_features, *levels


class PromptGraph(nn.Module):
    """One slice's features, the token embeddings of prompts of one length and the slice's noise → mask logits and
    presence logits."""

    INPUTS = (*ImageGraph.OUTPUTS, "embeddings", "noise_32", "noise_16", "noise_8")
    OUTPUTS = ("mask_logits", "presence_logits")

    def __init__(self, model: BiomedParse3D):
        super().__init__()
        self.predictor = model.sem_seg_head.predictor

    def forward(self, mask_features: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        levels, embeddings, noise = rest[:LEVELS], rest[LEVELS], rest[LEVELS + 1 :]
        return self.predictor(mask_features, list(levels), embeddings, list(noise))


def noise_shapes(sizes: Sizes) -> list[tuple[int, int, int, int]]:
    """Per map: rounds, heads, queries, tokens."""
    return [(sizes.rounds, sizes.heads, sizes.queries, size * size) for size in sizes.level_sizes]
