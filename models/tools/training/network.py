"""The image network: a 3-D U-Net whose features are compared with codes of text."""

import torch
from torch import nn
from torch.nn import functional


class PopulationNorm(nn.Module):
    """Batch renormalisation (Ioffe, 2017): normalises each channel with the mean and variance of all images seen so
    far.

    At inference no statistic of the image is used, so a voxel's result does not depend on how much of the head the
    image shows: with InstanceNorm the prototype took air for brain in a whole head, larger than the crops of its
    training. In training the gradient is that of batch normalisation. Also tried: layer normalisation over the channels
    of each voxel is equally independent, but learned more slowly; after 250 steps the loss was 3.21, and 2.58 with
    InstanceNorm.
    """

    MOMENTUM = 0.02
    EPSILON = 1e-3

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.relaxation = 1.0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return functional.batch_norm(x, self.mean, self.variance, self.weight, self.bias, False, 0.0, self.EPSILON)
        with torch.no_grad():
            # Channels last, as in training: torch.var_mean over the other axes took a fifth of a step on a CPU.
            values = x.permute(0, 2, 3, 4, 1).reshape(-1, x.shape[1]).float()
            mean = values.mean(0)
            variance = (values.square().mean(0) - mean.square()).clamp(min=0)
            population = (self.variance + self.EPSILON).sqrt()
            scale = (variance + self.EPSILON).sqrt() / population
            shift = (mean - self.mean) / population
            if self.relaxation < 1:
                limit = 1 + 2 * self.relaxation
                scale = scale.clamp(1 / limit, limit)
                shift = shift.clamp(-5 * self.relaxation, 5 * self.relaxation)
            self.mean.lerp_(mean, self.MOMENTUM)
            self.variance.lerp_(variance, self.MOMENTUM)
        return functional.batch_norm(
            x, None, None, self.weight * scale, self.weight * shift + self.bias, True, 0.0, self.EPSILON
        )


def convolution(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(inputs, outputs, 3, padding=1), PopulationNorm(outputs), nn.LeakyReLU(0.01))


class ImageNetwork(nn.Module):
    """float32 [batch, 1, x, y, z] → features [batch, dimension, x, y, z]; each side a multiple of 2^(levels − 1).

    @param widths channels of each level, finest first
    @param dimension length of a feature vector and of the codes it is compared with
    """

    def __init__(self, widths: tuple[int, ...], dimension: int):
        super().__init__()
        self.widths = tuple(widths)
        coarser = list(zip(self.widths, self.widths[1:], strict=False))
        self.encoders = nn.ModuleList(
            nn.Sequential(convolution(1 if level == 0 else width, width), convolution(width, width))
            for level, width in enumerate(self.widths)
        )
        self.downs = nn.ModuleList(nn.Conv3d(fine, coarse, 2, stride=2) for fine, coarse in coarser)
        self.ups = nn.ModuleList(nn.ConvTranspose3d(coarse, fine, 2, stride=2) for fine, coarse in coarser)
        self.decoders = nn.ModuleList(
            convolution(2 * fine, fine)
            if level == 0
            else nn.Sequential(convolution(2 * fine, fine), convolution(fine, fine))
            for level, (fine, _) in enumerate(coarser)
        )
        self.head = nn.Sequential(
            nn.Conv3d(self.widths[0], dimension, 1), nn.LeakyReLU(0.01), nn.Conv3d(dimension, dimension, 1)
        )

    @property
    def divisor(self) -> int:
        return 2 ** (len(self.widths) - 1)

    @property
    def receptive_radius(self) -> int:
        """Distance in voxels beyond which an input voxel cannot change an output voxel."""
        radius, levels = 0, len(self.widths)
        for level in range(levels):
            # Two 3×3×3 convolutions on the way down, two (one at the finest level) on the way up; a step of 2 adds one
            # voxel.
            on_the_way_up = 0 if level == levels - 1 else 1 if level == 0 else 2
            radius += (2 + on_the_way_up + (1 if level < levels - 1 else 0)) * 2**level
        return radius

    def relax_to(self, relaxation: float) -> None:
        """How much training already relies on the population: 0 not at all (batch normalisation), below 1 within
        limits, 1 fully.
        """
        for module in self.modules():
            if isinstance(module, PopulationNorm):
                module.relaxation = relaxation

    def decoded(self, x: torch.Tensor) -> torch.Tensor:
        """[batch, widths[0], x, y, z]: the input of the feature head."""
        kept = []
        for level, encoder in enumerate(self.encoders):
            x = encoder(x if level == 0 else self.downs[level - 1](x))
            kept.append(x)
        for level in reversed(range(len(self.decoders))):
            x = self.decoders[level](torch.cat([self.ups[level](x), kept[level]], 1))
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.decoded(x))

    def features_at(self, x: torch.Tensor, voxels: torch.Tensor) -> torch.Tensor:
        """Features of chosen voxels: [chosen, dimension].

        @param voxels indices into batch·x·y·z, flattened
        """
        last = self.decoded(x).permute(0, 2, 3, 4, 1)
        chosen = last.reshape(-1, last.shape[-1])[voxels]
        return self.head(chosen[:, :, None, None, None])[:, :, 0, 0, 0]


def fixed_codes(count: int, dimension: int, seed: int = 3) -> torch.Tensor:
    """float32 [count, dimension]: orthonormal codes of the base classes, the same for every run.

    Text is trained to hit them (text_encoder.py). With fixed orthonormal codes the network learns as with a plain
    softmax over the classes; the prototype's learned codes (cosine 0.65 between the two hippocampi) slowed its
    training.
    """
    random = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(dimension, count, generator=random))[0].T.contiguous()


def class_logits(features: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """[n, dimension] features → [n, 1 + count] logits; the background comes first and has the logit 0."""
    logits = features.float() @ codes.T
    return functional.pad(logits, (1, 0))
