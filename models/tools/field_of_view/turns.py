"""The 48 ways of turning and mirroring an array, as signed permutations of its axes."""

from itertools import permutations, product

import numpy as np

TURNS = tuple((order, flips) for order in permutations(range(3)) for flips in product((False, True), repeat=3))
"""Each: axes permuted, then those with True reversed."""
UPRIGHT = ((0, 1, 2), (False, False, False)), ((0, 1, 2), (True, False, False))
"""Left and right exchanged counts as upright: most volumes look like their mirror image."""


def turned(values: np.ndarray, order: tuple[int, ...], flips: tuple[bool, ...]) -> np.ndarray:
    """A view of the array."""
    return np.flip(values.transpose(order), [axis for axis in range(3) if flips[axis]])


def signed_permutation(order: tuple[int, ...], flips: tuple[bool, ...]) -> np.ndarray:
    """int8 [3, 3]: rows the axes of the array before `turned`, columns those after it."""
    turn = np.zeros((3, 3), np.int8)
    for after, before in enumerate(order):
        turn[before, after] = -1 if flips[after] else 1
    return turn


def undone(values: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """A view of the array with the axes that a signed permutation maps its own to.

    @param turn int8 [3, 3]: row = axis wanted, column = axis of the array
    """
    order = abs(turn).argmax(1)
    reversed_axes = [axis for axis in range(3) if turn[axis, order[axis]] < 0]
    return np.flip(values.transpose(order), reversed_axes)


def is_proper(order: tuple[int, ...], flips: tuple[bool, ...]) -> bool:
    """Whether it is a rotation, so that left stays left."""
    return bool(np.linalg.det(signed_permutation(order, flips)) > 0)
