"""Brightness of each label: like T1, by tissue groups, random, or like CT."""

from dataclasses import dataclass

import torch

from .chance import Chance
from .label_maps import LabelSet

CSF_IDS = (14, 15, 24, 72, 4, 5, 136, 137)
GREY_IDS = (3, 8, 10, 11, 12, 17, 18, 26)
WHITE_IDS = (2, 7, 13, 16, 25, 28)
FIRST_EXTRACEREBRAL_ID, LAST_EXTRACEREBRAL_ID = 502, 530

CONTRASTS = ("t1", "grouped", "free", "ct")


@dataclass(frozen=True)
class Contrast:
    """mean, spread  float32 [labels], on the chance's device: mean and standard deviation of every label, 255 for white
    ceiling       brighter values are clipped, after averaging partial volumes; None keeps them
    """

    mean: torch.Tensor
    spread: torch.Tensor
    ceiling: float | None


def random_contrast(chance: Chance, labels: LabelSet, progress: float) -> Contrast:
    """The curriculum leads from almost only T1 to all contrasts: with fully random contrasts from the start the
    prototype did not learn.

    At its end T1 has a smaller share than in practice: with a third of the images the run was 0.06 to 0.08 Dice better
    on T1 than on T2, FLAIR, PD and CT of the same heads (contrast_invariance.py).

    @param progress 0 at the start of the curriculum, 1 at its end; CT is added from its middle
    """
    ct = 0.3 * max(0.0, progress - 0.5)
    t1, free = 0.85 - 0.55 * progress - 0.5 * ct, 0.03 + 0.22 * progress - 0.25 * ct
    kind = CONTRASTS[int(chance.scalars.choice(4, p=(t1, 1 - t1 - free - ct, free, ct)))]
    return contrast_of(kind, chance, labels, progress)


def contrast_of(kind: str, chance: Chance, labels: LabelSet, progress: float) -> Contrast:
    if kind == "ct":
        mean, spread = _ct(chance, labels)
        return Contrast(mean.clamp(min=0).to(chance.device), spread.to(chance.device), 255.0)
    draw = {"t1": _t1, "grouped": _grouped, "free": _free}[kind]
    mean, spread = draw(chance, labels, progress)
    if kind == "t1" or chance.happens(0.8):
        mean[0] = chance.uniform(0, 8)
        spread[0] = chance.uniform(0, 5)
    return Contrast(mean.clamp(0, 255).to(chance.device), spread.clamp(min=0).to(chance.device), None)


def _normals(chance: Chance, count: int) -> torch.Tensor:
    return torch.tensor(chance.scalars.normal(size=count), dtype=torch.float32)


def _uniforms(chance: Chance, count: int, high: float) -> torch.Tensor:
    return torch.tensor(chance.scalars.uniform(0, high, count), dtype=torch.float32)


def _t1(chance: Chance, labels: LabelSet, progress: float):
    """The prior's spread over subjects is mostly a global scale, so one number is shared and only part of it is drawn
    per tissue.
    """
    rows = labels.t1_mean.shape[1]
    shared = chance.normal(0.7)
    own = chance.uniform(0.1, 0.4 + 0.4 * progress)
    mean = labels.t1_mean[0] + labels.t1_mean[1] * (shared + own * _normals(chance, rows))
    spread = labels.t1_spread[0] + labels.t1_spread[1] * 0.3 * shared
    count = len(labels.ids)
    label_mean = mean[labels.t1_class] + (_normals(chance, count) * chance.uniform(0, 5))[labels.intensity_partner]
    label_spread = spread[labels.t1_class] * chance.uniform(0.2, 0.8)
    if chance.happens(0.3):
        _randomise_surroundings(chance, labels, label_mean)
    return label_mean, label_spread


def _randomise_surroundings(chance: Chance, labels: LabelSet, mean: torch.Tensor) -> None:
    for n, label in enumerate(labels.ids):
        if FIRST_EXTRACEREBRAL_ID <= label <= LAST_EXTRACEREBRAL_ID:
            mean[n] = chance.uniform(0, 255)


def _grouped(chance: Chance, labels: LabelSet, progress: float):
    """Cerebrospinal fluid, grey and white matter in any order, with their parts close together: T2, FLAIR, PD and
    everything between.
    """
    count = len(labels.ids)
    mean, spread = _uniforms(chance, count, 255), _uniforms(chance, count, 20)
    within = chance.uniform(2, 18)
    for ids in (CSF_IDS, GREY_IDS, WHITE_IDS):
        members = torch.tensor([labels.ids.index(i) for i in ids])
        mean[members] = chance.uniform(0, 255) + within * _normals(chance, len(ids))
        spread[members] = chance.uniform(0, 20)
    return mean[labels.intensity_partner], spread[labels.intensity_partner]


def _free(chance: Chance, labels: LabelSet, progress: float):
    count = len(labels.ids)
    return _uniforms(chance, count, 255)[labels.intensity_partner], _uniforms(chance, count, 25)[
        labels.intensity_partner
    ]


AIR_HU = -1000.0
EYE_IDS, MUCOSA_IDS, SKULL_IDS, SKIN_IDS = (506,), (509,), (515, 516), (511,)


def _ct(chance: Chance, labels: LabelSet):
    """Hounsfield units of tissues in a head window; bone is far beyond it, so a voxel with half bone is still white.

    8 HU for fluid, 28 for white and 36 for grey matter, 300 up for bone (Bushberg et al., The Essential Physics of
    Medical Imaging).
    """
    count = len(labels.ids)
    hu = torch.tensor(chance.scalars.uniform(-110, 70, count), dtype=torch.float32)
    white = chance.uniform(23, 32)
    values = [
        (WHITE_IDS, white, 2.0),
        (GREY_IDS, white + chance.uniform(5, 12), 1.5),
        (CSF_IDS, chance.uniform(2, 14), 2.0),
        (EYE_IDS, chance.uniform(0, 20), 2.0),
        (MUCOSA_IDS, chance.uniform(-150, 50), 5.0),
        (SKIN_IDS, chance.uniform(-30, 60), 5.0),
        (SKULL_IDS, chance.uniform(350, 1100), 80.0),
    ]
    for ids, mean, deviation in values:
        members = torch.tensor([labels.ids.index(i) for i in ids if i in labels.ids])
        hu[members] = mean + deviation * _normals(chance, len(members))
    hu[0] = AIR_HU
    low, high = chance.uniform(-60, -25), chance.uniform(80, 125)
    spread = (2 + _uniforms(chance, count, 6)) / (high - low) * 255
    return ((hu - low) / (high - low) * 255)[labels.intensity_partner], spread[labels.intensity_partner]
