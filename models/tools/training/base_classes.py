"""The exclusive classes of the image network, and their label ids.

Ids below 256 are FreeSurfer's (FreeSurferColorLUT.txt). Ids from 500 are those of the tissues around the brain in the
SynthSeg label maps, which have no legend: their meaning was inferred from position and neighbours.
"""

import numpy as np

# name -> (ids on the left, ids on the right). 25/57 lesions count as white matter, 136/163 and 137/164 as the
# ventricles that they line, 30/62 (vessels and perivascular spaces) as the white matter around them.
LATERAL_CLASSES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "cerebral white matter": ((2, 25, 30), (41, 57, 62)),
    "cerebral cortex": ((3,), (42,)),
    "lateral ventricle": ((4, 136), (43, 163)),
    "inferior lateral ventricle": ((5, 137), (44, 164)),
    "cerebellar white matter": ((7,), (46,)),
    "cerebellar cortex": ((8,), (47,)),
    "thalamus": ((10,), (49,)),
    "caudate nucleus": ((11,), (50,)),
    "putamen": ((12,), (51,)),
    "globus pallidus": ((13,), (52,)),
    "hippocampus": ((17,), (53,)),
    "amygdala": ((18,), (54,)),
    "nucleus accumbens": ((26,), (58,)),
    "ventral diencephalon": ((28,), (60,)),
}
# Soft tissue includes vessels (502), eye muscles (508), blood and sinuses (514) and optic nerves (530): a head has no
# holes.
MIDLINE_CLASSES: dict[str, tuple[int, ...]] = {
    "third ventricle": (14,),
    "fourth ventricle": (15,),
    "brain stem": (16,),
    "extraventricular cerebrospinal fluid": (24,),
    "skull": (515, 516),
    "eyes": (506,),
    "skin": (511,),
    "soft tissue": (507, 502, 508, 514, 530),
    "nasal mucosa": (509,),
    "spinal cord": (512,),
}
# Cavum septi pellucidi (72) and optic chiasm (85), at most 200 voxels of a map, belong to no class and are ignored in
# training.
UNLEARNT_IDS = (72, 85)

BACKGROUND = 0
IGNORE = 255


def _ids_of_classes() -> dict[str, tuple[int, ...]]:
    classes: dict[str, tuple[int, ...]] = {}
    for name, (left, right) in LATERAL_CLASSES.items():
        classes[f"left {name}"] = left
        classes[f"right {name}"] = right
    return classes | MIDLINE_CLASSES


IDS_OF_CLASS = _ids_of_classes()
"""Class name -> ids, in the order of the class indices 1, 2, …; index 0 is background."""

CLASS_NAMES = tuple(IDS_OF_CLASS)
CLASS_COUNT = len(CLASS_NAMES)
CLASS_INDEX = {name: index for index, name in enumerate(CLASS_NAMES, start=1)}

SIDED_PAIRS = tuple((f"left {name}", f"right {name}") for name in LATERAL_CLASSES)
MIRROR = (
    BACKGROUND,
    *(CLASS_INDEX[dict(SIDED_PAIRS + tuple((b, a) for a, b in SIDED_PAIRS)).get(name, name)] for name in CLASS_NAMES),
)
"""Class index -> its class in a mirrored image."""

BRAIN_CLASSES = tuple(
    name
    for name in CLASS_NAMES
    if name in ("third ventricle", "fourth ventricle", "brain stem") or name not in MIDLINE_CLASSES
)
BRAIN = tuple(CLASS_INDEX[name] for name in BRAIN_CLASSES)
"""Class indices of the brain, which is one connected whole."""

# The 17 structures of brainchop's MeshNets, in the order of their classes 1–17.
MERGED_STRUCTURES = (
    "cerebral white matter",
    "cerebral cortex",
    "lateral ventricle",
    "inferior lateral ventricle",
    "cerebellar white matter",
    "cerebellar cortex",
    "thalamus",
    "caudate nucleus",
    "putamen",
    "globus pallidus",
    "third ventricle",
    "fourth ventricle",
    "brain stem",
    "hippocampus",
    "amygdala",
    "nucleus accumbens",
    "ventral diencephalon",
)


def class_of_id() -> np.ndarray:
    """uint8 [1024]: class index of a label id; IGNORE for ids excluded from training; BACKGROUND for all other ids."""
    table = np.zeros(1024, np.uint8)
    for name, ids in IDS_OF_CLASS.items():
        table[list(ids)] = CLASS_INDEX[name]
    table[list(UNLEARNT_IDS)] = IGNORE
    return table


def mirrored_class() -> np.ndarray:
    """uint8 [256]: class index after a reflection of left and right."""
    table = np.arange(256, dtype=np.uint8)
    for name in LATERAL_CLASSES:
        left, right = CLASS_INDEX[f"left {name}"], CLASS_INDEX[f"right {name}"]
        table[left], table[right] = right, left
    return table


def merged_structure_of_class() -> np.ndarray:
    """uint8 [256]: 1–17 for classes of MERGED_STRUCTURES, both sides alike; 0 for every other class."""
    table = np.zeros(256, np.uint8)
    for name, index in CLASS_INDEX.items():
        merged = name.removeprefix("left ").removeprefix("right ")
        if merged in MERGED_STRUCTURES:
            table[index] = MERGED_STRUCTURES.index(merged) + 1
    return table


def side_of_class() -> np.ndarray:
    """uint8 [256]: 1 left, 2 right, 0 neither."""
    table = np.zeros(256, np.uint8)
    for name, index in CLASS_INDEX.items():
        table[index] = 1 if name.startswith("left ") else 2 if name.startswith("right ") else 0
    return table
