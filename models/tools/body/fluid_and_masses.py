"""Pathology that fills or displaces abdominal organs: ascites, masses and cysts outside them, obstructed kidneys."""

import numpy as np
from scipy import ndimage

from . import labels as l
from .fields import smooth_field
from .meshes import SPACING
from .organs import bounds_of

BOWEL = (l.BOWEL_ROOM, l.BOWEL_WALL, l.BOWEL_CONTENT)
PERITONEAL = (*BOWEL, l.COLON_WALL, l.COLON_CONTENT, 47, l.LIVER_MASS, 48, 49, 55, 56)
BEHIND_THE_PERITONEUM = (10, 11, 35, 39, 50, 51, 52, 53, l.SINUS_LEFT, l.SINUS_RIGHT)
RINSED = ((47, 12.0), (49, 8.0))
"""Liver and spleen, and the maximum rim (mm) of fluid that replaces them at the wall."""
FIXED = (
    l.AIR, l.SKIN_FAT, l.MUSCLE, l.ARM_MUSCLE, l.ARM_FAT, *range(8, 26), *range(28, 40), *range(60, 100),
    *range(60 + l.MARROW, 100 + l.MARROW), 110, 113, l.MEDIASTINUM, l.BREAST_GLAND, *range(120, 124),
)  # fmt: skip
"""Labels that a mass neither replaces nor moves: walls, bones, muscles, great vessels, the chest."""


def ascites(labels: np.ndarray, random: np.random.Generator) -> None:
    """Fluid around liver, spleen and bowel: up to a level in a patient on his back, or everywhere."""
    box = bounds_of(labels, PERITONEAL)
    if box is None:
        return
    part = labels[box]
    near = _within(np.isin(part, PERITONEAL), 14)
    behind = _within(np.isin(part, BEHIND_THE_PERITONEUM), 12)
    room = (part == l.BOWEL_ROOM) | ((part == l.INNER_FAT) & near & ~behind)
    mesentery = smooth_field(random, part.shape, 22 / SPACING, 1)[0] > random.uniform(0, 1.6)
    rim = random.uniform(0.2, 1) * np.clip(0.7 + 0.5 * smooth_field(random, part.shape, 50 / SPACING, 1)[0], 0, 1)
    fluid = room & ~(mesentery & (part == l.BOWEL_ROOM))
    for organ, widest in RINSED:
        own = part == organ
        fluid |= own & (ndimage.distance_transform_edt(own) * SPACING <= widest * rim)
    heights = np.nonzero(fluid)[1]
    if len(heights) and random.random() < 0.5:
        level = np.quantile(heights, random.uniform(0.2, 0.9))
        fluid[:, int(level) :] = False
    part[fluid] = l.ASCITES


def masses(labels: np.ndarray, random: np.random.Generator) -> None:
    """One to three tumours or cysts outside the organs, of 15 to 80 mm radius, that displace their surroundings."""
    for _ in range(1 + int(random.random() < 0.25) + int(random.random() < 0.1)):
        mass(labels, random, radius=float(np.exp(random.uniform(np.log(15), np.log(80)))))


def mass(labels: np.ndarray, random: np.random.Generator, radius: float) -> None:
    """@param radius mm"""
    belly = bounds_of(labels, (*BOWEL, 50, 51, 105, 106))
    if belly is None:
        return
    places = np.argwhere(np.isin(labels[belly], (*BOWEL, l.INNER_FAT)))
    if len(places) == 0:
        return
    centre = places[random.integers(len(places))] + [s.start for s in belly]
    radii = radius * random.uniform(0.75, 1.25, 3) / SPACING
    reach = np.ceil(2 * 1.3 * radii).astype(int)
    low, high = np.maximum(0, centre - reach), np.minimum(labels.shape, centre + reach + 1)
    part = labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    offset = np.moveaxis(np.indices(part.shape, dtype=np.float32), 0, -1) - (centre - low).astype(np.float32)
    lobes = 1 + 0.12 * smooth_field(random, part.shape, max(4.0, radius / 2 / SPACING), 1)[0].clip(-2, 2)
    away = np.linalg.norm(offset / radii.astype(np.float32), axis=-1) * lobes
    inside, around = away < 1, (away >= 1) & (away < 2)
    # Tissue between the centre and twice the radius moves to between the radius and twice the radius.
    share = np.where(around, 2 * (away - 1) / np.maximum(away, 1e-6), 1)[..., None]
    source = np.round(offset * share + (centre - low)).astype(int).clip(0, np.array(part.shape) - 1)
    moved = part[source[..., 0], source[..., 1], source[..., 2]]
    moved[np.isin(moved, FIXED)] = l.INNER_FAT
    is_cyst = random.random() < 0.4
    necrosis = random.uniform(0.3, 0.85) if random.random() < 0.4 else 0.0
    moved[inside] = l.CYST if is_cyst else l.MASS
    moved[away < necrosis] = l.CYST
    movable = (inside | around) & ~np.isin(part, FIXED)
    part[movable] = moved[movable]


def medulla(labels: np.ndarray, random: np.random.Generator) -> None:
    """The pyramids of the kidneys, darker than the cortex while the contrast medium arrives."""
    for kidney, pyramids in ((50, l.MEDULLA_LEFT), (51, l.MEDULLA_RIGHT)):
        box = _around(labels, (kidney,), 6)
        if box is None:
            continue
        part = labels[box]
        whole = np.isin(part, (kidney, l.SINUS_LEFT, l.SINUS_RIGHT))
        depth = ndimage.distance_transform_edt(whole) * SPACING
        columns = smooth_field(random, part.shape, 13 / SPACING, 1)[0] < -0.35
        part[(part == kidney) & (depth > random.uniform(5, 9)) & ~columns] = pyramids


def hydronephrosis(labels: np.ndarray, random: np.random.Generator) -> None:
    """Urine widens the pelvis and the calyces of a kidney; a shell of its cortex is left."""
    for kidney, sinus, pelvis in ((50, l.SINUS_LEFT, l.PELVIS_LEFT), (51, l.SINUS_RIGHT, l.PELVIS_RIGHT)):
        if random.random() < 0.4:
            continue
        box = _around(labels, (kidney, sinus), 10)
        if box is None:
            continue
        part = labels[box]
        own = part == sinus
        if not own.any():
            continue
        uneven = 1 + 0.3 * smooth_field(random, part.shape, 12 / SPACING, 1)[0]
        away = ndimage.distance_transform_edt(~own) * SPACING
        depth = ndimage.distance_transform_edt((part == kidney) | own) * SPACING
        calyces = (part == kidney) & (away < random.uniform(2, 14) * uneven) & (depth > random.uniform(3, 7))
        outside = (part == l.INNER_FAT) & (away < random.uniform(0, 9) * uneven)
        part[own | calyces | outside] = pelvis


def _within(mask: np.ndarray, mm: float) -> np.ndarray:
    """The voxels within a distance of the mask, computed on every other voxel."""
    away = ndimage.distance_transform_edt(~mask[::2, ::2, ::2]) * 2 * SPACING
    near = (away <= mm).repeat(2, 0).repeat(2, 1).repeat(2, 2)
    return near[: mask.shape[0], : mask.shape[1], : mask.shape[2]]


def _around(labels: np.ndarray, ids: tuple[int, ...], voxels: int) -> tuple[slice, ...] | None:
    box = bounds_of(labels, ids)
    return box and tuple(slice(max(0, s.start - voxels), s.stop + voxels) for s in box)
