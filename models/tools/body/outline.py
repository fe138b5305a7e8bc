"""The whole body: bent, stretched, and wrapped in fat."""

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional

from . import labels as l
from .fields import smooth_field
from .meshes import SPACING


def deform(labels: np.ndarray, origin: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A smooth deformation: chest deep or flat, diaphragm high or low, spine bent, pelvis wide or narrow."""
    shape = labels.shape
    coarse = [max(4, round(n / 10)) for n in shape]
    axes = [torch.linspace(0, n - 1, c) for n, c in zip(shape, coarse, strict=True)]
    x, y, z = torch.meshgrid(*axes, indexing="ij")
    mm = [origin[a] + SPACING * value for a, value in enumerate((x, y, z))]
    shift = torch.zeros(3, *coarse)
    for nodes_mm, most in ((140, 12), (70, 5.0), (36, 1.8)):
        field = smooth_field(random, tuple(coarse), nodes_mm / SPACING / 10, 3)
        shift += torch.from_numpy(field) * float(random.uniform(0, most))
    # Diaphragm and everything below it move up and down; chest, waist and pelvis change in width and depth.
    shift[2] += float(random.normal(0, 14)) * torch.exp(-(((mm[2] - 1130) / 110) ** 2))
    for middle in (820, 980, 1150, 1320):
        bell = torch.exp(-(((mm[2] - middle) / 110) ** 2))
        shift[0] += (mm[0]) * float(random.normal(0, 0.06)) * bell
        shift[1] += (mm[1] - 95) * float(random.normal(0, 0.08)) * bell
    shift[0] += float(random.normal(0, 8)) * torch.sin((mm[2] - 700) / random.uniform(120, 300) + random.uniform(0, 6))
    out = np.empty_like(labels)
    limits = torch.tensor(shape) - 1
    whole = torch.from_numpy(labels).reshape(-1)
    for start in range(0, shape[0], 24):
        stop = min(shape[0], start + 24)
        first, last = start / (shape[0] - 1) * (coarse[0] - 1), (stop - 1) / (shape[0] - 1) * (coarse[0] - 1)
        rows = torch.linspace(first, last, stop - start)
        below = rows.floor().long().clamp(max=coarse[0] - 2)
        share = (rows - below)[None, :, None, None]
        slab = shift[:, below] * (1 - share) + shift[:, below + 1] * share
        slab = functional.interpolate(
            slab.reshape(1, -1, *coarse[1:]), size=shape[1:], mode="bilinear", align_corners=True
        )
        slab = slab.reshape(3, stop - start, *shape[1:]) / SPACING
        at = []
        for axis, own in enumerate(
            (torch.arange(start, stop)[:, None, None], torch.arange(shape[1])[:, None], torch.arange(shape[2]))
        ):
            at.append((slab[axis] + own).round().long().clamp(0, int(limits[axis])))
        out[start:stop] = whole[(at[0] * shape[1] + at[1]) * shape[2] + at[2]].numpy()
    return out


def wrap_in_fat(labels: np.ndarray, origin: np.ndarray, random: np.random.Generator, woman: bool) -> np.ndarray:
    """A shell of fat around everything else: from 2 to 45 mm, thicker at the belly, breasts in women."""
    shape = labels.shape
    without = np.isin(labels, (l.AIR, l.SKIN_FAT))
    core = ~(without | np.isin(labels, l.ARMS))
    small = core[::2, ::2, ::2]
    # No label reaches the ends of the map in x and y, but the shell may: distances beyond the ends do not matter.
    away = ndimage.distance_transform_edt(~small).astype(np.float32) * 2 * SPACING
    axes = [origin[a] + 2 * SPACING * np.arange(n, dtype=np.float32) for a, n in enumerate(away.shape)]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    side = random.uniform(2, 9) if random.random() < 0.35 else random.uniform(6, 45)
    thick = side * (1 + 0.15 * smooth_field(random, away.shape, 12, 1)[0])
    front = 1 / (1 + np.exp(-(y - 105) / 15))
    thick = thick + random.uniform(0, 30) * np.exp(-(((z - 930) / 130) ** 2)) * front
    thick = thick + random.uniform(0, 20) * np.exp(-(((z - 850) / 90) ** 2)) * (1 - front)
    thick = thick * np.where(z > 1380, np.clip(1 - (z - 1380) / 90, 0.25, 1), 1)
    glands = np.zeros(away.shape, bool)
    if woman:
        bulge = random.uniform(10, 75)
        for middle in (-85, 85):
            lump = np.exp(-(((x - middle) / 55) ** 2) - ((z - 1215 + bulge / 2) / 60) ** 2) * front
            thick = thick + bulge * lump
            glands |= (
                (lump > 0.55)
                & (away < 0.8 * bulge * lump)
                & (smooth_field(random, away.shape, 4, 1)[0] > random.uniform(-1, 1.5))
            )
    fat = (away <= thick).repeat(2, 0).repeat(2, 1).repeat(2, 2)[: shape[0], : shape[1], : shape[2]]
    glands = (glands & (away > 4)).repeat(2, 0).repeat(2, 1).repeat(2, 2)[: shape[0], : shape[1], : shape[2]]
    labels[without] = l.AIR
    labels[without & fat] = l.SKIN_FAT
    labels[without & fat & glands] = l.BREAST_GLAND
    return labels
