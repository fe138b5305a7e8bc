"""Grows regions from seeds with SimpleITK, with every setting below, and prints the names of the settings:

python grow_regions.py FOLDER

FOLDER has `image` (float32, first axis fastest) and `request.json`: `size`, `spacing` in mm, `modality`, and `seeds`,
for each mask a list of voxels. Writes a file N-M for setting N and mask M: bits, first axis fastest, the least
significant bit first.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813

CT_RANGE = 400.0
"""Width of the window for soft tissue, HU."""
MULTIPLIERS = (1.5, 2.0, 2.5, 3.0)
"""Standard deviations of the region's values around their mean. 2.5 is what SimpleITK's own tutorials use."""
SHARES = (0.05, 0.10, 0.15)
"""Of the range of grey values: what a voxel may differ from the mean around the seeds."""

Seeds = list[tuple[int, int, int]]
Grower = Callable[[sitk.Image, Seeds], sitk.Image]


def by_confidence(multiplier: float, image: sitk.Image, seeds: Seeds) -> sitk.Image:
    return sitk.ConfidenceConnected(
        image, seeds, numberOfIterations=2, multiplier=multiplier, initialNeighborhoodRadius=1
    )


def by_threshold(tolerance: float, image: sitk.Image, seeds: Seeds) -> sitk.Image:
    middle = float(np.mean([_around(image, seed).mean() for seed in seeds]))
    return sitk.ConnectedThreshold(image, seeds, lower=middle - tolerance, upper=middle + tolerance)


def _around(image: sitk.Image, seed: tuple[int, int, int]) -> np.ndarray:
    """The values of a seed and its neighbours."""
    values = sitk.GetArrayViewFromImage(image)
    return values[tuple(slice(max(0, at - 1), at + 2) for at in reversed(seed))]


def settings(image: np.ndarray, modality: str) -> dict[str, Grower]:
    if modality == "CT":
        width = CT_RANGE
    else:
        least, greatest = np.percentile(image[image > 0], [0.5, 99.5])
        width = float(greatest - least)
    return {
        **{f"ConfidenceConnected {multiplier}": partial(by_confidence, multiplier) for multiplier in MULTIPLIERS},
        **{f"ConnectedThreshold {share:.0%}": partial(by_threshold, share * width) for share in SHARES},
    }


def main(folder: Path) -> None:
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    values = np.fromfile(folder / "image", np.float32).reshape(request["size"][::-1])
    image = sitk.GetImageFromArray(values)
    image.SetSpacing(request["spacing"])
    smooth = sitk.CurvatureFlow(image, timeStep=0.125, numberOfIterations=5)
    growers = settings(values, request["modality"])
    for n, grow in enumerate(growers.values()):
        for m, seeds in enumerate(request["seeds"]):
            grown = grow(smooth, [tuple(seed) for seed in seeds])
            filled = sitk.VotingBinaryHoleFilling(
                grown, radius=[1, 1, 1], majorityThreshold=1, foregroundValue=1, backgroundValue=0
            )
            bits = np.packbits(sitk.GetArrayViewFromImage(filled).ravel() > 0, bitorder="little")
            (folder / f"{n}-{m}").write_bytes(bits.tobytes())
    print(json.dumps(list(growers)))


main(Path(sys.argv[1]))
