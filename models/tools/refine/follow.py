"""Corrects the mask of a volume by a prompt: the network sees a window around it, and more at a lower resolution while
its mask changes at the border of the window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .settings import WINDOW
from .windows import Box, Prompt, Prompts, seen

Network = Callable[[torch.Tensor], torch.Tensor]
"""float32 [1, CHANNELS, x, y, z] → logits [1, 1, x, y, z]"""

GROWTH = 1.5
FINEST, COARSEST = 1.0, 6.0
"""mm: resolution of the windows."""
BORDER_CHANGES = 20
"""Changed voxels on the faces of a window beyond which it is too small."""
HALF = WINDOW // 2


@dataclass(frozen=True)
class Axis:
    """The part of a window in the image along an axis.

    first     number of the window's first voxel in the image
    to_window float32 [voxels of the window, voxels of the image]: means over a window voxel, or linear interpolation
    span      voxels of the image within the window
    back      float32 [voxels of the span, voxels of the window]: linear interpolation
    """

    first: int
    to_window: np.ndarray
    span: slice
    back: np.ndarray


def follow(
    image: np.ndarray, spacing: tuple[float, float, float], mask: np.ndarray, prompts: Prompts, network: Network
) -> np.ndarray:
    """The mask after the newest prompt: bool [x, y, z].

    @param image   float32 [x, y, z]
    @param spacing mm
    @param mask    bool [x, y, z], so far
    """
    resolution = max(FINEST, min(spacing))
    while True:
        corrected, is_cut = _in_window(image, spacing, mask, prompts, network, resolution)
        if not is_cut or resolution * GROWTH > COARSEST:
            return corrected
        resolution *= GROWTH


def _in_window(
    image: np.ndarray,
    spacing: tuple[float, float, float],
    mask: np.ndarray,
    prompts: Prompts,
    network: Network,
    resolution: float,
) -> tuple[np.ndarray, bool]:
    """The corrected mask, and whether it changes where the window ends within the image."""
    middle = prompts.middle
    axes = [axis_of(int(m), n, resolution / mm) for m, n, mm in zip(middle, image.shape, spacing, strict=True)]
    to_window = [axis.to_window for axis in axes]
    shown = torch.from_numpy(_along_axes(image.astype(np.float32), to_window))
    before = _along_axes(mask.astype(np.float32), to_window) > 0.5
    x = seen(shown, torch.from_numpy(before), _in_coordinates(prompts, axes, resolution, spacing))
    with torch.inference_mode():
        logits = network(x[None])[0, 0].float().numpy()
    logits = logits[tuple(slice(a.first, a.first + len(a.to_window)) for a in axes)]
    after = logits > 0
    span = tuple(axis.span for axis in axes)
    back = [axis.back for axis in axes]
    marked = _along_axes(logits, back) > 0
    was = _along_axes(before.astype(np.float32), back) > 0.5
    corrected = mask.copy()
    corrected[span] = np.where(marked != was, marked, mask[span])
    return corrected, _changes_at_border(after != before, axes)


def axis_of(middle: int, count: int, step: float) -> Axis:
    """@param middle voxel in the middle of the window
    @param count  voxels of the image along the axis
    @param step   voxels of the image per voxel of the window
    """
    places = middle + (np.arange(WINDOW) - HALF) * step
    inside = np.flatnonzero((places > -0.5) & (places < count - 0.5))
    kept = places[inside]
    to_window = _means(kept, count, step) if step > 1 else _linear(kept, count)
    low = max(0, int(np.ceil(places[0] - step / 2)))
    high = min(count, int(np.floor(places[-1] + step / 2)) + 1)
    back = _linear((np.arange(low, high) - kept[0]) / step, len(kept))
    return Axis(int(inside[0]), to_window, slice(low, high), back)


def _linear(places: np.ndarray, count: int) -> np.ndarray:
    """float32 [places, count]: weights of values at 0, 1, … at places between them; beyond the ends the last value."""
    clamped = np.clip(places, 0, count - 1)
    low = np.minimum(np.floor(clamped).astype(np.int64), max(0, count - 2))
    weights = np.zeros((len(places), count), np.float32)
    share = clamped - low
    weights[np.arange(len(places)), low] = 1 - share
    weights[np.arange(len(places)), np.minimum(low + 1, count - 1)] += share
    return weights


def _means(places: np.ndarray, count: int, width: float) -> np.ndarray:
    """float32 [places, count]: weights of the mean over a width around each place, of voxels of width 1."""
    edges = np.arange(count + 1) - 0.5
    low, high = (places - width / 2)[:, None], (places + width / 2)[:, None]
    shared = (np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1])).clip(0)
    return (shared / shared.sum(1, keepdims=True)).astype(np.float32)


def _along_axes(values: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    for axis, matrix in enumerate(weights):
        used = np.flatnonzero(matrix.any(0))
        part = np.take(values, np.arange(used[0], used[-1] + 1), axis)
        values = np.moveaxis(np.tensordot(matrix[:, used[0] : used[-1] + 1], part, (1, axis)), 0, axis)
    return np.ascontiguousarray(values)


def _in_coordinates(
    prompts: Prompts, axes: list[Axis], resolution: float, spacing: tuple[float, float, float]
) -> Prompts:
    """The prompts in voxels of the part of the window that is in the image."""
    middle = prompts.middle
    step = resolution / np.array(spacing)
    corner = np.array([axis.first for axis in axes])

    def moved(points: np.ndarray) -> np.ndarray:
        return (points - middle) / step + HALF - corner

    box = prompts.box
    if box is not None:
        box = Box(*(np.round(moved(place)).astype(np.int64) for place in (box.first, box.last)))
    return Prompts(tuple(Prompt(moved(prompt.points), prompt.part) for prompt in prompts.given), box)


def _changes_at_border(changed: np.ndarray, axes: list[Axis]) -> bool:
    for n, axis in enumerate(axes):
        ends = []
        if axis.first == 0 and axis.span.start > 0:
            ends.append(0)
        if axis.first + len(axis.to_window) == WINDOW:
            ends.append(-1)
        if any(int(np.take(changed, end, n).sum()) > BORDER_CHANGES for end in ends):
            return True
    return False
