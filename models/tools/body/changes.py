"""Variations of the man of the meshes: muscles and vessels grow; bowel, masses, fluid, calcium are added."""

import numpy as np
from scipy import ndimage

from . import labels as l
from .fields import smooth_field
from .meshes import SPACING
from .organs import bounds_of

GROWTHS: tuple[tuple[tuple[int, ...], float, tuple[int, ...]], ...] = (
    ((12,), 14, (1, 2)), ((13,), 14, (1, 2)), ((14,), 4, (1, 2)), ((15,), 4, (1, 2)), ((8,), 8, (1, 2)),
    ((9,), 8, (1, 2)), ((10,), 5, (2, 7)), ((11,), 5, (2, 7)), ((40,), 3.5, (2, 7, 101, 102, 45, 46)),
    ((39,), 4, (2, 7, 46)), ((35,), 4, (2, 7, 114, 45)),
    ((38,), 3, (2, 114)), ((43,), 2.5, (2, 3)), ((44,), 2.5, (2, 3)), ((100,), 4, (2, 114)), ((36,), 3, (114, 2)),
)  # fmt: skip
"""Labels that grow, their maximum growth (mm), and the labels that they replace: the man of the meshes is slim, with
thin vessels."""


def grow(labels: np.ndarray, random: np.random.Generator) -> None:
    sides = random.uniform(0, 1, len(GROWTHS))
    sides[1], sides[3], sides[5], sides[7] = sides[0], sides[2], sides[4], sides[6]
    for (ids, most, over), share in zip(GROWTHS, sides, strict=True):
        _dilate(labels, ids, most * share, over)
    if random.random() < 0.5:
        for bone in (*range(60, 84), 85, 86):
            _dilate(labels, (bone,), random.uniform(0, 2.1), (1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, l.MEDIASTINUM))


def _dilate(labels: np.ndarray, ids: tuple[int, ...], radius: float, over: tuple[int, ...]) -> None:
    box = bounds_of(labels, ids)
    if box is None or radius < SPACING:
        return
    box = tuple(slice(max(0, s.start - 9), s.stop + 9) for s in box)
    part = labels[box]
    own = np.isin(part, ids)
    near = ndimage.distance_transform_edt(~own) * SPACING <= radius
    part[near & np.isin(part, over)] = ids[0]


def erect_back(labels: np.ndarray, origin: np.ndarray, random: np.random.Generator) -> None:
    """Below the ribs the deep muscles of the back reach the fascia. The map has a band of other muscle behind them, up
    to 10 mm thick, which a network learned as normal.
    """
    if random.random() < 0.15:
        return
    below = slice(0, max(0, int((random.uniform(1090, 1190) - origin[2]) / SPACING)))
    for side in (8, 9):
        part = labels[:, :, below]
        behind = np.maximum.accumulate((part == side)[:, ::-1], axis=1)[:, ::-1]
        part[behind & (part == l.MUSCLE)] = side


def liver_masses(labels: np.ndarray, random: np.random.Generator) -> None:
    if random.random() < 0.7:
        return
    liver = np.argwhere(labels == 47)
    for _ in range(random.integers(1, 5)):
        if len(liver) == 0:
            return
        largest = 32 if random.random() < 0.8 else 65
        centre, radius = liver[random.integers(len(liver))], random.uniform(5, largest) / SPACING
        low = np.maximum(0, centre - int(radius) - 2)
        part = labels[tuple(slice(a, b) for a, b in zip(low, centre + int(radius) + 3, strict=True))]
        away = np.linalg.norm(np.indices(part.shape) - (centre - low)[:, None, None, None], axis=0)
        part[(away + smooth_field(random, part.shape, 4, 1)[0] * 2 < radius) & (part == 47)] = l.LIVER_MASS


def fill_with_bowel(labels: np.ndarray, random: np.random.Generator) -> None:
    """The bowel of the meshes is a thin curtain. In the space around it, the thickened zero surface of a smooth random
    field makes loops.
    """
    box = bounds_of(labels, (l.BOWEL_ROOM,))
    if box is None or random.random() < 0.1:
        return
    part = labels[box]
    size, width = random.uniform(16, 30), random.uniform(0.2, 0.9)
    field = np.abs(smooth_field(random, part.shape, size / SPACING, 1)[0])
    room = part == l.BOWEL_ROOM
    part[room & (field < width)] = l.BOWEL_WALL
    part[room & (field < width * 0.62)] = l.BOWEL_CONTENT


def fill_colon(labels: np.ndarray, random: np.random.Generator) -> None:
    """The colon of the meshes is a smooth, wide tube: it gets haustra, is filled by up to 24 mm more on all sides in
    some parts, and empty in others.
    """
    colon = (l.COLON_WALL, l.COLON_CONTENT)
    box = bounds_of(labels, colon)
    if box is None:
        return
    box = tuple(slice(max(0, s.start - 25), s.stop + 25) for s in box)
    part = labels[box]
    own = np.isin(part, colon)
    room = np.isin(part, (l.INNER_FAT, l.BOWEL_ROOM, l.BOWEL_WALL, l.BOWEL_CONTENT))
    away = ndimage.distance_transform_edt(~own)
    # The nearest voxel outside the colon touches its box.
    around = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in bounds_of(own, (True,)))
    away[around] -= ndimage.distance_transform_edt(own[around])
    away *= SPACING
    filled = random.uniform(-8, 12) if random.random() < 0.75 else random.uniform(12, 20)
    parts = random.uniform(0, 7) * smooth_field(random, part.shape, 70 / SPACING, 1)[0]
    haustra = (1 + 0.5 * smooth_field(random, part.shape, 12, 1)[0]).clip(0.3, 2)
    most = np.clip(filled + parts, -9, 24)
    wide = (own | room) & (away <= np.where(most > 0, most * haustra, most))
    part[own & ~wide] = l.INNER_FAT
    # The wall is one voxel thick, and none is where the box ends.
    part[wide] = l.COLON_WALL
    part[ndimage.binary_erosion(wide, border_value=1)] = l.COLON_CONTENT


def effusion(labels: np.ndarray, random: np.random.Generator) -> None:
    """Fluid behind and below a lung."""
    for lobes in ((21, 22), (23, 24, 25)):
        lung = np.isin(labels, lobes)
        if random.random() < 0.4 or not lung.any():
            continue
        places = np.argwhere(lung)
        depth = places[:, 1] + 0.35 * places[:, 2]
        reached = places[depth < np.quantile(depth, random.uniform(0.03, 0.4))]
        labels[tuple(reached.T)] = l.EFFUSION


def calcify(labels: np.ndarray, random: np.random.Generator) -> None:
    """Plaques along the wall of the aorta and the iliac arteries."""
    box = bounds_of(labels, (35,))
    if box is None:
        return
    part = labels[box]
    aorta = part == 35
    wall = aorta & (ndimage.distance_transform_edt(aorta) * SPACING <= 2.9)
    part[wall & (smooth_field(random, part.shape, 5, 1)[0] > random.uniform(0.4, 1.6))] = l.CALCIFICATION
