"""Dice coefficients of masks that a run corrects by simulated clicks, for `test/benchmarks/clicks.mjs`."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .follow import Network, follow
from .prompting import box_on_slice, deepest_error
from .windows import Box, Prompts

MOST_CLICKS = 10
SLICE_AXIS = 2
BOX_MARGIN = 2
"""Voxels by which a box is larger than the structure, as in `test/benchmarks/boxesOfTruth.mjs`."""


@dataclass(frozen=True)
class Scan:
    """image    float32 [x, y, z]
    spacing  mm
    """

    image: np.ndarray
    spacing: tuple[float, float, float]


@dataclass(frozen=True)
class Structure:
    """sides  bool [x, y, z] each: the truth, a mask for each side of a paired structure
    text   bool [x, y, z]: the text model's mask, if it made one
    """

    sides: tuple[np.ndarray, ...]
    text: np.ndarray | None


def read_request(folder: Path) -> tuple[Scan, list[Structure]]:
    """`image` (float32, first axis fastest), and `request.json`: `size`, `spacing` in mm, and `structures`, each with
    its number of `sides` and whether it has a `text`'s mask. Masks are the files N-side-M and N-text: bits, first axis
    fastest, the least significant bit first.
    """
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    size = tuple(request["size"])

    def mask(name: str) -> np.ndarray:
        bits = np.unpackbits(np.fromfile(folder / name, np.uint8), bitorder="little")[: np.prod(size)]
        return bits.astype(bool).reshape(size, order="F")

    image = np.fromfile(folder / "image", np.float32).reshape(size, order="F")
    structures = [
        Structure(
            tuple(mask(f"{n}-side-{side}") for side in range(each["sides"])),
            mask(f"{n}-text") if each["text"] else None,
        )
        for n, each in enumerate(request["structures"])
    ]
    return Scan(np.ascontiguousarray(image), tuple(request["spacing"])), structures


def rows(scan: Scan, structures: list[Structure], network: Network) -> Iterator[dict]:
    """For each structure and start the Dice coefficients after 0, 1, … clicks, each on the largest error.

    A box is drawn around each side of the truth, on the axial slice that shows most of it.
    """
    for n, structure in enumerate(structures):
        truth = np.logical_or.reduce(structure.sides)
        starts = {"nothing": np.zeros_like(truth), "box": _from_boxes(scan, structure.sides, network)}
        if structure.text is not None:
            starts["text"] = structure.text
        for start, mask in starts.items():
            yield {"structure": n, "from": start, **_clicked(scan, mask, truth, network)}


def _from_boxes(scan: Scan, sides: tuple[np.ndarray, ...], network: Network) -> np.ndarray:
    marked = np.zeros_like(sides[0])
    for side in sides:
        box: Box = box_on_slice(side, SLICE_AXIS, BOX_MARGIN)
        marked |= follow(scan.image, scan.spacing, np.zeros_like(side), Prompts((), box), network)
    return marked


def _clicked(scan: Scan, mask: np.ndarray, truth: np.ndarray, network: Network) -> dict:
    dice, prompts, times = [_dice(mask, truth)], Prompts(), []
    for _ in range(MOST_CLICKS):
        click = deepest_error(mask, truth)
        if click is not None:
            prompts = Prompts((*prompts.given, click))
            began = time.perf_counter()
            mask = follow(scan.image, scan.spacing, mask, prompts, network)
            times.append(time.perf_counter() - began)
        dice.append(_dice(mask, truth))
    return {"dice": dice, "medianMs": round(1000 * float(np.median(times or [0])))}


def _dice(a: np.ndarray, b: np.ndarray) -> float:
    total = int(a.sum()) + int(b.sum())
    return round(2 * int((a & b).sum()) / total, 4) if total else 1.0
