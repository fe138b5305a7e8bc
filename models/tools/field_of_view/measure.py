"""What the graph makes of real series, and of each turned all 24 ways. None of them was trained on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .atlas import Range
from .graph import Graph
from .heights import Line, line_through
from .normalise import normalise
from .real import Volume, at_8_mm, nearest_turn, upright
from .scenes import SPACING
from .series import SERIES, VERTEBRAE, labels_of, read
from .subjects import SPINE
from .tissues import KINDS
from .turns import TURNS, is_proper, turned

LEAST_SHARE = 0.5
"""Of the slices of a region's range, or of the series, that must be in both for the region to be shown."""
ROTATIONS = tuple(turn for turn in TURNS if is_proper(*turn))


@dataclass(frozen=True)
class Measured:
    """kind, kind_probability
    upright    probability that the series stands as its tags say
    rotation   the one with the highest probability is the true one, of the 24
    next_best  the highest probability of the 23 others
    low, high  mm in the standard body: of the ends of what shows a body
    scale, certainty  of the line
    regions    shown, from top to bottom
    """

    kind: str
    kind_probability: float
    upright: float
    rotation: bool
    next_best: float
    low: float | None
    high: float | None
    scale: float | None
    certainty: float | None
    regions: tuple[str, ...]


def measure_all(
    graph: Graph, regions: Mapping[str, Range], unpacked: Path, data: Path, subjects: Path
) -> dict[str, dict]:
    """Series → `found` (Measured), what people see (`kind`, `regions`), and errors in height of its vertebrae, mm."""
    standard = dict(zip(SPINE, np.load(subjects / "places.npz")["standard"][:, 2], strict=True))
    results = {}
    for series in SERIES:
        volume = read(series, unpacked, data)
        small = at_8_mm(volume)
        found, line = measure(graph, upright(small), regions)
        labels = labels_of(series, data)
        results[series.name] = {
            "kind": series.kind,
            "regions": series.regions,
            "found": asdict(found),
            "vertebrae": []
            if labels is None or line is None
            else vertebra_errors(line, small, volume, labels, standard),
        }
    return results


def measure(graph: Graph, voxels: np.ndarray, regions: Mapping[str, Range]) -> tuple[Measured, Line | None]:
    """@param voxels float32 [x, y, z] at 8 mm, RAS"""
    image = normalise(voxels)
    standing = {turn: graph.run(turned(image, *turn))[2] for turn in ROTATIONS}
    height, kind, own = graph.run(image)
    others = max(value for turn, value in standing.items() if turn != ROTATIONS[0])
    line = line_through(height)
    which = int(kind.argmax())
    low, high = (None, None) if line is None else line.ends(image.shape[2])
    found = Measured(
        kind=KINDS[which],
        kind_probability=float(np.exp(kind[which])),
        upright=own,
        rotation=own >= others,
        next_best=others,
        low=low,
        high=high,
        scale=None if line is None else line.scale,
        certainty=None if line is None else line.certainty,
        regions=() if line is None else regions_shown(low, high, regions),
    )
    return found, line


def regions_shown(low: float, high: float, regions: Mapping[str, Range]) -> tuple[str, ...]:
    """Regions of which at least half is in the series, or in which at least half of the series is."""
    found = []
    for name, own in regions.items():
        both = min(high, own.high) - max(low, own.low)
        if both >= LEAST_SHARE * min(own.high - own.low, high - low):
            found.append(name)
    return tuple(found)


def vertebra_errors(
    line: Line, small: Volume, volume: Volume, labels: np.ndarray, standard: Mapping[int, float]
) -> list[float]:
    """Distance in mm of each vertebra's height from that of the standard body.

    @param small the volume at 8 mm, its own axes
    @param labels [x, y, z] on the grid of the volume
    @param standard our label of a vertebra → its z in the standard body
    """
    turn = nearest_turn(small.affine[:3, :3])[2]
    axis = int(abs(turn).argmax())
    to_small = np.linalg.inv(small.affine) @ volume.affine
    errors = []
    for number, label in VERTEBRAE.items():
        own = np.argwhere(labels == number)
        # Vertebrae that the series cuts off have their middle elsewhere.
        if len(own) and own[:, 2].min() > 0 and own[:, 2].max() < labels.shape[2] - 1:
            slice_ = float((to_small[:3, :3] @ own.mean(0) + to_small[:3, 3])[axis])
            above = slice_ if turn[axis] > 0 else small.voxels.shape[axis] - 1 - slice_
            errors.append(float(line.start + line.scale * SPACING * above - standard[label]))
    return errors
