"""From the network's places to an affine map, the orientation and the regions."""

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

from .batches import PLACE_UNIT, STRIDE
from .scenes import SPACING

LEAST_WEIGHT = 0.02
"""Places with less count for nothing."""
ROUNDS = 12
SPREAD = 40.0
"""mm; an error of this size halves a place's weight."""
STIFFNESS = 24.0
"""mm; directions in which the places extend less than this follow the orientation, at the standard body's size."""
SIDE = 0.35
"""Slope of the places' x along the axis from left to right from which on the side counts as seen; 1 is a full one."""
TURNS = tuple((order, flips) for order in permutations(range(3)) for flips in product((False, True), repeat=3))
"""All 48 signed permutations of three axes, as `turned` takes them."""


@dataclass(frozen=True)
class Fit:
    """matrix    float64 [3, 4]: voxel (8 mm) → mm in the standard body
    turn      int8 [3, 3], signed permutation: row = axis of the standard body (left→right, back→front, up), column =
    axis of the array; right-handed where the side is not seen
    sided     whether the side is seen
    residual  of up and front, weighted root mean square, mm
    weight    sum of the weights of all places
    """

    matrix: np.ndarray
    turn: np.ndarray
    sided: bool
    residual: float
    weight: float

    def heights(self, axis: int, count: int, middle: np.ndarray) -> np.ndarray:
        """z in the standard body of the `count` slices across an axis of the array, mm, at the other axes' middle."""
        voxels = np.repeat(middle[None], count, 0).astype(float)
        voxels[:, axis] = np.arange(count)
        return voxels @ self.matrix[2, :3] + self.matrix[2, 3]


def centres(shape: tuple[int, ...]) -> np.ndarray:
    """The middle of each place in voxels, float64 [x, y, z, 3]."""
    axes = [np.arange(n) * STRIDE + (STRIDE - 1) / 2 for n in shape]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1)


def signed_permutation(order: tuple[int, ...], flips: tuple[bool, ...]) -> np.ndarray:
    """int8 [3, 3]: rows the axes of the array before `turned`, columns those after it."""
    turn = np.zeros((3, 3), np.int8)
    for after, before in enumerate(order):
        turn[before, after] = -1 if flips[after] else 1
    return turn


ALL_TURNS = tuple(signed_permutation(*own) for own in TURNS)


def fit(place: np.ndarray, weight: np.ndarray) -> Fit | None:
    """Weighted least squares, repeated with less weight for what does not fit; None where no place has weight.

    @param place float32 [3, x, y, z], as the network gives it
    @param weight float32 [x, y, z]
    """
    used = weight > LEAST_WEIGHT
    if used.sum() < 2:
        return None
    first = weight[used].astype(float)
    voxels = centres(weight.shape)[used] * SPACING
    places = np.moveaxis(place, 0, -1)[used].astype(float) * PLACE_UNIT
    own = first
    for _ in range(ROUNDS):
        matrix, turn, sided = _solve(voxels, places, own)
        # The side is not counted: of a head, the network gives none.
        away = np.linalg.norm((places - voxels @ matrix[:, :3].T - matrix[:, 3])[:, 1:], axis=1)
        own = first / (1 + (away / SPREAD) ** 2)
    residual = float(np.sqrt((first * away**2).sum() / first.sum()))
    in_voxels = np.concatenate([matrix[:, :3] * SPACING, matrix[:, 3:]], 1)
    return Fit(in_voxels, turn, sided, residual, float(weight.sum()))


def _solve(voxels: np.ndarray, places: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    total = weight.sum()
    voxel_mean, place_mean = weight @ voxels / total, weight @ places / total
    x, y = voxels - voxel_mean, places - place_mean
    across = (y * weight[:, None]).T @ x / total
    spread = (x * weight[:, None]).T @ x / total
    turn = max(ALL_TURNS, key=lambda own: float((own * across).sum()))
    sided = float(turn[0] @ across[0]) > SIDE * float(abs(turn[0]) @ np.diag(spread))
    if not sided and not is_right_handed(turn):
        turn = turn * np.array([[-1], [1], [1]], np.int8)
    linear = (across + STIFFNESS**2 * turn) @ np.linalg.inv(spread + STIFFNESS**2 * np.eye(3))
    return np.concatenate([linear, (place_mean - linear @ voxel_mean)[:, None]], 1), turn, sided


def is_right_handed(turn: np.ndarray) -> bool:
    return bool(np.linalg.det(turn) > 0)
