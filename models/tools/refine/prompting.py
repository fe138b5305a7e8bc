"""Simulated people: where they click, scribble, or draw a box."""

import numpy as np
import torch
from scipy import ndimage

from .windows import Box, Prompt


def deepest_error(mask: np.ndarray, truth: np.ndarray) -> Prompt | None:
    """A click on the deepest voxel of the largest connected error (by faces), as in `test/benchmarks/clicks.mjs`.

    @param mask, truth bool [x, y, z]
    @returns nothing where the masks are the same
    """
    found = _largest_error(mask, truth, None)
    if found is None:
        return None
    error, part, corner = found
    depth = _depth(error)
    return Prompt(np.array([np.unravel_index(depth.argmax(), depth.shape)], float) + corner, part)


def random_prompt(random: np.random.Generator, mask: np.ndarray, truth: np.ndarray) -> Prompt | None:
    """A click somewhere deep in a large error, or a scribble along it."""
    found = _largest_error(mask, truth, random)
    if found is None:
        return None
    error, part, corner = found
    depth = _depth(error)
    deep = np.argwhere(depth >= random.uniform(0.55, 1) * depth.max())
    start = deep[random.integers(len(deep))]
    if random.random() < 0.2:
        inside = np.argwhere(depth >= 0.5 * depth.max())
        near = inside[np.abs(inside - start).max(1) <= 20]
        end = near[random.integers(len(near))]
        steps = max(2, int(np.abs(end - start).max()) + 1)
        line = np.round(np.linspace(start, end, steps)).astype(np.int64)
        line = line[error[tuple(line.T)]]
        if len(line) > 1:
            return Prompt(line.astype(float) + corner, part)
    return Prompt(start[None].astype(float) + corner, part)


def box_on_slice(truth: np.ndarray, axis: int, margin: int = 0) -> Box:
    """The rectangle around a structure on the slice that shows most of it.

    @param truth bool [x, y, z], not empty
    @param axis  normal of the slice
    """
    others = tuple(n for n in range(3) if n != axis)
    at = int(truth.sum(axis=others).argmax())
    places = np.argwhere(np.take(truth, [at], axis))
    first, last = places.min(0) - margin, places.max(0) + margin
    first[axis] = last[axis] = at
    return Box(np.maximum(first, 0), np.minimum(last, np.array(truth.shape) - 1))


def _largest_error(
    mask: np.ndarray, truth: np.ndarray, random: np.random.Generator | None
) -> tuple[np.ndarray, bool, np.ndarray] | None:
    """The largest connected error, or one drawn with a probability that grows with its size: its voxels within its
    bounding box, whether it is part of the structure, and the box's corner."""
    wrong = mask != truth
    span = ndimage.find_objects(wrong.astype(np.uint8))
    if not span:
        return None
    corner = np.array([s.start for s in span[0]])
    errors = []
    for part in (True, False):
        labels, count = ndimage.label(wrong[span[0]] & (truth[span[0]] == part))
        if count:
            sizes = np.bincount(labels.reshape(-1))[1:]
            errors += [(int(size), n + 1, part, labels) for n, size in enumerate(sizes)]
    sizes = np.array([error[0] for error in errors], float)
    chosen = int(sizes.argmax()) if random is None else int(random.choice(len(sizes), p=sizes / sizes.sum()))
    _, n, part, labels = errors[chosen]
    own = ndimage.find_objects((labels == n).astype(np.uint8))[0]
    return labels[own] == n, part, corner + np.array([s.start for s in own])


def _depth(error: np.ndarray) -> np.ndarray:
    """Distance of each voxel from the nearest one outside of the error."""
    return ndimage.distance_transform_edt(np.pad(error, 1))[1:-1, 1:-1, 1:-1]


def as_array(mask: torch.Tensor) -> np.ndarray:
    return mask.numpy() > 0
