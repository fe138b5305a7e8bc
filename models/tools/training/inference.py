"""Segments a real image as the server does with the exported package: resample, normalise, windows, blend, restore,
decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional

from .intensity import normalise

WINDOW = (112, 128, 144)
STEP = (72, 80, 96)
SIGMA_FRACTION = 0.125
SIZE_MULTIPLE = 16
"""Along an axis that one window covers, its size is the smallest sufficient multiple of this."""
START_MULTIPLE = 8
"""Windows start at whole multiples of this many voxels in the patient: see `_starts`."""
FOREGROUND, MARGIN = 0.1, 4
"""Windows cover the voxels above this (normalised intensity) and a margin around them: air needs no network."""
SMALLEST_PART = 0.1
"""A part of the brain that is separate from the largest one and smaller than this share of it is removed: see
`leave_out_detached`.
"""


@dataclass(frozen=True)
class Image:
    """voxels   float32 [x, y, z]
    spacing  mm along the axes, which are RAS: x to the right, y to the front, z upwards
    origin   position of the first voxel's centre in the patient, mm
    """

    voxels: np.ndarray
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)


Network = Callable[[torch.Tensor], torch.Tensor]
"""[1, 1, x, y, z] → class logits [1 + classes, x, y, z], background first"""


def segment(
    image: Image,
    network: Network,
    spacing: float,
    window=WINDOW,
    step=STEP,
    mirror: Sequence[int] | None = None,
    connected: Sequence[int] | None = None,
    normalised: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = normalise,
) -> np.ndarray:
    """uint8 [x, y, z]: the class index of every voxel of the image.

    @param mirror for each class its class in a mirrored image; every window is then also run mirrored, and the mean of
    both outputs is used. None: without mirroring.
    @param normalised the image on the model's grid, and which values are inside the image
    """
    voxels = torch.from_numpy(np.ascontiguousarray(image.voxels, np.float32))
    coarse, places = _resample(voxels, image, spacing)
    inside = coarse[torch.isfinite(coarse)]
    coarse = normalised(torch.nan_to_num(coarse, nan=float(inside.min())), inside)
    first = [_first_multiple(o, spacing) for o in image.origin]
    probabilities = _blend(coarse, first, network, window, step, mirror)
    if connected is not None:
        probabilities = leave_out_detached(
            probabilities, connected, [_at_end(*along) for along in zip(places, coarse.shape, strict=True)]
        )
    return _decide(probabilities, places, tuple(voxels.shape))


def model_axis(length: int, source_spacing: float, spacing: float, origin: float) -> tuple[int, float]:
    """Voxels along an axis of the model's grid, and the distance (mm) of its first voxel before the source's first
    voxel.

    They are at whole multiples of the spacing in the patient: with a grid centred in each image, a cut-out was sampled
    at other positions than the whole, and 6 % of its voxels got another label (now 3 %).
    """
    first = _first_multiple(origin, spacing)
    last = max(first, int(np.ceil((origin + (length - 1) * source_spacing) / spacing - 1e-4)))
    return last - first + 1, origin - first * spacing


def _first_multiple(origin: float, spacing: float) -> int:
    """The voxel of the patient's grid at which the model's grid starts."""
    return int(np.floor(origin / spacing + 1e-4))


def _resample(voxels: torch.Tensor, image: Image, spacing: float) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The image on the model's grid, NaN more than half a voxel outside; and the positions of source voxels on the
    model's axes.
    """
    points, places, inside = [], [], []
    for axis in range(3):
        n, own = voxels.shape[axis], image.spacing[axis]
        count, before = model_axis(n, own, spacing, image.origin[axis])
        point = (torch.arange(count, dtype=torch.float64) * spacing - before) / own
        inside.append((point >= -0.5) & (point <= n - 0.5))
        points.append(point.clamp(0, n - 1))
        places.append((torch.arange(n, dtype=torch.float64) * own + before) / spacing)
    sampled = _interpolate(voxels[None], points)[0]
    valid = inside[0][:, None, None] & inside[1][None, :, None] & inside[2][None, None, :]
    return torch.where(valid, sampled, torch.nan), places


def _interpolate(channels: torch.Tensor, points: list[torch.Tensor]) -> torch.Tensor:
    """Trilinear values of [channels, x, y, z] at the product of three lists of coordinates, axis by axis."""
    for axis, point in enumerate(points, start=1):
        below = point.floor().clamp(max=max(0, channels.shape[axis] - 2)).long()
        above = (below + 1).clamp(max=channels.shape[axis] - 1)
        share = (point - below).float().reshape([-1 if d == axis else 1 for d in range(4)])
        channels = channels.index_select(axis, below) * (1 - share) + channels.index_select(axis, above) * share
    return channels


def _blend(
    image: torch.Tensor, first: list[int], network: Network, window, step, mirror: Sequence[int] | None
) -> torch.Tensor:
    """Probabilities [1 + classes, x, y, z] of overlapping windows, weighted by Gaussians; background where the image
    is dark.

    Windows reach beyond the image's ends, where they see 0.

    @param first where the image starts in the patient, in voxels
    """
    box = _foreground(image)
    window = [_size(part, origin, w) for part, origin, w in zip(box, first, window, strict=True)]
    starts = [_starts(part, origin, w, s) for part, origin, w, s in zip(box, first, window, step, strict=True)]
    before = [max(0, -along[0]) for along in starts]
    after = [max(0, along[-1] + w - n) for along, w, n in zip(starts, window, image.shape, strict=True)]
    padded = functional.pad(image, (before[2], after[2], before[1], after[1], before[0], after[0]))
    profiles = [_gaussian(w) for w in window]
    weight = profiles[0][:, None, None] * profiles[1][None, :, None] * profiles[2][None, None, :]
    total, sums = torch.zeros(padded.shape), None
    for x in starts[0]:
        for y in starts[1]:
            for z in starts[2]:
                part = tuple(slice(at + b, at + b + w) for at, b, w in zip((x, y, z), before, window, strict=True))
                probability = probabilities_of(padded[part], network, mirror)
                sums = torch.zeros(len(probability), *padded.shape) if sums is None else sums
                sums[(slice(None), *part)] += probability * weight
                total[part] += weight
    result = torch.zeros(len(sums), *image.shape)
    result[0] = 1
    covered = tuple(slice(part.start + b, part.stop + b) for part, b in zip(box, before, strict=True))
    result[(slice(None), *box)] = sums[(slice(None), *covered)] / total[covered]
    return result


def _foreground(image: torch.Tensor) -> tuple[slice, slice, slice]:
    """The box of sufficiently bright voxels, with the margin; the whole image if there are none."""
    bright = image > FOREGROUND
    box = []
    for axis in range(3):
        along = bright.any(dim=tuple(a for a in range(3) if a != axis)).nonzero().flatten()
        if len(along) == 0:
            return tuple(slice(0, n) for n in image.shape)
        box.append(slice(max(0, int(along[0]) - MARGIN), min(image.shape[axis], int(along[-1]) + 1 + MARGIN)))
    return tuple(box)


def probabilities_of(part: torch.Tensor, network: Network, mirror: Sequence[int] | None) -> torch.Tensor:
    """Probabilities [1 + classes, x, y, z] of one window; `mirror` as in `segment`."""
    probability = torch.softmax(network(part[None, None]), 0)
    if mirror is None:
        return probability
    mirrored = torch.softmax(network(part.flip(0)[None, None]), 0).flip(1)
    return (probability + mirrored[list(mirror)]) / 2


def _size(part: slice, origin: int, largest: int) -> int:
    needed = part.stop - part.start + (origin + part.start) % START_MULTIPLE
    return min(largest, -(-needed // SIZE_MULTIPLE) * SIZE_MULTIPLE)


def _starts(part: slice, origin: int, size: int, step: int) -> list[int]:
    """Window starts that cover a part of an axis, at multiples of START_MULTIPLE in the patient.

    A network that halves its resolution sees a position at another phase in every window with another start: with
    windows that started with the image, 2.7 % of the voxels of a cut-out got another label, at multiples of 16 voxels
    0.84 %, of 8 1.0 %.

    @param origin where the image starts in the patient, in voxels
    """
    starts = [part.start - (origin + part.start) % START_MULTIPLE]
    while starts[-1] + size < part.stop:
        starts.append(starts[-1] + step)
    return starts


def _gaussian(size: int) -> torch.Tensor:
    place = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
    return torch.exp(-0.5 * (place / (size * SIGMA_FRACTION)) ** 2).clamp(min=1e-6)


def _at_end(places: torch.Tensor, length: int) -> np.ndarray:
    """Which voxels of the model along an axis have a neighbour outside the image, half a voxel beyond its outermost
    centres."""
    half = float(places[1] - places[0]) / 2 if len(places) > 1 else 0.5
    inside = (np.arange(-1, length + 1) >= float(places[0]) - half - 1e-6) & (
        np.arange(-1, length + 1) <= float(places[-1]) + half + 1e-6
    )
    return ~(inside[:-2] & inside[2:])


def leave_out_detached(
    probabilities: torch.Tensor, connected: Sequence[int], at_end: Sequence[np.ndarray]
) -> torch.Tensor:
    """Removes separate parts of classes that form one connected whole, as the server does (leaveOutDetached.ts).

    Probabilities of a removed part go to the other classes in proportion.

    @param probabilities [1 + classes, x, y, z]
    @param at_end for each axis the voxels that have a neighbour outside the image: a part that has one of them is kept
    """
    marked = np.isin(probabilities.argmax(0).numpy(), list(connected))
    parts, count = ndimage.label(marked, np.ones((3, 3, 3)))
    if count < 2:
        return probabilities
    sizes = np.bincount(parts.ravel())[1:]
    left_out = np.concatenate([[False], sizes < SMALLEST_PART * sizes.max()])
    for axis, ends in enumerate(at_end):
        left_out[np.unique(np.compress(ends, parts, axis))] = False
    voxels = torch.from_numpy(left_out[parts])
    kept = probabilities.clone()
    kept[list(connected)] = torch.where(voxels, 0.0, kept[list(connected)])
    return torch.where(voxels, kept / kept.sum(0).clamp(min=1e-12), kept)


def _decide(probabilities: torch.Tensor, places: list[torch.Tensor], shape: tuple[int, int, int]) -> np.ndarray:
    """Interpolates the probabilities at the source voxels, slab after slab, and takes the greatest."""
    classes = np.empty(shape, np.uint8)
    for start in range(0, shape[0], 16):
        slab = _interpolate(probabilities, [places[0][start : start + 16], places[1], places[2]])
        classes[start : start + 16] = slab.argmax(0).to(torch.uint8).numpy()
    return classes


def trained_network(network, codes: torch.Tensor, device: torch.device) -> Network:
    """A network of a checkpoint for `segment`: bfloat16 on a GPU, float32 on a CPU as in the exported graphs."""

    @torch.no_grad()
    def run(x: torch.Tensor) -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            features = network(x.to(device))[0]
        logits = torch.einsum("nc,cxyz->nxyz", codes.to(device), features.float()).cpu()
        return torch.cat([torch.zeros(1, *logits.shape[1:]), logits])

    return run
