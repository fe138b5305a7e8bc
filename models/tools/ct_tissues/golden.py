"""The golden volume: a synthetic torso, and its masks by construction.

The expected masks come from the geometry below, not from a run of the model, so the self-test compares two independent
methods.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from package_files import write_golden

SPACING_MM = (4.0, 4.0, 5.0)
SIZE = (80, 60, 40)
ORIGIN_LPS = (-158.0, -118.0, 0.0)

AIR, LUNG, FAT, SOFT, SPONGY, CORTEX, METAL = -1000, -850, -100, 40, 300, 700, 3000


def coordinates() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """LPS mm of every voxel centre, each of shape [slices, rows, columns]."""
    x, y, z = (origin + step * np.arange(n) for origin, step, n in zip(ORIGIN_LPS, SPACING_MM, SIZE, strict=True))
    grid_z, grid_y, grid_x = np.meshgrid(z, y, x, indexing="ij")
    return grid_x, grid_y, grid_z


def torso() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """HU as int16 [slices, rows, columns], and the true mask of every target in it."""
    x, y, z = coordinates()
    body = (x / 140) ** 2 + (y / 100) ** 2 <= 1
    muscle_wall = (x / 120) ** 2 + (y / 80) ** 2 <= 1

    def lung(side: int) -> np.ndarray:
        return ((x - side * 66) / 42) ** 2 + (y / 58) ** 2 + ((z - 130) / 55) ** 2 <= 1

    trachea = (x**2 + (y + 10) ** 2 <= 100) & (z >= 105)
    bronchi = (np.abs(x) <= 18) & ((y + 10) ** 2 + (z - 110) ** 2 <= 64)
    airways = trachea | bronchi
    bowel_gas = (x + 40) ** 2 + (y + 30) ** 2 + (z - 35) ** 2 <= 15**2
    from_spine = np.hypot(x, y - 50)
    metal = (x - 60) ** 2 + (y - 20) ** 2 + (z - 30) ** 2 <= 7**2

    hu = np.full(body.shape, AIR, np.int16)
    table = (np.abs(x) <= 150) & (y > 108) & (y <= 114)
    for mask, value in (
        (table, SOFT),
        (body, FAT),
        (muscle_wall, SOFT),
        (from_spine <= 20, CORTEX),
        (from_spine <= 12, SPONGY),
        (lung(1) | lung(-1), LUNG),
        (airways | bowel_gas, AIR),
        (metal, METAL),
    ):
        hu[mask] = value

    air_around = np.zeros_like(body)
    padded = np.pad(hu < -400, ((0, 0), (1, 1), (1, 1)), mode="edge")
    for dy in (0, 1, 2):
        for dx in (0, 1, 2):
            air_around |= padded[:, dy : dy + hu.shape[1], dx : dx + hu.shape[2]]
    return hu, {
        "body": body,
        "bone": body & (from_spine <= 20),
        "left-lung": lung(1),
        "right-lung": lung(-1),
        "airways": airways,
        "other-air": bowel_gas,
        # Fat next to air is taken for partial volume of skin and air.
        "fat": body & (hu == FAT) & ~air_around,
        "soft-tissue": body & (hu == SOFT),
        "dense-material": metal,
    }


def write_torso(folder: Path) -> None:
    """@param folder of the package"""
    hu, masks = torso()
    (dx, dy, dz), (ox, oy, oz) = SPACING_MM, ORIGIN_LPS
    matrix = [dx, 0, 0, ox, 0, dy, 0, oy, 0, 0, dz, oz, 0, 0, 0, 1]
    masks = {name: mask.transpose(2, 1, 0) for name, mask in masks.items()}
    write_golden(folder, hu.transpose(2, 1, 0), matrix, ("CT", "HU"), masks, name="torso", indent=2)
