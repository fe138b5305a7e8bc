"""Heights in the standard body as the network gives them: bins, soft targets, and a line through the rows."""

from dataclasses import dataclass

import numpy as np

from .scenes import SPACING

FIRST, STEP, BINS = 450.0, 25.0, 50
"""mm: the middle of the first bin, the distance of two, and their number."""
SOFTNESS = 20.0
"""mm; standard deviation of a target."""
ROW_SLICES = 2
ROW = ROW_SLICES * SPACING
SCALES = np.linspace(0.8, 1.25, 19)
"""mm of the standard body per mm of the volume."""
OFFSETS = 5.0
"""mm between two lines that are tried."""
FLOOR = -6.0
"""Log-probability; the least that a row can count, so that no single row decides."""
NEAR = 50.0
"""mm; what a row gives to heights as near as this to the line speaks for the line."""
MIDDLES = FIRST + STEP * np.arange(BINS)


def targets(places: np.ndarray, is_body: np.ndarray) -> np.ndarray:
    """Probability of each bin for each row of two slices, float32 [BINS + 1, z/2]; the last one: no body in the row.

    @param places float32 [x, y, z], height of each voxel in the standard body, mm; z is even
    @param is_body bool [x, y, z]
    """
    rows = places.shape[2] // ROW_SLICES
    count = is_body.reshape(*is_body.shape[:2], rows, ROW_SLICES).sum((0, 1, 3))
    total = np.where(is_body, places, 0).reshape(*is_body.shape[:2], rows, ROW_SLICES).sum((0, 1, 3))
    mean = total / np.maximum(count, 1)
    near = np.exp(-0.5 * ((MIDDLES[:, None] - mean[None].clip(MIDDLES[0], MIDDLES[-1])) / SOFTNESS) ** 2)
    found = np.zeros((BINS + 1, rows), np.float32)
    found[:BINS] = np.where(count > 0, near / near.sum(0), 0)
    found[BINS] = count == 0
    return found


@dataclass(frozen=True)
class Line:
    """height of the middle of slice n (8 mm): start + scale · 8 mm · n, in the standard body
    certainty  mean share of a row's probability near the line, 0–1
    first, last  the outermost rows that show a body
    """

    start: float
    scale: float
    certainty: float
    first: int
    last: int

    def heights(self, count: int) -> np.ndarray:
        return self.start + self.scale * SPACING * np.arange(count)

    def ends(self, count: int) -> tuple[float, float]:
        """Heights of the lower and the upper end of what shows a body, in a volume of so many slices."""
        slices = self.first * ROW_SLICES, min(count, (self.last + 1) * ROW_SLICES)
        return tuple(float(self.start + self.scale * SPACING * (edge - 0.5)) for edge in slices)


def line_through(height: np.ndarray) -> Line | None:
    """The line that the rows agree on best, as the server finds it; None where no row shows a body.

    @param height float32 [BINS + 1, rows], log-probabilities
    """
    shows = height[BINS] < np.log(0.5)
    if not shows.any():
        return None
    # Middle of a row, mm from the middle of the first slice.
    at = (np.flatnonzero(shows) * ROW_SLICES + (ROW_SLICES - 1) / 2) * SPACING
    logs = np.maximum(height[:BINS, shows].astype(float), FLOOR)
    best = (-np.inf, 0.0, 1.0)
    middle = at.mean()
    for scale in SCALES:
        for centre in np.arange(MIDDLES[0], MIDDLES[-1] + OFFSETS, OFFSETS):
            score = _score(logs, centre + scale * (at - middle))
            # A prior: bodies differ in size by a tenth.
            score -= 0.5 * (np.log(scale) / 0.1) ** 2
            if score > best[0]:
                best = (score, centre, scale)
    _, centre, scale = best
    heights = centre + scale * (at - middle)
    probability = np.exp(height[:BINS, shows].astype(float))
    near = abs(MIDDLES[:, None] - heights[None]) <= NEAR
    certainty = float((probability * near).sum(0).mean())
    rows = np.flatnonzero(shows)
    return Line(centre - scale * middle, float(scale), certainty, int(rows[0]), int(rows[-1]))


def _score(logs: np.ndarray, heights: np.ndarray) -> float:
    """Sum over the rows of the log-probability at each row's height, between two bins in proportion."""
    bins = (heights - FIRST) / STEP
    low = np.clip(np.floor(bins).astype(int), 0, BINS - 2)
    share = np.clip(bins - low, 0, 1)
    rows = np.arange(len(heights))
    within = logs[low, rows] * (1 - share) + logs[low + 1, rows] * share
    outside = (bins < -1) | (bins > BINS)
    return float(np.where(outside, FLOOR, within).sum())
