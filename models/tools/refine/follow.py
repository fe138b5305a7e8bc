"""Corrects the mask of a volume by a prompt: the network sees a window around it, and more at a lower resolution while
its mask changes at the border of the window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from .settings import WINDOW
from .windows import Box, Near, Prompt, Prompts, near, seen

Network = Callable[[torch.Tensor], torch.Tensor]
"""float32 [1, CHANNELS, x, y, z] → logits [1, 1, x, y, z]"""

GROWTH = 1.5
FINEST, COARSEST = 1.0, 6.0
"""mm: resolution of the windows."""
BORDER_CHANGES = 20
"""Changed voxels on the faces of a window beyond which it is too small."""
MOST_TILES = 8
TILE_MARGIN = 6
"""Voxels by which a tile is larger than its share, on each side."""
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


@dataclass(frozen=True)
class Window:
    """middle      voxel of the image in the middle of the window
    resolution  mm
    axes        the part of the window that is in the image
    """

    middle: np.ndarray
    resolution: float
    axes: tuple[Axis, ...]

    @property
    def corner(self) -> np.ndarray:
        """Voxels of the window before those that are in the image."""
        return np.array([axis.first for axis in self.axes])

    @property
    def span(self) -> tuple[slice, ...]:
        return tuple(axis.span for axis in self.axes)

    def of(self, values: np.ndarray) -> np.ndarray:
        """An image's values at the voxels of the window."""
        return _along_axes(values, [axis.to_window for axis in self.axes])

    def back(self, values: np.ndarray) -> np.ndarray:
        """A window's values at the voxels of the image in its span."""
        return _along_axes(values, [axis.back for axis in self.axes])


def follow(
    image: np.ndarray, spacing: tuple[float, float, float], mask: np.ndarray, prompts: Prompts, network: Network
) -> np.ndarray:
    """The mask after the newest prompt: bool [x, y, z].

    Where a window around the prompt is too small for the change, larger and coarser ones find its extent. Then finer
    ones, side by side, correct the structure within it.

    @param image   float32 [x, y, z]
    @param spacing mm
    @param mask    bool [x, y, z], so far
    """
    view = View(image.astype(np.float32), spacing, prompts, network)
    finest = resolution = max(FINEST, min(spacing))
    while True:
        window = view.window(prompts.middle, resolution)
        before, logits = view.look(mask, window)
        corrected = changed(mask, window.span, window.back(before), window.back(logits))
        if not _changes_at_border((logits > 0) != (before > 0.5), window.axes) or resolution * GROWTH > COARSEST:
            break
        resolution *= GROWTH
    tiles = view.tiles(corrected, window, finest)
    return view.correct(corrected, tiles) if tiles else corrected


def changed(mask: np.ndarray, span: tuple[slice, ...], before: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The mask with what the network changed: voxels whose mask only looks coarser in the window stay as they are.

    @param before, logits in the span, interpolated from the window: the mask as it was shown, 0 to 1, and the new one
    """
    marked = logits > 0
    corrected = mask.copy()
    corrected[span] = np.where(marked != (before > 0.5), marked, mask[span])
    return corrected


@dataclass(frozen=True)
class View:
    """What the network is shown of an image with prompts."""

    image: np.ndarray
    spacing: tuple[float, float, float]
    prompts: Prompts
    network: Network

    def window(self, middle: np.ndarray, resolution: float) -> Window:
        along = zip(middle, self.image.shape, self.spacing, strict=True)
        return Window(middle, resolution, tuple(axis_of(int(m), n, resolution / mm) for m, n, mm in along))

    def look(self, mask: np.ndarray, window: Window, around: Near | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The mask so far at the voxels of the window that are in the image, 0 or 1, and the network's logits there.

        @param around default: the window is centred on the prompt, and its middle is taken
        """
        shown = torch.from_numpy(window.of(self.image))
        before = (window.of(mask.astype(np.float32)) > 0.5).astype(np.float32)
        middle = HALF - window.corner
        prompts = self._in_coordinates(window)
        x = seen(shown, torch.from_numpy(before), prompts, middle, around or near(shown, middle))
        with torch.inference_mode():
            logits = self.network(x[None])[0, 0].float().numpy()
        inside = zip(window.corner, shown.shape, strict=True)
        return before, logits[tuple(slice(int(first), int(first) + n) for first, n in inside)]

    def tiles(self, mask: np.ndarray, window: Window, finest: float) -> list[Window]:
        """Windows side by side that show the part of a mask in a window at a better resolution, the best for which few
        are enough. None if the window has the best resolution, or there is no such part.
        """
        places = np.argwhere(mask[window.span])
        resolution = finest
        while len(places) and resolution < window.resolution:
            low, high = (end(0) + [part.start for part in window.span] for end in (places.min, places.max))
            step = (WINDOW - 2 * TILE_MARGIN) * resolution / np.array(self.spacing)
            counts = np.maximum(1, np.ceil((high - low + 1) / step)).astype(int)
            if counts.prod() <= MOST_TILES:
                along = [
                    first + (np.arange(count) + 0.5) * (last + 1 - first) / count
                    for first, last, count in zip(low, high, counts, strict=True)
                ]
                middles = np.stack(np.meshgrid(*along, indexing="ij"), -1).reshape(-1, 3).astype(np.int64)
                return [self.window(middle, resolution) for middle in middles]
            resolution *= GROWTH
        return []

    def correct(self, mask: np.ndarray, tiles: list[Window]) -> np.ndarray:
        """The mask corrected in all tiles, whose logits are blended."""
        centred = self.window(self.prompts.middle, tiles[0].resolution)
        around = near(torch.from_numpy(centred.of(self.image)), HALF - centred.corner)
        whole = tuple(
            slice(min(tile.span[n].start for tile in tiles), max(tile.span[n].stop for tile in tiles)) for n in range(3)
        )
        sums = [np.zeros([part.stop - part.start for part in whole], np.float32) for _ in range(3)]
        for tile in tiles:
            before, logits = self.look(mask, tile, around)
            weight = tile.back(_profile(tile, before.shape))
            place = tuple(
                slice(own.start - all_.start, own.stop - all_.start) for own, all_ in zip(tile.span, whole, strict=True)
            )
            for total, values in zip(sums, (tile.back(before), tile.back(logits), 1), strict=True):
                total[place] += weight * values
        before, logits, weight = sums
        seen_at = weight > 0
        shares = np.divide(before, weight, out=mask[whole].astype(np.float32), where=seen_at)
        # Where no tile looked, nothing changes.
        blended = np.where(seen_at, logits, np.where(shares > 0.5, 1, -1))
        return changed(mask, whole, shares, blended)

    def _in_coordinates(self, window: Window) -> Prompts:
        """The prompts in voxels of the part of the window that is in the image."""
        step = window.resolution / np.array(self.spacing)

        def moved(points: np.ndarray) -> np.ndarray:
            return (points - window.middle) / step + HALF - window.corner

        box = self.prompts.box
        if box is not None:
            box = Box(*(np.round(moved(place)).astype(np.int64) for place in (box.first, box.last)))
        return Prompts(tuple(Prompt(moved(prompt.points), prompt.part) for prompt in self.prompts.given), box)


def _profile(window: Window, shape: tuple[int, ...]) -> np.ndarray:
    """Weight of each voxel of a window among its neighbours: falls towards its faces."""
    axes = []
    for first, count in zip(window.corner, shape, strict=True):
        from_face = np.minimum(np.arange(WINDOW) + 1, WINDOW - np.arange(WINDOW))
        axes.append(np.minimum(1, from_face / (2 * TILE_MARGIN))[first : first + count].astype(np.float32))
    return axes[0][:, None, None] * axes[1][None, :, None] * axes[2][None, None, :]


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


def _changes_at_border(changed: np.ndarray, axes: tuple[Axis, ...]) -> bool:
    for n, axis in enumerate(axes):
        ends = []
        if axis.first == 0 and axis.span.start > 0:
            ends.append(0)
        if axis.first + len(axis.to_window) == WINDOW:
            ends.append(-1)
        if any(int(np.take(changed, end, n).sum()) > BORDER_CHANGES for end in ends):
            return True
    return False
