"""One body from an anatomy: organs are exchanged one by one, then the whole body is deformed."""

from dataclasses import dataclass

import numpy as np

from . import labels as l
from .changes import calcify, effusion, erect_back, fill_colon, fill_with_bowel, grow, liver_masses
from .fluid_and_masses import ascites, hydronephrosis, masses, medulla
from .organs import exchange_organs
from .outline import deform, wrap_in_fat
from .shapes import ORGANS, Anatomy


@dataclass(frozen=True)
class Body:
    """labels  uint8 [x, y, z] at 2 mm, RAS
    origin  of the first voxel, mm
    """

    labels: np.ndarray
    origin: np.ndarray


def build_body(anatomy: Anatomy, seed: tuple[int, ...]) -> Body:
    """The body of a seed; the same seed gives the same body."""
    random = np.random.default_rng(seed)
    labels = anatomy.map.copy()
    woman = bool(random.random() < 0.5)
    if woman:
        labels[np.isin(labels, ORGANS["prostate"])] = l.INNER_FAT
        labels[labels == 113] = l.AIR
    exchange_organs(labels, anatomy, random, woman)
    erect_back(labels, anatomy.origin, random)
    grow(labels, random)
    liver_masses(labels, random)
    fill_with_bowel(labels, random)
    fill_colon(labels, random)
    if random.random() < 0.18:
        hydronephrosis(labels, random)
    medulla(labels, random)
    if random.random() < 0.25:
        masses(labels, random)
    if random.random() < 0.2:
        ascites(labels, random)
    if random.random() < 0.12:
        effusion(labels, random)
    if random.random() < 0.4:
        calcify(labels, random)
    if random.random() < 0.75:
        labels[np.isin(labels, l.ARMS)] = l.AIR
    labels = deform(labels, anatomy.origin, random)
    return Body(wrap_in_fat(labels, anatomy.origin, random, woman), anatomy.origin)
