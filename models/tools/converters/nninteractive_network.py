"""nnInteractive's network: our own definition, with parameters named as in upstream's checkpoints.

Isensee, Rokuss, Krämer et al., "nnInteractive: Redefining 3D Promptable Segmentation" (arXiv 2503.08373). It is
nnU-Net's residual encoder, which VoxTell has too, and its plain decoder: at every scale the features from below are
enlarged and merged with those of the encoder.
"""

from dataclasses import dataclass

import torch
from torch import nn

from .voxtell_network import Encoder, Merge

CLASSES = 2
"""What is not part of the structure, and what is."""


@dataclass(frozen=True)
class Configuration:
    """Sizes of a network.

    widths    features of its scales, finest first
    blocks    residual blocks of each scale
    channels  the image's, and those of the prompts
    window    voxels along slices, rows and columns
    """

    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    channels: int
    window: tuple[int, int, int]


class Decoder(nn.Module):
    def __init__(self, widths: tuple[int, ...]):
        super().__init__()
        upwards = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.transpconvs = nn.ModuleList(nn.ConvTranspose3d(below, width, 2, 2) for below, width in upwards)
        self.stages = nn.ModuleList(Merge(width) for _, width in upwards)
        # Only the finest is used; the others were for training.
        self.seg_layers = nn.ModuleList(nn.Conv3d(width, CLASSES, 1) for _, width in upwards)

    def forward(self, scales: list[torch.Tensor]) -> torch.Tensor:
        """scales  features of one image, finest first"""
        x = scales[-1]
        for enlarge, merge, skip in zip(self.transpconvs, self.stages, scales[-2::-1], strict=True):
            x = merge(enlarge(x), skip)
        return self.seg_layers[-1](x)


class NnInteractive(nn.Module):
    def __init__(self, configuration: Configuration):
        super().__init__()
        self.configuration = configuration
        self.encoder = Encoder(configuration.widths, configuration.blocks, configuration.channels)
        self.decoder = Decoder(configuration.widths)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Logits [1, CLASSES, z, y, x] of an image with its prompts, [1, channels, z, y, x]."""
        return self.decoder(self.encoder(image))


class PartLogits(nn.Module):
    """What the server runs: image [1, channels, z, y, x] → [z, y, x]: the logit of "part of it" minus that of "not"."""

    def __init__(self, network: NnInteractive):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        logits = self.network(image)[0]
        return logits[1] - logits[0]
