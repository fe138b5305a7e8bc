"""From one image to the input of BiomedParse v1's network, and from its logits back to the image's own pixels, as in
upstream's code; the server does the same (families/biomedparse/).

Only for the self-test of a package and for tests: the numbers were compared with upstream's own code
(upstream/biomedparse_2d_stages.py).
"""

from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage


def windowed(image: np.ndarray, level: float, width: float) -> np.ndarray:
    """CT, [rows, columns]: clipped to the window, then the minimum and maximum of this image become 0 and 255. Not
    rounded.
    """
    return _stretched(np.clip(image.astype(np.float64), level - width / 2, level + width / 2))


def between_percentiles(image: np.ndarray, low: float = 0.5, high: float = 99.5) -> np.ndarray:
    """Other grey images: the same between percentiles of this image's values above 0."""
    image = image.astype(np.float64)
    above = image[image > 0]
    if above.size == 0:
        return np.zeros(image.shape)
    return _stretched(np.clip(image, np.percentile(above, low), np.percentile(above, high)))


def _stretched(values: np.ndarray) -> np.ndarray:
    least, most = values.min(), values.max()
    return np.zeros(values.shape) if most == least else (values - least) / (most - least) * 255.0


def padding(rows: int, columns: int) -> tuple[int, int]:
    """Lines of 0 at top, bottom, left and right. If the difference is odd, one line less."""
    return max(columns - rows, 0) // 2, max(rows - columns, 0) // 2


def network_image(image: np.ndarray, size: int) -> np.ndarray:
    """uint8 [size, size, 3] from a grey image [rows, columns] or a colour one [rows, columns, 3], 0–255.

    Zero-padded to a square and resized by cubic splines, smoothed first if it becomes smaller (scikit-image's order 3
    with anti-aliasing); fractions are truncated.
    """
    top, left = padding(*image.shape[:2])
    channels = [np.pad(channel, ((top, top), (left, left))) for channel in np.moveaxis(np.atleast_3d(image), 2, 0)]
    return np.stack([_resized(channel.astype(np.float64), size) for channel in channels] * (3 // len(channels)), axis=2)


def _resized(image: np.ndarray, size: int) -> np.ndarray:
    shrinking = np.divide(image.shape, size)
    smooth = ndimage.gaussian_filter(image, np.maximum(0, (shrinking - 1) / 2), mode="grid-constant")
    resized = ndimage.zoom(smooth, 1 / shrinking, order=3, mode="grid-constant", grid_mode=True)
    return np.clip(resized, image.min(), image.max()).astype(np.uint8)


def probabilities(logits: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """float32 [n, n] → [rows, columns]: logits interpolated between the four nearest, then the sigmoid."""
    resized = torch.nn.functional.interpolate(torch.from_numpy(logits)[None, None], (rows, columns), mode="bilinear")
    return resized[0, 0].sigmoid().numpy()


def on_own_pixels(logits: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The mask's probabilities on an image of this size before padding and resizing."""
    top, left = padding(rows, columns)
    return probabilities(logits, rows + 2 * top, columns + 2 * left)[top : top + rows, left : left + columns]
