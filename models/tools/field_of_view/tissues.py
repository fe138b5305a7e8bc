"""Brightness of every label, of bodies and of heads, for one kind of image: CT, contrasts of MR, PET."""

from dataclasses import dataclass

import numpy as np

from body import labels as l
from body.hounsfield import draw_brightness
from training.label_maps import LabelSet

from .subjects import HEAD_LABELS

KINDS = ("ct", "t1", "t2", "flair", "other-mr", "pet", "other")
"""The last one: no body."""

TISSUES = (
    "air fat muscle skin cortex marrow fluid grey white blood lung liver spleen kidney pancreas gut content urine "
    "gland cartilage eye mucosa heart brain soft cord"
).split()
AT = {name: number for number, name in enumerate(TISSUES)}

# Relative brightness in magnetic resonance: low, high.
T1 = {
    "air": (0, 0.03), "fat": (0.75, 1.1), "muscle": (0.28, 0.45), "skin": (0.3, 0.8), "cortex": (0.02, 0.12),
    "marrow": (0.4, 0.95), "fluid": (0.08, 0.2), "grey": (0.38, 0.47), "white": (0.55, 0.66), "blood": (0.05, 0.85),
    "lung": (0.02, 0.1), "liver": (0.42, 0.6), "spleen": (0.3, 0.42), "kidney": (0.3, 0.5), "pancreas": (0.4, 0.6),
    "gut": (0.25, 0.5), "content": (0.1, 0.6), "urine": (0.08, 0.2), "gland": (0.3, 0.5), "cartilage": (0.2, 0.4),
    "eye": (0.1, 0.22), "mucosa": (0.25, 0.55), "heart": (0.3, 0.5), "brain": (0.45, 0.55), "soft": (0.25, 0.6),
    "cord": (0.45, 0.6),
}  # fmt: skip
T2 = {
    "air": (0, 0.03), "fat": (0.4, 0.8), "muscle": (0.12, 0.25), "skin": (0.15, 0.5), "cortex": (0.02, 0.1),
    "marrow": (0.3, 0.6), "fluid": (0.85, 1.1), "grey": (0.48, 0.6), "white": (0.32, 0.42), "blood": (0.05, 0.6),
    "lung": (0.02, 0.1), "liver": (0.18, 0.35), "spleen": (0.4, 0.6), "kidney": (0.45, 0.7), "pancreas": (0.3, 0.5),
    "gut": (0.25, 0.5), "content": (0.3, 1), "urine": (0.85, 1.1), "gland": (0.4, 0.8), "cartilage": (0.2, 0.5),
    "eye": (0.8, 1.05), "mucosa": (0.6, 0.95), "heart": (0.2, 0.4), "brain": (0.42, 0.5), "soft": (0.2, 0.6),
    "cord": (0.3, 0.45),
}  # fmt: skip
FLAIR = T2 | {
    "fluid": (0.05, 0.2), "urine": (0.05, 0.2), "eye": (0.05, 0.2), "grey": (0.5, 0.6), "white": (0.4, 0.49),
    "brain": (0.45, 0.55), "cord": (0.4, 0.5), "blood": (0.05, 0.4),
}  # fmt: skip
# Uptake of a sugar.
PET = {
    "air": (0, 0.02), "fat": (0.2, 0.5), "muscle": (0.4, 0.9), "skin": (0.3, 0.8), "cortex": (0.3, 0.8),
    "marrow": (0.7, 1.6), "fluid": (0.5, 1.5), "grey": (7, 14), "white": (3, 5), "blood": (1, 2), "lung": (0.2, 0.6),
    "liver": (1.7, 3), "spleen": (1.4, 2.4), "kidney": (2, 6), "pancreas": (1, 2), "gut": (0.8, 3),
    "content": (0.5, 2.5), "urine": (4, 40), "gland": (0.8, 2), "cartilage": (0.3, 0.8), "eye": (0.5, 2),
    "mucosa": (1, 3), "heart": (1, 10), "brain": (6, 12), "soft": (0.5, 1.5), "cord": (1, 2),
}  # fmt: skip
# Hounsfield units of heads.
CT_HEAD = {
    "air": (-1000, -1000), "muscle": (40, 65), "skin": (-20, 60), "cortex": (700, 1400), "marrow": (250, 700),
    "fluid": (2, 14), "grey": (33, 42), "white": (24, 32), "blood": (40, 75), "eye": (0, 25), "mucosa": (-400, 40),
    "soft": (-60, 50), "cord": (25, 45),
}  # fmt: skip

_BODY = {
    "fat": (l.SKIN_FAT, l.INNER_FAT, l.BOWEL_ROOM, l.ARM_FAT, l.SINUS_LEFT, l.SINUS_RIGHT, 109),
    "muscle": (l.MUSCLE, l.ARM_MUSCLE, 8, 9, 10, 11, 12, 13, 14, 15, l.DIAPHRAGM),
    "fluid": (19, 48, l.ASCITES, l.EFFUSION, l.CYST, l.PELVIS_LEFT, l.PELVIS_RIGHT),
    "blood": (*range(31, 46), 46),
    "lung": (*l.LUNGS, 26, 27, *range(120, 124)),
    "air": (l.AIR, 28, 29),
    "heart": (30,),
    "liver": (47, l.LIVER_MASS),
    "spleen": (49,),
    "kidney": (50, 51, l.MEDULLA_LEFT, l.MEDULLA_RIGHT),
    "pancreas": (54,),
    "gut": (55, 57, 100, l.BOWEL_WALL, l.COLON_WALL, 105, 112),
    "content": (56, l.BOWEL_CONTENT, l.COLON_CONTENT),
    "urine": (106,),
    "gland": (52, 53, 107, 108, 113, l.UTERUS, l.OVARY, l.BREAST_GLAND),
    "cartilage": (17, 18),
    "brain": (110,),
    "cord": (20,),
    "soft": (4, l.MEDIASTINUM, l.MASS),
    "cortex": (*range(60, 100), l.CALCIFICATION),
    "marrow": range(160, 200),
}
_HEAD = {
    "white": (2, 7, 28, 41, 46, 60, 85, 25, 57, 16, 13, 52),
    "grey": (3, 42, 8, 47, 10, 49, 11, 50, 12, 51, 17, 53, 18, 54, 26, 58),
    "fluid": (4, 43, 5, 44, 14, 15, 24, 72, 136, 137, 163, 164, 30, 62),
    "blood": (502, 514),
    "eye": (506,),
    "muscle": (508,),
    "soft": (507, 530),
    "mucosa": (509,),
    "skin": (511,),
    "cord": (512,),
    "cortex": (515,),
    "marrow": (516,),
}


def tissue_of_label(labels: LabelSet) -> np.ndarray:
    """uint8 [HEAD_LABELS + labels of heads]: position in TISSUES."""
    table = np.full(HEAD_LABELS + len(labels.ids), AT["soft"], np.uint8)
    for tissue, own in _BODY.items():
        table[list(own)] = AT[tissue]
    of_id = {i: tissue for tissue, ids in _HEAD.items() for i in ids}
    for n, i in enumerate(labels.ids):
        table[HEAD_LABELS + n] = AT["air" if i == 0 else of_id.get(i, "soft")]
    return table


@dataclass(frozen=True)
class Look:
    """mean, texture  float32 [HEAD_LABELS + labels of heads]"""

    kind: str
    mean: np.ndarray
    texture: np.ndarray


def draw_look(random: np.random.Generator, kind: str, tissues: np.ndarray) -> Look:
    """One draw of the brightness of every label.

    @param kind one of KINDS, except the last
    @param tissues tissue_of_label
    """
    if kind == "ct":
        return _ct(random, tissues)
    table = {"t1": T1, "t2": T2, "flair": FLAIR, "pet": PET, "other-mr": T1 if random.random() < 0.3 else T2}[kind]
    values = np.array([random.uniform(*table[name]) for name in TISSUES])
    if kind == "other-mr":
        values = _strange(random, values)
    if kind in ("t1", "t2", "flair") and random.random() < 0.35:
        values[[AT["fat"], AT["marrow"]]] *= random.uniform(0.1, 0.5)
    mean = values[tissues] * np.exp(
        random.normal(0, 0.3 if kind == "pet" else random.uniform(0.02, 0.15), len(tissues))
    )
    texture = mean * random.uniform(0.02, 0.12)
    return Look(kind, mean.astype(np.float32), texture.astype(np.float32))


def _strange(random: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """Other contrasts: proton density, inverted, diffusion, or any brightness for any tissue."""
    way = random.random()
    if way < 0.2:
        out = 0.75 + 0.25 * (values - values.mean())
    elif way < 0.45:
        out = values.max() - values
    else:
        out = random.uniform(0.05, 1, len(values))
    if way < 0.9:
        out[AT["air"]] = random.uniform(0, 0.05)
        out[AT["cortex"]] = out[AT["cortex"]] * 0.3
        out[AT["lung"]] = random.uniform(0.02, 0.3)
    return out


def _ct(random: np.random.Generator, tissues: np.ndarray) -> Look:
    body = draw_brightness(random)
    mean = np.zeros(len(tissues), np.float32)
    texture = np.full(len(tissues), 6, np.float32)
    mean[:HEAD_LABELS], texture[:HEAD_LABELS] = body.mean, body.deviation
    values = np.array([random.uniform(*CT_HEAD.get(name, (20, 60))) for name in TISSUES])
    own = values[tissues[HEAD_LABELS:]]
    mean[HEAD_LABELS:] = own + random.normal(0, 1.5, len(own))
    return Look("ct", mean, texture)
