"""Exchanges organs one by one: another shape or size, turned, moved and bent, or left out."""

import numpy as np
from scipy import ndimage

from . import labels as l
from .adults import VOLUMES
from .fields import rotation, smooth_field
from .meshes import SPACING
from .shapes import ORGANS, Anatomy, Shape

SOFT = (1, 2, 3, 4, 7, 40, 45, 46, 48, 52, 53, 54, 57, 101, 102, 103, 104, 109, 112, l.MEDIASTINUM)
"""Labels that an inserted organ may overwrite."""
UNDER_THE_DOME = (*l.LUNGS, l.DIAPHRAGM, *range(120, 124))
MOVES: dict[str, float] = {
    "liver": 7, "spleen": 10, "left kidney": 10, "right kidney": 10, "stomach": 12, "gallbladder": 8, "pancreas": 8,
    "duodenum": 8, "bladder": 6, "prostate": 3, "heart": 6, "left adrenal": 5, "right adrenal": 5, "thyroid": 3,
}  # fmt: skip
"""Standard deviation of an organ's shift along each axis, mm."""
MISSING: dict[str, float] = {
    "gallbladder": 0.12,
    "spleen": 0.03,
    "left kidney": 0.03,
    "right kidney": 0.03,
    "stomach": 0.02,
}
"""How often an organ is removed."""
DOMED = ("liver", "spleen", "stomach", "heart")
"""Organs whose space is filled by their neighbours instead of fat: there is no fat between liver and lung."""
HOLE_FILLERS = (*l.LUNGS, l.INNER_FAT, l.BOWEL_ROOM, l.MUSCLE, l.MEDIASTINUM)


def exchange_organs(labels: np.ndarray, anatomy: Anatomy, random: np.random.Generator, woman: bool) -> None:
    centres = {name: shapes[0].centre for name, shapes in anatomy.organs.items()}
    if "uterus" in centres:
        centres["uterus"] = centres["bladder"] + np.array([random.normal(0, 6), -28, 28], np.float32)
    common = random.normal(0, [3, 4, 8]).astype(np.float32)
    absent = ("prostate",) if woman else ("uterus",)
    names = [name for name in anatomy.organs if name not in absent]
    for name in random.permutation(names):
        old = bounds_of(labels, ORGANS.get(name, ()))
        missing = random.random() < MISSING.get(name, 0.08 if name == "uterus" else 0)
        shapes = anatomy.organs[name]
        shape = shapes[0] if random.random() < 0.5 else shapes[random.integers(len(shapes))]
        centre = centres[name] + random.normal(0, MOVES.get(name, 6), 3).astype(np.float32)
        if name in ("liver", "spleen", "stomach", "left kidney", "right kidney", "gallbladder", "pancreas", "duodenum"):
            centre = centre + common
        scale = (VOLUMES[name].draw(random) / shape.millilitres) ** (1 / 3)
        new = None if missing else _placed(shape, centre, scale, random)
        _exchange(labels, anatomy.origin, name, old, new)


def bounds_of(labels: np.ndarray, ids: tuple[int, ...]) -> tuple[slice, ...] | None:
    """The box of the voxels with one of these labels, or None if there are none."""
    mask = np.zeros(labels.shape, bool)
    for label in ids:
        mask |= labels == label
    box = []
    for axis in range(3):
        along = np.flatnonzero(mask.any(tuple(other for other in range(3) if other != axis)))
        if len(along) == 0:
            return None
        box.append(slice(int(along[0]), int(along[-1]) + 1))
        # What is outside the box so far need not be searched again.
        mask = mask[(slice(None),) * axis + (box[-1],)]
    return tuple(box)


def _placed(shape: Shape, centre: np.ndarray, scale: float, random: np.random.Generator) -> Shape:
    """The shape turned by about 8 degrees, scaled, bent by a few mm, with its centre at a place."""
    stretch = scale * np.exp(random.normal(0, 0.08, 3))
    stretch *= scale / np.prod(stretch) ** (1 / 3)
    turn = rotation(random.normal(0, np.radians(8), 3))
    reach = np.linalg.norm(np.array(shape.labels.shape) * SPACING * stretch) / 2 + 8
    low = np.floor((centre - reach) / SPACING) * SPACING
    size = np.full(3, int(2 * reach / SPACING) + 2)
    axes = [low[a] + SPACING * np.arange(size[a], dtype=np.float32) for a in range(3)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), -1).astype(np.float32)
    bend = smooth_field(random, tuple(size), 30 / SPACING, 3) * random.uniform(0, 4)
    source = ((places - centre) @ turn) / stretch.astype(np.float32) + shape.centre + np.moveaxis(bend, 0, -1)
    at = np.round((source - shape.origin) / SPACING).astype(np.int32)
    inside = ((at >= 0) & (at < shape.labels.shape)).all(-1)
    at = at.clip(0, np.array(shape.labels.shape) - 1)
    return Shape(np.where(inside, shape.labels[at[..., 0], at[..., 1], at[..., 2]], 0), low, centre)


def _exchange(
    labels: np.ndarray, origin: np.ndarray, name: str, old: tuple[slice, ...] | None, new: Shape | None
) -> None:
    """Replaces the organ by the new shape and fills the remaining space."""
    ids = ORGANS.get(name, ())
    if old is not None:
        box = tuple(slice(max(0, s.start - 14), s.stop + 14) for s in old)
        part = labels[box]
        hole = np.isin(
            part, (*ids, l.SINUS_LEFT if name == "left kidney" else l.SINUS_RIGHT) if name.endswith("kidney") else ids
        )
        if name in DOMED:
            fillers = np.isin(part, HOLE_FILLERS)
            nearest = ndimage.distance_transform_edt(~fillers, return_distances=False, return_indices=True)
            part[hole] = part[tuple(nearest)][hole]
        else:
            part[hole] = l.INNER_FAT
    if new is None:
        return
    start = np.round((new.origin - origin) / SPACING).astype(int)
    first, last = start.clip(0), np.minimum(start + new.labels.shape, labels.shape)
    target = labels[tuple(slice(a, b) for a, b in zip(first, last, strict=True))]
    cut = new.labels[tuple(slice(a - s, b - s) for a, b, s in zip(first, last, start, strict=True))]
    over = np.isin(target, (*SOFT, *UNDER_THE_DOME) if name in DOMED else SOFT)
    put = (cut > 0) & over
    target[put] = cut[put]
