"""Labels of generated bodies, and the exclusive classes of the network.

A label is something with its own brightness; a class is one or more labels. Ids up to 199 are those of the label map in
train/body_meshes.
"""

import numpy as np

AIR, SKIN_FAT, INNER_FAT, MUSCLE = 0, 1, 2, 3
ARM_MUSCLE, ARM_FAT, BOWEL_ROOM = 5, 6, 7
DIAPHRAGM = 16
LUNGS = (21, 22, 23, 24, 25)
BOWEL_WALL, BOWEL_CONTENT, COLON_WALL, COLON_CONTENT = 101, 102, 103, 104
MEDIASTINUM = 114
UTERUS, OVARY, BREAST_GLAND = 115, 116, 117
SINUS_LEFT, SINUS_RIGHT = 124, 125
EFFUSION, LIVER_MASS, CALCIFICATION = 126, 127, 128
ASCITES, MASS, CYST = 129, 130, 131
MEDULLA_LEFT, MEDULLA_RIGHT, PELVIS_LEFT, PELVIS_RIGHT = 132, 133, 134, 135
LUNG_VESSEL_LEFT, LUNG_VESSEL_RIGHT, LUNG_AIRWAY_LEFT, LUNG_AIRWAY_RIGHT = 120, 121, 122, 123
ARMS = (ARM_MUSCLE, ARM_FAT, 89, 90, 189, 190)
MARROW = 100
"""Added to the label of a bone."""


def _bone(*cortex: int) -> tuple[int, ...]:
    return (*cortex, *(label + MARROW for label in cortex))


LABELS_OF_CLASS: dict[str, tuple[int, ...]] = {
    "fat": (SKIN_FAT, INNER_FAT, BOWEL_ROOM, SINUS_LEFT, SINUS_RIGHT),
    "muscle": (MUSCLE, DIAPHRAGM),
    "other soft tissue": (
        4, 45, 46, 109, 112, 113, MEDIASTINUM, OVARY, BREAST_GLAND, EFFUSION, ASCITES, MASS, CYST, PELVIS_LEFT,
        PELVIS_RIGHT,
    ),
    "arm": (ARM_MUSCLE, ARM_FAT),
    "left autochthonous back muscle": (8,),
    "right autochthonous back muscle": (9,),
    "left iliopsoas muscle": (10,),
    "right iliopsoas muscle": (11,),
    "left gluteus maximus": (12,),
    "right gluteus maximus": (13,),
    "left gluteus medius and minimus": (14,),
    "right gluteus medius and minimus": (15,),
    "costal cartilage": (17,),
    "intervertebral disc": (18,),
    "spinal canal": (19, 20),
    "left lung": (21, 22, LUNG_VESSEL_LEFT, LUNG_AIRWAY_LEFT),
    "right lung": (23, 24, 25, LUNG_VESSEL_RIGHT, LUNG_AIRWAY_RIGHT),
    "trachea": (28, 29),
    "heart": (30, 31, 32, 33, 34),
    "aorta": (35, CALCIFICATION),
    "pulmonary vessels": (36, 37),
    "superior vena cava": (38,),
    "inferior vena cava": (39,),
    "portal vein": (40,),
    "liver": (47, 41, 42, LIVER_MASS),
    "gallbladder": (48,),
    "spleen": (49,),
    "left kidney": (50, MEDULLA_LEFT),
    "right kidney": (51, MEDULLA_RIGHT),
    "left adrenal gland": (52,),
    "right adrenal gland": (53,),
    "pancreas": (54,),
    "stomach": (55, 56),
    "duodenum": (57,),
    "iliac arteries": (43,),
    "iliac veins": (44,),
    "esophagus": (100,),
    "small bowel": (BOWEL_WALL, BOWEL_CONTENT),
    "colon": (COLON_WALL, COLON_CONTENT),
    "urinary bladder": (105, 106),
    "prostate": (107,),
    "uterus": (UTERUS,),
    "thyroid gland": (108,),
    "brain": (110,),
    "vertebrae": _bone(*range(60, 84)),
    "sacrum": _bone(84),
    "left hip bone": _bone(85),
    "right hip bone": _bone(86),
    "left femur": _bone(87),
    "right femur": _bone(88),
    "left humerus": _bone(89),
    "right humerus": _bone(90),
    "left scapula": _bone(91),
    "right scapula": _bone(92),
    "left clavicle": _bone(93),
    "right clavicle": _bone(94),
    "sternum": _bone(95),
    "left ribs": _bone(96),
    "right ribs": _bone(97),
    "skull": _bone(98, 99),
}  # fmt: skip
"""Class name -> labels, in the order of the class indices 1, 2, …; index 0 is outside the body."""

CLASS_NAMES = tuple(LABELS_OF_CLASS)
CLASS_COUNT = len(CLASS_NAMES)
CLASS_INDEX = {name: index for index, name in enumerate(CLASS_NAMES, start=1)}
IGNORE = 255


def class_of_label() -> np.ndarray:
    """uint8 [256]: class index of a label."""
    table = np.zeros(256, np.uint8)
    for name, labels in LABELS_OF_CLASS.items():
        table[list(labels)] = CLASS_INDEX[name]
    return table
