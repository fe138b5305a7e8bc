"""What the graph makes of real series, turned all 48 ways. None of them was trained on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .atlas import Range
from .fit import TURNS, Fit, fit, signed_permutation
from .graph import Graph
from .normalise import normalise
from .real import Volume, at_8_mm, nearest_turn
from .series import SERIES, VERTEBRAE, labels_of, read
from .subjects import SPINE
from .tissues import KINDS

LEAST_SHARE = 0.5
"""Of the slices of a region's range, or of the series, that must be in both for the region to be shown."""


@dataclass(frozen=True)
class Thresholds:
    """no body is shown where the weights sum to less than `weight`, or the fit's residual (mm) is above `residual`"""

    weight: float
    residual: float


@dataclass(frozen=True)
class Measured:
    """turns       of the 48, those whose orientation was right
    upright     of the 48, those whose up and front were right, whatever the side
    sided       of the 48, those in which left and right were seen
    no_body     of the 48, those in which no body was seen
    kinds       kind → turns
    low, high   mm in the standard body: of the first and the last slice, median over the turns
    spread      mm, largest distance of a turn's low or high from its median, in nine of ten turns
    regions     shown in the series as it is, from top to bottom
    residual, weight  medians
    """

    turns: int
    upright: int
    sided: int
    no_body: int
    kinds: Mapping[str, int]
    low: float | None
    high: float | None
    spread: float | None
    regions: tuple[str, ...]
    residual: float | None
    weight: float


def measure_all(
    graph: Graph,
    regions: Mapping[str, Range],
    thresholds: Thresholds,
    unpacked: Path,
    data: Path,
    subjects: Path,
) -> dict[str, dict]:
    """Series → `found` (Measured), what people see (`kind`, `regions`), and errors in height of its vertebrae, mm."""
    standard = dict(zip(SPINE, np.load(subjects / "places.npz")["standard"][:, 2], strict=True))
    results = {}
    for series in SERIES:
        volume = read(series, unpacked, data)
        labels = labels_of(series, data)
        results[series.name] = {
            "kind": series.kind,
            "regions": series.regions,
            "found": asdict(measure(graph, volume, regions, thresholds)),
            "vertebrae": [] if labels is None else vertebra_errors(graph, volume, labels, standard),
        }
    return results


def measure(graph: Graph, volume: Volume, regions: Mapping[str, Range], thresholds: Thresholds) -> Measured:
    small = at_8_mm(volume)
    image, truth = normalise(small.voxels), nearest_turn(small.affine[:3, :3])
    turns = upright = sided = no_body = 0
    ends, residuals, weights, kinds = [], [], [], Counter()
    shown: tuple[str, ...] = ()
    for order, flips in TURNS:
        turned = np.flip(image.transpose(order), [axis for axis in range(3) if flips[axis]])
        place, weight, kind = graph.run(turned)
        kinds[KINDS[int(kind.argmax())]] += 1
        found = fit(place, weight)
        if found is None or found.weight < thresholds.weight or found.residual > thresholds.residual:
            no_body += 1
        if found is None:
            continue
        wanted = truth @ signed_permutation(order, flips)
        turns += bool((found.turn == wanted).all())
        upright += bool((found.turn[1:] == wanted[1:]).all())
        sided += found.sided
        heights = heights_along(found, wanted, turned.shape)
        ends.append((heights[0], heights[-1]))
        residuals.append(found.residual)
        weights.append(found.weight)
        if (order, flips) == TURNS[0]:
            shown = regions_shown(heights, regions)
    if not ends:
        return Measured(0, 0, 0, no_body, dict(kinds.most_common()), None, None, None, (), None, 0.0)
    low, high = np.median(ends, 0)
    away = abs(np.array(ends) - (low, high)).max(1)
    return Measured(
        turns,
        upright,
        sided,
        no_body,
        dict(kinds.most_common()),
        float(low),
        float(high),
        float(np.percentile(away, 90)),
        shown,
        float(np.median(residuals)),
        float(np.median(weights)),
    )


def heights_along(found: Fit, wanted: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """z in the standard body of the slices across the axis that is truly up, from the lowest slice to the highest."""
    axis = int(abs(wanted[2]).argmax())
    heights = found.heights(axis, shape[axis], (np.array(shape) - 1) / 2)
    return heights if wanted[2, axis] > 0 else heights[::-1]


def regions_shown(heights: np.ndarray, regions: Mapping[str, Range]) -> tuple[str, ...]:
    """Regions of which at least half is in the series, or in which at least half of the series is."""
    low, high = float(heights.min()), float(heights.max())
    found = []
    for name, own in regions.items():
        both = min(high, own.high) - max(low, own.low)
        if both >= LEAST_SHARE * min(own.high - own.low, high - low):
            found.append(name)
    return tuple(found)


def vertebra_errors(graph: Graph, volume: Volume, labels: np.ndarray, standard: Mapping[int, float]) -> list[float]:
    """Distance in mm of each vertebra's height from that of the standard body.

    @param labels [x, y, z] on the grid of the volume
    @param standard our label of a vertebra → its z in the standard body
    """
    small = at_8_mm(volume)
    place, weight, _ = graph.look_at(small.voxels)
    found = fit(place, weight)
    if found is None:
        return []
    to_small = np.linalg.inv(small.affine) @ volume.affine
    errors = []
    for number, label in VERTEBRAE.items():
        own = np.argwhere(labels == number)
        # Vertebrae that the series cuts off have their middle elsewhere.
        if len(own) and own[:, 2].min() > 0 and own[:, 2].max() < labels.shape[2] - 1:
            voxel = to_small[:3, :3] @ own.mean(0) + to_small[:3, 3]
            errors.append(float(found.matrix[2, :3] @ voxel + found.matrix[2, 3] - standard[label]))
    return errors
