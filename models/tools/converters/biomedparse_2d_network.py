"""BiomedParse v1: image network, text encoder and SEEM decoder, and the graphs of images and prompts.

Each image is processed separately, in colour; in grey images the three channels are equal. Parameter names are those of
the published checkpoint (facts/biomedparse_2d.json), constants those of the published configuration.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .clip_text import TextTransformer
from .decoder_layers import LEVELS
from .focalnet import FocalNet
from .pixel_decoder import PixelDecoder
from .seem_decoder import SeemDecoder

PIXEL_MEAN, PIXEL_STD = (123.675, 116.280, 103.530), (58.395, 57.120, 57.375)
"""Red, green, blue, 0–255."""


@dataclass(frozen=True)
class Sizes:
    """The published sizes; tests make smaller ones."""

    image: int = 1024
    embed: int = 192
    depths: tuple[int, ...] = (2, 2, 18, 2)
    width: int = 512
    heads: int = 8
    feedforward: int = 2048
    encoder_layers: int = 6
    decoder_layers: int = 9
    queries: int = 101
    text_layers: int = 12
    vocabulary: int = 49408


class LanguageEncoder(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.lang_proj = nn.Parameter(torch.zeros(sizes.width, sizes.width))
        # From the checkpoint: a factor of all similarities, which does not change which is the greatest.
        self.logit_scale = nn.Parameter(torch.ones([]))
        self.lang_encoder = TextTransformer(sizes.width, sizes.heads, sizes.text_layers, sizes.vocabulary)

    def forward(self, ids: Tensor) -> Tensor:
        return self.lang_encoder(ids) @ self.lang_proj


class Predictor(SeemDecoder):
    def __init__(self, sizes: Sizes):
        super().__init__(sizes.width, sizes.heads, sizes.feedforward, sizes.decoder_layers, sizes.queries)
        self.lang_encoder = LanguageEncoder(sizes)


class Head(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        channels = [sizes.embed * 2**n for n in range(len(sizes.depths))]
        self.pixel_decoder = PixelDecoder(channels, sizes.width, sizes.heads, sizes.feedforward, sizes.encoder_layers)
        self.predictor = Predictor(sizes)


class BiomedParse2D(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.backbone = FocalNet(sizes.embed, sizes.depths, levels=4, window=3)
        self.sem_seg_head = Head(sizes)

    @property
    def language_encoder(self) -> LanguageEncoder:
        return self.sem_seg_head.predictor.lang_encoder


class ImageGraph(nn.Module):
    """Images 0–255, [images, 3, rows, columns] → mask features and the three maps of the pixel decoder."""

    INPUT, OUTPUTS = "image", ("mask_features", "level_32", "level_16", "level_8")

    def __init__(self, model: BiomedParse2D):
        super().__init__()
        self.model = model
        for name, channels in (("mean", PIXEL_MEAN), ("std", PIXEL_STD)):
            self.register_buffer(name, torch.tensor(channels).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        features = self.model.backbone((image - self.mean) / self.std)
        mask_features, levels = self.model.sem_seg_head.pixel_decoder(features)
        return mask_features, *levels


class PromptGraph(nn.Module):
    """One image's features and token embeddings of prompts of one length → mask logits, and the similarity of text and
    query (−1 to 1).
    """

    INPUTS = (*ImageGraph.OUTPUTS, "embeddings")
    OUTPUTS = ("mask_logits", "similarity")

    def __init__(self, model: BiomedParse2D):
        super().__init__()
        self.predictor = model.sem_seg_head.predictor

    def forward(self, mask_features: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        levels, embeddings = rest[:LEVELS], rest[LEVELS]
        return self.predictor(mask_features, list(levels), embeddings)
