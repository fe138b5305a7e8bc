"""What the network sees: a window of the image, the mask so far, and the prompts in it."""

from dataclasses import dataclass, field

import numpy as np
import torch

from .settings import WINDOW

IMAGE, NEAR, MASK, PART, NOT_PART, BOX = range(6)
"""Channels: the image on the scale of the window, and on the scale of the click's neighbourhood; the mask so far;
places that are part of the structure, and that are not; the rectangle of a box on a slice."""
CHANNELS = 6

CLICK_RADIUS, LINE_RADIUS = 4.0, 2.0
"""Voxels: the value falls from 1 in the middle to 0 there."""
EARLIER = 0.5
"""Value of an earlier prompt, where the newest has 1."""
NEIGHBOURHOOD = 12
"""Voxels from the click in each direction whose mean and deviation scale the channel NEAR."""


@dataclass(frozen=True)
class Prompt:
    """points  float [n, 3], voxels: one of a click, many of a scribble
    part    whether they are part of the structure
    """

    points: np.ndarray
    part: bool

    @property
    def radius(self) -> float:
        return CLICK_RADIUS if len(self.points) == 1 else LINE_RADIUS

    @property
    def middle(self) -> np.ndarray:
        """The point of the prompt next to its mean: int [3]."""
        distances = ((self.points - self.points.mean(0)) ** 2).sum(1)
        return np.round(self.points[distances.argmin()]).astype(np.int64)


@dataclass(frozen=True)
class Box:
    """A rectangle on a slice: first and last voxel, which are equal along one axis."""

    first: np.ndarray
    last: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        return (self.first + self.last) // 2


@dataclass(frozen=True)
class Prompts:
    """given  the newest last
    box    of the first prompt, if it was one
    """

    given: tuple[Prompt, ...] = field(default=())
    box: Box | None = None

    @property
    def middle(self) -> np.ndarray:
        """Where the window is centred."""
        if self.given:
            return self.given[-1].middle
        if self.box is None:
            raise ValueError("no prompt")
        return self.box.middle


def first_of_window(middle: np.ndarray) -> np.ndarray:
    """The lowest corner of the window around a voxel; it may be outside of the image."""
    return np.asarray(middle) - WINDOW // 2


def cut(volume: torch.Tensor, first: np.ndarray) -> torch.Tensor:
    """A window of a volume [x, y, z], 0 outside of it."""
    window = torch.zeros((WINDOW,) * 3, dtype=volume.dtype)
    inside, there = _shared(volume.shape, first)
    window[there] = volume[inside]
    return window


def paste(volume: torch.Tensor, first: np.ndarray, window: torch.Tensor) -> None:
    """Writes a window into the volume that it was cut from."""
    inside, there = _shared(volume.shape, first)
    volume[inside] = window[there].to(volume.dtype)


def _shared(size: torch.Size, first: np.ndarray) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    spans = [(max(0, int(f)), min(n, int(f) + WINDOW), int(f)) for f, n in zip(first, size, strict=True)]
    return tuple(slice(a, max(a, b)) for a, b, _ in spans), tuple(slice(a - f, max(a, b) - f) for a, b, f in spans)


@dataclass(frozen=True)
class Near:
    """Brightness around the newest prompt."""

    mean: float
    deviation: float


def near(image: torch.Tensor, middle: np.ndarray) -> Near:
    """@param middle voxel in the middle of the newest prompt"""
    part = image[tuple(slice(max(0, int(m) - NEIGHBOURHOOD), int(m) + NEIGHBOURHOOD) for m in middle)]
    return Near(float(part.mean()), float(part.std(correction=0)))


def seen(image: torch.Tensor, mask: torch.Tensor, prompts: Prompts, middle: np.ndarray, around: Near) -> torch.Tensor:
    """float32 [CHANNELS, WINDOW, WINDOW, WINDOW]

    @param image  float32 [x, y, z], any unit
    @param mask   [x, y, z], 0 to 1
    @param middle voxel in the middle of the window
    """
    first = first_of_window(middle)
    x = torch.zeros((CHANNELS, *(WINDOW,) * 3))
    inside, there = _shared(image.shape, first)
    x[(IMAGE, *there)], x[(NEAR, *there)] = _scaled(image[inside], around)
    x[(MASK, *there)] = mask[inside].to(torch.float32)
    for n, prompt in enumerate(prompts.given):
        value = 1.0 if n == len(prompts.given) - 1 else EARLIER
        _draw(x[PART if prompt.part else NOT_PART], prompt.points - first, prompt.radius, value)
    if prompts.box is not None:
        low, high = prompts.box.first - first, prompts.box.last + 1 - first
        x[(BOX, *(slice(max(0, int(a)), max(0, int(b))) for a, b in zip(low, high, strict=True)))] = 1
    return x


def _scaled(part: torch.Tensor, around: Near) -> tuple[torch.Tensor, torch.Tensor]:
    """The part of the image in the window: percentiles 1 and 99 become 0 and 1; and its distance from the mean around
    the prompt, in deviations."""
    sample = np.sort(part[::2, ::2, ::2].reshape(-1).numpy())
    low, high = (float(sample[round(share * (len(sample) - 1))]) for share in (0.01, 0.99))
    least = 1e-3 * (high - low) + 1e-6
    whole = ((part - low) / max(high - low, 1e-6)).clamp(-0.5, 1.5)
    return whole, ((part - around.mean) / max(around.deviation, least)).clamp(-3, 3) / 3


def _draw(channel: torch.Tensor, points: np.ndarray, radius: float, value: float) -> None:
    reach = int(np.ceil(radius))
    for point in np.round(points).astype(np.int64):
        spans = [(max(0, int(p) - reach), min(WINDOW, int(p) + reach + 1), int(p)) for p in point]
        if any(a >= b for a, b, _ in spans):
            continue
        axes = [torch.arange(a, b) - p for a, b, p in spans]
        x, y, z = torch.meshgrid(*axes, indexing="ij")
        ball = value * (1 - (x * x + y * y + z * z).sqrt() / radius).clamp(min=0)
        part = channel[tuple(slice(a, b) for a, b, _ in spans)]
        torch.maximum(part, ball, out=part)
