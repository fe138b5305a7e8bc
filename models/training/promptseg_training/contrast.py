"""How bright each label is: T1-like, by tissue groups, or anyhow."""

import torch

from .chance import Chance
from .label_maps import LabelSet

CSF_IDS = (14, 15, 24, 72, 4, 5, 136, 137)
GREY_IDS = (3, 8, 10, 11, 12, 17, 18, 26)
WHITE_IDS = (2, 7, 13, 16, 25, 28)
FIRST_EXTRACEREBRAL_ID, LAST_EXTRACEREBRAL_ID = 502, 530

CONTRASTS = ("t1", "grouped", "free")


def random_contrast(chance: Chance, labels: LabelSet, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation (0–255) of every label, both float32 [labels] on the chance's device.

    The curriculum goes from nearly only T1 to all kinds: fully random contrasts from the start kept the prototype from learning.

    @param progress 0 at the start of the curriculum, 1 at its end
    """
    shares = (0.85 - 0.45 * progress, 0.12 + 0.23 * progress, 0.03 + 0.22 * progress)
    kind = CONTRASTS[int(chance.scalars.choice(3, p=shares))]
    return contrast_of(kind, chance, labels, progress)


def contrast_of(kind: str, chance: Chance, labels: LabelSet, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
    draw = {"t1": _t1, "grouped": _grouped, "free": _free}[kind]
    mean, spread = draw(chance, labels, progress)
    if kind == "t1" or chance.happens(0.8):
        mean[0] = chance.uniform(0, 8)
        spread[0] = chance.uniform(0, 5)
    return mean.clamp(0, 255).to(chance.device), spread.clamp(min=0).to(chance.device)


def _normals(chance: Chance, count: int) -> torch.Tensor:
    return torch.tensor(chance.scalars.normal(size=count), dtype=torch.float32)


def _uniforms(chance: Chance, count: int, high: float) -> torch.Tensor:
    return torch.tensor(chance.scalars.uniform(0, high, count), dtype=torch.float32)


def _t1(chance: Chance, labels: LabelSet, progress: float):
    """The prior's spread over subjects is mostly a global scale, so that one number is shared and only a part of it is drawn per tissue."""
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
    """Cerebrospinal fluid, grey and white matter in any order, their parts near one another: T2, FLAIR, PD and what lies between."""
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
    return _uniforms(chance, count, 255)[labels.intensity_partner], _uniforms(chance, count, 25)[labels.intensity_partner]
