"""LiteMedSAM (bowang-lab/MedSAM, branch LiteMedSAM): TinyViT as the image encoder, SAM's prompt encoder and mask
decoder.
"""

import numpy as np
import torch
from torch import Tensor, nn

from .sam_decoder import WIDTH, MaskDecoder, PromptEncoder
from .tiny_vit import IMAGE_SIZE, TinyViT

SIDE = IMAGE_SIZE // 4
"""Positions along each side of the features."""


class LiteMedSam(nn.Module):
    def __init__(self):
        super().__init__()
        self.image_encoder = TinyViT()
        self.prompt_encoder = PromptEncoder(IMAGE_SIZE)
        self.mask_decoder = MaskDecoder()


class BoxDecoder(nn.Module):
    """Features of an image and a box → a mask and the network's own estimate of its intersection over union."""

    def __init__(self, network: LiteMedSam):
        super().__init__()
        self.prompt_encoder, self.mask_decoder = network.prompt_encoder, network.mask_decoder

    def forward(self, features: Tensor, box: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """
        features  [1, 256, 64, 64]
        box       [1, 4]: left, top, right, bottom, in pixels of the network's image
        places    [4096, 256], from `places`; an argument, because the exporter would repeat a constant at every use
        returns   logits [1, 1, 256, 256], quality [1, 1]
        """
        without_mask = self.prompt_encoder.no_mask_embed.weight.view(1, WIDTH, 1, 1)
        return self.mask_decoder(features + without_mask, places, self.prompt_encoder(box))

    def places(self) -> Tensor:
        """The encoding of every position of the features."""
        return self.prompt_encoder.places(SIDE)


def network_image(grey: np.ndarray) -> Tensor:
    """Grey values, uint8 [rows, columns] of the network's size → [1, 3, rows, columns], minimum to maximum as 0–1."""
    values = grey.astype(np.float32)
    low, high = values.min(), values.max()
    return torch.from_numpy((values - low) / max(high - low, 1e-8))[None, None].repeat(1, 3, 1, 1)


def windowed(hu: np.ndarray, level: float, width: float) -> np.ndarray:
    """HU → grey values, uint8: clipped, stretched from minimum to maximum, truncated as in upstream's pre_CT_MR.py."""
    clipped = np.clip(hu.astype(np.float64), level - width / 2, level + width / 2)
    return ((clipped - clipped.min()) / (clipped.max() - clipped.min()) * 255).astype(np.uint8)
