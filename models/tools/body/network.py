"""The image network of the trunk: the head model's U-Net at half the resolution, refined at the requested voxels."""

import torch
from torch import nn
from torch.nn import functional

from training.network import ImageNetwork, PopulationNorm, convolution

LOWEST, HIGHEST = -1000, 1000
"""HU range that the manifest's steps clip to and scale to 0-1."""
SOFT = (-160, 240)
"""HU of the second window: organs against fat and against each other."""
HIDDEN = 64


class BodyNetwork(ImageNetwork):
    """float32 [batch, 1, x, y, z], HU scaled by `scaled` → features [batch, dimension, x, y, z].

    The sides are multiples of 2^levels. The U-Net runs at 8 mm for images of 4 mm. A voxel's feature comes from the
    U-Net's features in the eight voxels around it, and from the 3 x 3 x 3 voxels around it. In training it is computed
    only for the sampled voxels, so only the first convolution is as large as the image: a step took 0.55 s of a core,
    and 1.1 s with the U-Net at full resolution.

    HU windows are applied inside the network: the graph's input is the server's one-channel image.
    """

    def __init__(self, widths: tuple[int, ...], dimension: int):
        super().__init__(widths, dimension)
        first = widths[0]
        self.encoders[0] = nn.Sequential(
            nn.Conv3d(2, first, 4, stride=2, padding=1),
            PopulationNorm(first),
            nn.LeakyReLU(0.01),
            convolution(first, first),
        )
        self.rise = nn.ConvTranspose3d(first, HIDDEN, 2, stride=2)
        self.look = nn.Conv3d(2, HIDDEN, 3, padding=1)
        self.head = nn.Sequential(
            nn.LeakyReLU(0.01), nn.Conv3d(HIDDEN, HIDDEN, 1), nn.LeakyReLU(0.01), nn.Conv3d(HIDDEN, dimension, 1)
        )

    @property
    def divisor(self) -> int:
        return 2 ** len(self.widths)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shown = windows(x)
        return self.head(self.rise(self.decoded(shown)) + self.look(shown))

    def features_at(self, x: torch.Tensor, voxels: torch.Tensor) -> torch.Tensor:
        """Features of chosen voxels, as in `forward`: [chosen, dimension].

        @param voxels indices into batch·x·y·z, flattened
        """
        shown = windows(x)
        size = shown.shape[2:]
        batch, at = voxels // size.numel(), voxels % size.numel()
        place = (at // (size[1] * size[2]), at // size[2] % size[1], at % size[2])
        hidden = self._risen_at(self.decoded(shown), batch, place) + self._seen_at(shown, batch, place)
        for layer in self.head:
            hidden = (
                functional.linear(hidden, layer.weight[:, :, 0, 0, 0], layer.bias)
                if isinstance(layer, nn.Conv3d)
                else layer(hidden)
            )
        return hidden

    def _risen_at(self, coarse: torch.Tensor, batch: torch.Tensor, place: tuple[torch.Tensor, ...]) -> torch.Tensor:
        x, y, z = place
        last = coarse.permute(0, 2, 3, 4, 1)[batch, x // 2, y // 2, z // 2]
        every = (last @ self.rise.weight.reshape(last.shape[1], -1)).reshape(len(last), HIDDEN, 8)
        octant = (4 * (x % 2) + 2 * (y % 2) + z % 2)[:, None, None].expand(-1, HIDDEN, 1)
        return every.gather(2, octant)[:, :, 0] + self.rise.bias

    def _seen_at(self, shown: torch.Tensor, batch: torch.Tensor, place: tuple[torch.Tensor, ...]) -> torch.Tensor:
        padded = functional.pad(shown, (1,) * 6)
        size = padded.shape[2:]
        around = [(i * size[1] + j) * size[2] + k for i in range(3) for j in range(3) for k in range(3)]
        at = ((place[0] * size[1] + place[1]) * size[2] + place[2])[:, None] + torch.tensor(around, device=shown.device)
        channels = padded.reshape(*padded.shape[:2], -1)
        near = torch.cat([channels[batch[:, None], channel, at] for channel in range(2)], 1)
        return functional.linear(near, self.look.weight.reshape(HIDDEN, -1), self.look.bias)


def windows(x: torch.Tensor) -> torch.Tensor:
    """[batch, 1, …] of 0-1 → [batch, 2, …]: the soft tissue window, and the full range."""
    soft = ((x * (HIGHEST - LOWEST) + LOWEST - SOFT[0]) / (SOFT[1] - SOFT[0])).clamp(0, 1)
    return torch.cat([soft, x], 1)


def scaled(hounsfield: torch.Tensor) -> torch.Tensor:
    """HU to the network's input range 0-1."""
    return ((hounsfield - LOWEST) / (HIGHEST - LOWEST)).clamp(0, 1)
