"""From a volume to the input images of BiomedParse's networks, as in upstream's code; the server does the same
(families/biomedparse/).

Only for the self-test of a package and for tests: the numbers were compared with upstream's own code
(upstream/biomedparse_stages.py). Volumes are [slices, rows, columns].
"""

from __future__ import annotations

import numpy as np


def windowed(volume: np.ndarray, level: float, width: float) -> np.ndarray:
    """CT: clipped to the window, then its own minimum and maximum become 0 and 255. uint8, fractions truncated."""
    return _stretched(np.clip(volume.astype(np.float64), level - width / 2, level + width / 2))


def between_percentiles(volume: np.ndarray, low: float = 0.5, high: float = 99.5) -> np.ndarray:
    """Other modalities: clipped to percentiles of values above 0, then stretched; 0 stays 0."""
    volume = volume.astype(np.float64)
    above = volume[volume > 0]
    if above.size == 0:
        return np.zeros(volume.shape, np.uint8)
    stretched = _stretched(np.clip(volume, np.percentile(above, low), np.percentile(above, high)))
    stretched[volume == 0] = 0
    return stretched


def _stretched(values: np.ndarray) -> np.ndarray:
    least, most = values.min(), values.max()
    if most == least:
        return np.zeros(values.shape, np.uint8)
    return ((values - least) / (most - least) * 255.0).astype(np.uint8)


def squared(images: np.ndarray) -> np.ndarray:
    """Zero-padded on both sides to a square; an odd pixel goes to the end."""
    rows, columns = images.shape[-2:]
    missing = abs(rows - columns)
    sides = (missing // 2, missing - missing // 2)
    return np.pad(images, ((0, 0), (0, 0), sides) if rows > columns else ((0, 0), sides, (0, 0)))


def cubic_weights(length: int, size: int) -> tuple[np.ndarray, int]:
    """Whole numbers [size, length] and their binary point: Keys' kernel with a = −0.75 over the four nearest, edges
    repeated."""
    weights = np.zeros((size, length))
    for n in range(size):
        place = (n + 0.5) * length / size - 0.5
        first = int(np.floor(place))
        for neighbour in range(first - 1, first + 3):
            weights[n, min(max(neighbour, 0), length - 1)] += _cubic(abs(place - neighbour), -0.75)
    point = next(p for p in range(22) if int(0.5 + weights.max() * 2 ** (p + 1)) >= 1 << 15)
    scaled = weights * 2**point
    return np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int64), point


def _cubic(distance: float, a: float) -> float:
    if distance <= 1:
        return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    return a * distance**3 - 5 * a * distance**2 + 8 * a * distance - 4 * a if distance < 2 else 0.0


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """Square uint8 images to size × size, as PyTorch resizes uint8: along the rows first, rounded to uint8, then along
    the columns.
    """
    if images.shape[-1] == size:
        return images
    weights, point = cubic_weights(images.shape[-1], size)

    def rounded(sums: np.ndarray) -> np.ndarray:
        return np.clip((sums + (1 << (point - 1))) >> point, 0, 255)

    along_rows = rounded(images.astype(np.int64) @ weights.T)
    return rounded(weights @ along_rows).astype(np.uint8)


def with_neighbours(images: np.ndarray, n: int) -> np.ndarray:
    """[3, rows, columns] float32: the slice, the previous and the next one; at an end the only neighbour twice."""
    last = len(images) - 1
    if last == 0:
        return np.repeat(images, 3, axis=0).astype(np.float32)
    before, after = (1 if n == 0 else n - 1), (last - 1 if n == last else n + 1)
    return images[[n, before, after]].astype(np.float32)
