"""The network: image, mask so far and prompts → logits of the corrected mask."""

import torch
from torch import nn

from training.network import ImageNetwork, PopulationNorm, convolution

from .windows import CHANNELS, MASK

HIDDEN = 16


class RefineNetwork(ImageNetwork):
    """float32 [batch, CHANNELS, x, y, z] → logits [batch, 1, x, y, z]; the sides are multiples of 2^levels.

    The head model's U-Net at half the resolution, and 3 x 3 x 3 voxels at full resolution. The mask so far is added to
    the logits with a learnt weight: the network learns what to change, not what to copy.
    """

    def __init__(self, widths: tuple[int, ...]):
        super().__init__(widths, HIDDEN)
        first = widths[0]
        self.encoders[0] = nn.Sequential(
            nn.Conv3d(CHANNELS, first, 4, stride=2, padding=1),
            PopulationNorm(first),
            nn.LeakyReLU(0.01),
            convolution(first, first),
        )
        self.rise = nn.ConvTranspose3d(first, HIDDEN, 2, stride=2)
        self.look = nn.Conv3d(CHANNELS, HIDDEN, 3, padding=1)
        self.head = nn.Sequential(
            nn.LeakyReLU(0.01), nn.Conv3d(HIDDEN, HIDDEN, 3, padding=1), nn.LeakyReLU(0.01), nn.Conv3d(HIDDEN, 1, 1)
        )
        self.keep = nn.Parameter(torch.tensor([2.0]))

    @property
    def divisor(self) -> int:
        return 2 ** len(self.widths)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        changed = self.head(self.rise(self.decoded(x)) + self.look(x))
        return changed + self.keep * (2 * x[:, MASK : MASK + 1] - 1)
