"""Brightness of the labels in CT, in Hounsfield units: one draw of tissues, contrast medium and phase."""

from dataclasses import dataclass

import numpy as np

from . import labels as l

PHASES = {"none": 0.28, "arterial": 0.17, "portal": 0.38, "late": 0.17}


@dataclass(frozen=True)
class Brightness:
    """mean       float32 [256]: HU of each label
    deviation  float32 [256]: of its texture
    phase      one of PHASES
    """

    mean: np.ndarray
    deviation: np.ndarray
    phase: str


def draw_brightness(random: np.random.Generator) -> Brightness:
    """Four in ten are unlike the textbook: each organ's brightness and texture are off by a draw of its own, so that
    places and shapes must count as much as Hounsfield units do."""
    drawn = textbook_brightness(random)
    if random.random() < 0.4:
        _vary(random, drawn.mean, drawn.deviation)
    return drawn


def textbook_brightness(random: np.random.Generator) -> Brightness:
    u, n = random.uniform, random.normal
    mean, deviation = np.zeros(256, np.float32), np.full(256, 8, np.float32)

    def put(labels, value: float, texture: float = 8.0) -> None:
        for label in labels if isinstance(labels, (tuple, list, range)) else (labels,):
            mean[label], deviation[label] = value, texture

    phase = str(random.choice(list(PHASES), p=list(PHASES.values())))
    plain = phase == "none"
    fat = u(-120, -85)
    put(l.AIR, -1000, 2)
    put(l.SKIN_FAT, fat, 7)
    put((l.INNER_FAT, l.BOWEL_ROOM), fat + u(-4, 20), 12)
    _muscles(put, u, n, phase)
    blood = u(30, 52)
    vessels = _vessels(u, phase, blood)
    _organs(put, u, n, phase, vessels)
    _chest_and_bowel(put, u, n, phase, vessels, fat)
    _bones(put, u, n)
    put((19,), u(5, 30), 6)
    put((20,), u(28, 45), 5)
    put((4,), u(10, 60), 14)
    put((110,), u(28, 42), 4)
    put((113,), u(25, 55), 15)
    put((l.BREAST_GLAND,), u(0, 60), 15)
    put((l.EFFUSION,), u(-2, 32), 5)
    put((l.CALCIFICATION,), u(200, 1100), 120)
    put((108,), u(80, 130) + (0 if plain else u(0, 80)), 12)
    put((109,), u(-60, 50), 20)
    return Brightness(mean, deviation, phase)


SOFT = (
    19, 20, 30, 39, 40, 47, 48, 49, 50, 51, 52, 53, 54, 55, 57, 100, 105, 106, 107, 109, 110, 112, l.UTERUS,
    l.BOWEL_WALL, l.COLON_WALL, l.MASS, l.CYST,
)  # fmt: skip
"""Soft tissues of which some images have another brightness."""


def _vary(random: np.random.Generator, mean: np.ndarray, deviation: np.ndarray) -> None:
    offset = random.normal(0, random.uniform(5, 40), 256)
    for label in SOFT:
        mean[label] += offset[label]
    for part, whole in ((l.LIVER_MASS, 47), (l.MEDULLA_LEFT, 50), (l.MEDULLA_RIGHT, 51)):
        mean[part] += offset[whole]
    deviation[list(SOFT)] *= np.exp(random.uniform(-0.7, 0.9, len(SOFT)))


def _muscles(put, u, n, phase: str) -> None:
    muscle = (u(30, 65) if u(0, 1) < 0.6 else u(2, 45)) + (0 if phase == "none" else u(0, 14))
    put((3, 5, l.DIAPHRAGM), muscle, 10)
    put(6, u(-118, -88), 8)
    fatty, texture = u(0, 45) * (u(0, 1) < 0.65), u(8, 34)
    for label in range(8, 16):
        psoas = label in (10, 11)
        share = 0 if psoas else 1 if label in (12, 13) else 0.7
        put(label, muscle + n(0, 3) - share * fatty, 10 if psoas else texture)
    put(17, u(55, 190), 30)
    put(18, u(50, 120), 12)


def _vessels(u, phase: str, blood: float) -> dict[str, float]:
    """HU of the blood in: a aorta, p pulmonary arteries, r right heart, l left heart, v iliac veins, po portal vein,
    c venae cavae, h hepatic veins.
    """
    if phase == "none":
        return dict.fromkeys("aprlvch", blood) | {"po": blood}
    if phase == "arterial":
        aorta = u(190, 450)
        return {
            "a": aorta,
            "p": u(110, 420),
            "r": u(80, 400),
            "l": aorta * u(0.85, 1),
            "v": u(40, 110),
            "po": u(45, 130),
            "c": u(40, 130),
            "h": u(40, 75),
        }
    if phase == "portal":
        aorta = u(105, 210)
        return {
            "a": aorta, "p": aorta * u(0.9, 1.1), "r": aorta * u(0.9, 1.1), "l": aorta * u(0.9, 1.1), "v": u(70, 180),
            "po": u(120, 215), "c": u(85, 185), "h": u(95, 205),
        }  # fmt: skip
    late = u(75, 135)
    return {
        "a": late,
        "p": late,
        "r": late,
        "l": late,
        "v": late * u(0.9, 1.05),
        "po": late * u(0.95, 1.1),
        "c": late * u(0.9, 1.05),
        "h": late,
    }


def _organs(put, u, n, phase: str, vessels: dict[str, float]) -> None:
    ranges = {  # liver, spleen, kidney, pancreas, gut wall
        "none": ((38, 68), (30, 56), (8, 42), (-5, 48), (12, 45)),
        "arterial": ((48, 82), (85, 185), (100, 220), (65, 130), (50, 120)),
        "portal": ((75, 135), (90, 155), (130, 240), (65, 120), (60, 120)),
        "late": ((65, 108), (70, 110), (100, 190), (50, 90), (45, 85)),
    }[phase]
    liver, spleen, kidney, pancreas, gut = (u(*r) for r in ranges)
    if u(0, 1) < 0.2:
        liver -= u(20, 75)
    liver += n(0, 5)
    put(47, liver, u(4, 11))
    put(41, vessels["h"], 7)
    put(42, vessels["po"], 7)
    put(l.LIVER_MASS, liver + u(-70, 35), u(6, 22))
    put(48, u(-4, 28) if u(0, 1) < 0.9 else u(30, 120), 6)
    put(49, spleen + n(0, 5), u(4, 14))
    cortex, texture = kidney + n(0, 8), u(6, 28)
    put((50, 51), cortex, texture)
    # Until contrast medium reaches the medulla, the cortex is up to three times as bright.
    medulla = {"none": 1.0, "arterial": u(0.33, 0.8), "portal": u(0.75, 1.03), "late": u(0.92, 1.12)}[phase]
    put((l.MEDULLA_LEFT, l.MEDULLA_RIGHT), cortex * medulla + n(0, 2), texture)
    put((l.SINUS_LEFT, l.SINUS_RIGHT), u(-95, 15) if phase != "late" else u(-70, 500), 25)
    for pelvis in (l.PELVIS_LEFT, l.PELVIS_RIGHT):
        put(pelvis, u(150, 900) if phase == "late" and u(0, 1) < 0.4 else u(-5, 25), 6)
    put(l.ASCITES, u(-5, 30), u(3, 8))
    put(l.CYST, u(-5, 35), u(3, 9))
    put(l.MASS, u(10, 60) + (0 if phase == "none" else u(0, 75)), u(5, 28))
    put((52, 53), gut * 0.8 + u(0, 20), 8)
    put(54, pancreas + n(0, 6), u(8, 18))
    put(55, gut + n(0, 8), 8)
    put(57, (gut + u(0, 30)) / 1.5 + n(0, 12), u(10, 30))
    put(100, gut * 0.8, 14)
    put(l.BOWEL_WALL, gut + n(0, 12), 12)
    put(l.COLON_WALL, gut + n(0, 12), 10)
    put((105,), gut * 0.7, 8)
    put((106,), 8, 5)
    put((107,), gut * 0.8 + n(0, 6), 12)
    put((l.UTERUS,), (gut + u(0, 40)) * 0.9, 14)
    put((l.OVARY,), u(10, 60), 10)
    put(112, u(5, 40) if phase != "late" else u(20, 800), 10)


def _chest_and_bowel(put, u, n, phase: str, vessels: dict[str, float], fat: float) -> None:
    lung = u(-905, -640)
    for lobe in l.LUNGS:
        put(lobe, lung + n(0, 18), u(15, 35))
    put((l.LUNG_VESSEL_LEFT, l.LUNG_VESSEL_RIGHT), vessels["p"] * 0.6 + u(-160, 0), 20)
    put((l.LUNG_AIRWAY_LEFT, l.LUNG_AIRWAY_RIGHT), u(-950, -600), 30)
    put((28, 29), -985, 6)
    put(30, u(35, 60) + (0 if phase == "none" else u(10, 70)), 9)
    for label, key in (
        (31, "l"),
        (32, "r"),
        (33, "l"),
        (34, "r"),
        (35, "a"),
        (36, "p"),
        (37, "l"),
        (39, "c"),
        (40, "po"),
    ):
        put(label, vessels[key] + n(0, 5), 8)
    put(38, vessels["r"] * u(0.8, 1.7) if phase == "arterial" else vessels["c"], 15)
    put(43, vessels["a"] * u(0.88, 1.05), 8)
    put(44, vessels["v"] * u(0.5, 1.1) if phase in ("arterial", "portal") else vessels["v"], 8)
    put(45, vessels["a"] * 0.8, 15)
    put(46, vessels["v"] * 0.85, 15)
    put(l.MEDIASTINUM, fat + u(10, 110), 14)


def _bones(put, u, n) -> None:
    cortex, marrow = u(300, 900), u(10, 320)
    for bone in range(60, 100):
        thin = 0.8 if bone <= 84 else 0.75 if bone in (96, 97) else 1.0
        put(bone, cortex * thin * u(0.92, 1.08), 60)
        put(bone + l.MARROW, marrow * u(0.9, 1.1) + (0 if bone <= 84 else n(0, 25)), u(15, 55))
    put(84 + l.MARROW, marrow * u(0.4, 1) - u(0, 60), u(20, 60))
    for bone in (87, 88, 89, 90):
        put(bone + l.MARROW, marrow * 0.7 + u(-70, 0), 25)
