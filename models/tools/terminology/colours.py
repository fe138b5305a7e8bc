"""Assigns a display colour, far from all others, to every concept of concepts.json without one:
python -m terminology.colours

Existing colours never change. A concept with sides has three: whole, left, right.
"""

from __future__ import annotations

import json

import numpy as np

from .terminology import TABLE, write_table

LIGHTNESS = (35, 90)
LEAST_CHROMA = 15
"""CIELab bounds of new colours: visible on a dark image, and distinct from grey."""


def cielab(srgb: np.ndarray) -> np.ndarray:
    """sRGB, 0–255 (n × 3) → CIELab under D65 (n × 3), after IEC 61966-2-1 and CIE 15."""
    value = srgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    white = to_xyz.sum(axis=1)
    ratio = linear @ to_xyz.T / white
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def distinct_colours(taken: list[list[int]], count: int) -> list[list[int]]:
    """`count` colours, each as far as possible (in CIELab) from existing and previous ones."""
    steps = np.arange(0, 256, 5)
    candidates = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = cielab(candidates)
    visible = (
        (lab[:, 0] >= LIGHTNESS[0]) & (lab[:, 0] <= LIGHTNESS[1]) & (np.hypot(lab[:, 1], lab[:, 2]) >= LEAST_CHROMA)
    )
    candidates, lab = candidates[visible], lab[visible]
    distance = np.full(len(lab), np.inf)
    for colour in cielab(np.array(taken, dtype=float).reshape(-1, 3)):
        distance = np.minimum(distance, np.linalg.norm(lab - colour, axis=1))
    found = []
    for _ in range(count):
        best = int(np.argmax(distance))
        found.append(candidates[best].tolist())
        distance = np.minimum(distance, np.linalg.norm(lab - lab[best], axis=1))
    return found


def main() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    colours_of = [concept["displayColours"] for concept in table["concepts"]]
    taken = [colour for colours in colours_of for colour in colours.values() if colour is not None]
    missing = [(colours, side) for colours in colours_of for side, colour in colours.items() if colour is None]
    for (colours, side), colour in zip(missing, distinct_colours(taken, len(missing)), strict=True):
        colours[side] = colour
    write_table(table)


if __name__ == "__main__":
    main()
