"""The self-test of an nnInteractive package: a synthetic volume that fits one window, two clicks, PyTorch's mask."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt

from package_files import write_json

from .checkpoint import CheckpointError
from .nninteractive_folder import Prompts
from .nninteractive_network import NnInteractive
from .package import bits_of, golden_volume

TO_LPS = np.diag([-1.0, 1.0, 2.0, 1.0])
Place = tuple[int, int, int]


@dataclass(frozen=True)
class Golden:
    """voxels, mask  [slices, rows, columns]; clicks  places in that order, and whether they are part of it"""

    voxels: np.ndarray
    clicks: list[tuple[Place, bool]]
    mask: np.ndarray


def golden_of(network: NnInteractive, prompts: Prompts, change: Mapping[str, float]) -> Golden:
    """change  of a mask at the border of the window, from which on the server zooms out: `zoom.change` of the manifest

    @raises CheckpointError if the network changes the border of its window with every pair of clicks
    """
    voxels = organ(network.configuration.window)
    z, y, x = (length // 2 for length in voxels.shape)
    for far, near in product((3, 4, 6), (8, 12)):
        clicks = [((z, y, x), True), ((z, y - voxels.shape[1] // far, x + voxels.shape[2] // near), False)]
        mask = mask_after(voxels, clicks, network, prompts, change)
        if mask is not None and mask.any():
            return Golden(voxels, clicks, mask)
    raise CheckpointError(
        "The network marks nothing, or what is far from every click of the self-test: it seems not to be trained"
    )


def write_nninteractive_golden(folder: Path, golden: Golden) -> None:
    files = folder / "golden"
    files.mkdir()
    (files / "after.bits").write_bytes(bits_of(golden.mask.transpose(2, 1, 0)))
    write_json(
        files / "golden.json",
        {
            "modality": "CT",
            "unit": "HU",
            **golden_volume(files, golden.voxels.transpose(2, 1, 0), TO_LPS),
            "clicks": [{"voxel": list(place[::-1]), "part": part} for place, part in golden.clicks],
            "mask": "golden/after.bits",
        },
    )


def organ(window: tuple[int, int, int]) -> np.ndarray:
    """HU, int16 [slices, rows, columns], smaller than the window: a bright ellipsoid in soft tissue, in a layer of
    zeros."""
    size = [3 * length // 4 - n for n, length in enumerate(window)]
    places = np.meshgrid(*(np.linspace(-1, 1, length) for length in size), indexing="ij")
    inside = sum((place / radius) ** 2 for place, radius in zip(places, (0.5, 0.35, 0.45), strict=True)) < 1
    hu = np.where(inside, 180.0, 40.0) + np.random.RandomState(20250311).normal(0, 10, size)
    hu[[0, -1]] = hu[:, [0, -1]] = hu[:, :, [0, -1]] = 0
    return np.round(hu).astype(np.int16)


def mask_after(
    voxels: np.ndarray,
    clicks: list[tuple[Place, bool]],
    network: NnInteractive,
    prompts: Prompts,
    change: Mapping[str, float],
) -> np.ndarray | None:
    """bool [slices, rows, columns]; None if the server would zoom out at one of the clicks"""
    seen = voxels[tuple(slice(n.min(), n.max() + 1) for n in np.nonzero(voxels))].astype(np.float64)
    image = ((voxels - seen.mean()) / seen.std(ddof=1)).astype(np.float32)
    drawn = np.zeros((prompts.channels, *voxels.shape), np.float32)
    for place, part in clicks:
        for channel in prompts.clicks:
            drawn[channel] *= prompts.decay
        _draw(drawn[prompts.clicks[0 if part else 1]], place, prompts.radius)
        window = np.zeros((1 + prompts.channels, *network.configuration.window), np.float32)
        # The click is in the middle of the window.
        starts = [length // 2 - at for length, at in zip(window.shape[1:], place, strict=True)]
        block = tuple(
            slice(max(0, start), min(whole, start + length))
            for start, length, whole in zip(starts, voxels.shape, window.shape[1:], strict=True)
        )
        part_of_image = tuple(slice(b.start - s, b.stop - s) for b, s in zip(block, starts, strict=True))
        window[(0, *block)] = image[part_of_image]
        window[(slice(1, None), *block)] = drawn[(slice(None), *part_of_image)]
        with torch.no_grad():
            logits = network(torch.from_numpy(window)[None])[0].numpy()
        marked = logits[1] > logits[0]
        if _changes_at_border(marked, window[1 + prompts.mask] > 0, change):
            return None
        drawn[(prompts.mask, *part_of_image)] = marked[block]
    return drawn[prompts.mask] > 0


def _draw(channel: np.ndarray, place: Place, radius: int) -> None:
    """A ball whose values fall from 1 in its middle to its surface; the part of it that is in the image."""
    steps = np.arange(-radius, radius + 1)
    inside = sum(step**2 for step in np.meshgrid(steps, steps, steps, indexing="ij")) <= radius**2
    depth = distance_transform_edt(inside)
    ball = depth / depth.max()
    for offset in zip(*np.nonzero(ball), strict=True):
        at = tuple(int(p + o - radius) for p, o in zip(place, offset, strict=True))
        if all(0 <= p < length for p, length in zip(at, channel.shape, strict=True)):
            channel[at] = max(channel[at], ball[offset])


def _changes_at_border(marked: np.ndarray, before: np.ndarray, change: Mapping[str, float]) -> bool:
    for axis, at in product(range(3), (0, -1)):
        now, then = (mask.take(at, axis) for mask in (marked, before))
        different = np.count_nonzero(now != then)
        low, high = sorted((np.count_nonzero(now), np.count_nonzero(then)))
        if different > change["voxels"] or (
            different > change["leastVoxels"] and high / max(low, 1e-5) - 1 > change["share"]
        ):
            return True
    return False
