"""Effects of scanner and post-processing on an image: bias field, blur, thick slices, noise, gamma, skull-stripping."""

import math

import torch
from torch.nn import functional

from .chance import Chance
from .geometry import smooth_field

Image = torch.Tensor
"""float32 [x, y, z]"""


def blocks(image: Image) -> torch.Tensor:
    return image[None, None]


def skull_strip(chance: Chance, image: Image, brain: torch.Tensor) -> tuple[Image, torch.Tensor]:
    """Sets everything but brain to black, leaving a rim of random width.

    @param brain bool [x, y, z]
    @returns the image, and the kept voxels
    """
    if chance.happens(0.25):
        kept = brain
    else:
        reach = (3, 5, 7)[chance.whole(0, 3)]
        nearness = functional.avg_pool3d(blocks(brain.float()), reach, 1, reach // 2)[0, 0]
        kept = brain | (nearness > chance.uniform(0.03, 0.6))
    return image * kept, kept


def bias_field(chance: Chance, image: Image) -> Image:
    nodes = tuple(chance.whole(2, 6) for _ in range(3))
    return image * torch.exp(smooth_field(chance, 1, nodes, tuple(image.shape))[0, 0] * chance.uniform(0, 0.35))


def blur(chance: Chance, image: Image) -> Image:
    """A Gaussian of 0.2–0.75 voxels along randomly chosen axes."""
    deviation = chance.uniform(0.2, 0.75)
    kernel = torch.exp(-torch.tensor([1.0, 0.0, 1.0], device=image.device) / (2 * deviation**2))
    kernel = kernel / kernel.sum()
    for axis in range(3):
        if chance.happens(0.8):
            shape, padding = [1, 1, 1, 1, 1], [0, 0, 0]
            shape[2 + axis], padding[axis] = 3, 1
            image = functional.conv3d(blocks(image), kernel.view(shape), padding=padding)[0, 0]
    return image


def coarser(chance: Chance, image: Image, spacing: float) -> Image:
    """Slices of up to 7 mm along one axis, or voxels of up to 4 mm; averaged over the thickness, then interpolated
    back."""
    factors = [1.0, 1.0, 1.0]
    if chance.happens(0.7):
        factors[chance.whole(0, 3)] = max(1.0, chance.uniform(1.2 * spacing, 7) / spacing)
    else:
        factors = [max(1.0, chance.uniform(spacing, 4) / spacing)] * 3
    size = [max(8, round(n / f)) for n, f in zip(image.shape, factors, strict=True)]
    averaged = functional.adaptive_avg_pool3d(blocks(image), size)
    return functional.interpolate(averaged, size=image.shape, mode="trilinear", align_corners=False)[0, 0]


def noise(chance: Chance, image: Image) -> Image:
    """Rician noise of a magnitude image, or Gaussian noise clipped at 0; the image is 0–1."""
    deviation = chance.uniform(0, 0.06)
    noisy = image + deviation * chance.normal_field(*image.shape)
    if chance.happens(0.5):
        return torch.sqrt(noisy.square() + (deviation * chance.normal_field(*image.shape)).square())
    return noisy.clamp(min=0)


def gamma(chance: Chance, image: Image) -> Image:
    return image.clamp(min=0) ** math.exp(chance.normal(0.3))
