"""Writes surfacesOfMonai.json: Dice, surface Dice and surface distances of ellipsoids as MONAI computes them. Needs
monai 1.6.1; run by hand.

A voxel (i, j, k) is in an ellipsoid where the sum of ((index - centre) * spacing / radius)**2 is at most 1; `hollow`
leaves out what is within half the radii.
"""

import json
from pathlib import Path

import numpy as np
import torch
from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance, compute_surface_dice

BOTH = {"centre": [10, 12, 9], "radii": [11.3, 8.2, 14.7], "hollow": False}
CASES = [
    # size, spacing, a, b, tolerances in mm
    (
        [24, 26, 20],
        [1, 1, 1],
        {"centre": [11, 12, 9], "radii": [7.3, 8.2, 6.1], "hollow": False},
        {"centre": [13, 12, 10], "radii": [7.3, 7.2, 6.1], "hollow": False},
        [0, 1, 2, 3],
    ),
    (
        [24, 26, 20],
        [0.7, 0.8, 3],
        BOTH,
        {"centre": [12, 11, 10], "radii": [9.3, 8.2, 11.7], "hollow": True},
        [0.5, 1, 3],
    ),
    (
        [30, 14, 9],
        [0.9, 2.5, 5],
        {"centre": [0, 6, 4], "radii": [9.1, 12.3, 30.1], "hollow": False},
        {"centre": [4, 7, 4], "radii": [9.1, 12.3, 13.7], "hollow": False},
        [1, 2, 5],
    ),
    (
        [20, 20, 20],
        [1.1, 1.1, 1.1],
        {"centre": [4, 4, 4], "radii": [2.3, 2.3, 2.3], "hollow": False},
        {"centre": [15, 15, 15], "radii": [3.3, 3.3, 3.3], "hollow": False},
        [2, 20],
    ),
    (
        [16, 16, 1],
        [1, 1, 4],
        {"centre": [7, 7, 0], "radii": [5.1, 4.2, 1], "hollow": True},
        {"centre": [8, 7, 0], "radii": [5.1, 5.2, 1], "hollow": False},
        [1],
    ),
]


def ellipsoid(size, spacing, centre, radii, hollow):
    grids = np.meshgrid(*[np.arange(n, dtype=float) for n in size], indexing="ij")
    squared = sum(((g - c) * s / r) ** 2 for g, c, s, r in zip(grids, centre, spacing, radii, strict=True))
    return (squared <= 1) & ~(squared <= 0.25 if hollow else np.zeros(size, bool))


def main():
    out = []
    for size, spacing, a, b, tolerances in CASES:
        masks = [ellipsoid(size, spacing, **each) for each in (a, b)]
        tensors = [torch.tensor(m[None, None]) for m in masks]
        options = {"include_background": True, "spacing": [float(s) for s in spacing]}
        mean = float(compute_average_surface_distance(*tensors, symmetric=True, **options)[0, 0])
        distance95 = float(compute_hausdorff_distance(*tensors, percentile=95, **options)[0, 0])
        for tolerance in tolerances:
            value = float(compute_surface_dice(*tensors, class_thresholds=[tolerance], **options)[0, 0])
            dice = float(2 * (masks[0] & masks[1]).sum() / (masks[0].sum() + masks[1].sum()))
            out.append(
                {
                    "size": size,
                    "spacing": spacing,
                    "a": a,
                    "b": b,
                    "toleranceMm": tolerance,
                    "dice": dice,
                    "surfaceDice": value,
                    "meanDistanceMm": mean,
                    "distance95Mm": distance95,
                }
            )
    lines = ",\n".join(f"  {json.dumps(case)}" for case in out)
    Path(__file__).with_name("surfacesOfMonai.json").write_text(f"[\n{lines}\n]\n")


main()
