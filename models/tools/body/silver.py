"""Real CT for measuring, never for training: scans of ../shared/data with silver labels.

TotalSegmentator (version 2, task "total") made the labels: silver, not drawn by people. Its numbers are those of
github.com/wasserth/TotalSegmentator, class_map "total"; volumes and positions confirm them.
"""

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np

SILVER: dict[str, tuple[int, ...]] = {
    "spleen": (1,),
    "right kidney": (2,),
    "left kidney": (3,),
    "gallbladder": (4,),
    "liver": (5,),
    "stomach": (6,),
    "pancreas": (7,),
    "right adrenal gland": (8,),
    "left adrenal gland": (9,),
    "left lung": (10, 11),
    "right lung": (12, 13, 14),
    "esophagus": (15,),
    "trachea": (16,),
    "thyroid gland": (17,),
    "small bowel": (18,),
    "duodenum": (19,),
    "colon": (20,),
    "urinary bladder": (21,),
    "prostate": (22,),
    "sacrum": (25, 26),
    "vertebrae": tuple(range(27, 51)),
    "heart": (51,),
    "aorta": (52,),
    "superior vena cava": (62,),
    "inferior vena cava": (63,),
    "portal vein": (64,),
    "iliac arteries": (65, 66),
    "iliac veins": (67, 68),
    "left humerus": (69,),
    "right humerus": (70,),
    "left scapula": (71,),
    "right scapula": (72,),
    "left clavicle": (73,),
    "right clavicle": (74,),
    "left femur": (75,),
    "right femur": (76,),
    "left hip bone": (77,),
    "right hip bone": (78,),
    "spinal canal": (79,),
    "left gluteus maximus": (80,),
    "right gluteus maximus": (81,),
    "left gluteus medius and minimus": (82, 84),
    "right gluteus medius and minimus": (83, 85),
    "left autochthonous back muscle": (86,),
    "right autochthonous back muscle": (87,),
    "left iliopsoas muscle": (88,),
    "right iliopsoas muscle": (89,),
    "brain": (90,),
    "skull": (91,),
    "left ribs": tuple(range(92, 104)),
    "right ribs": tuple(range(104, 116)),
    "sternum": (116,),
    "costal cartilage": (117,),
}
"""Class name -> the numbers whose union it is."""

LEAST_ML = 1.0
"""Structures with less volume in the scan are not measured."""


@dataclass(frozen=True)
class SilverScan:
    """image   int16 [x, y, z], HU; axes RAS
    labels  uint8 [x, y, z], TotalSegmentator's numbers
    """

    name: str
    image: np.ndarray
    labels: np.ndarray
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]


def read_silver_scan(name: str, image: Path, labels: Path) -> SilverScan:
    """@raises ValueError if the two are on different grids"""
    read = [nibabel.as_closest_canonical(nibabel.load(path)) for path in (image, labels)]
    if not np.allclose(read[0].affine, read[1].affine, atol=1e-2) or read[0].shape != read[1].shape:
        raise ValueError(f"{image.name} and {labels.name} are on different grids")
    spacing = tuple(float(value) for value in read[0].header.get_zooms())
    voxels, numbers = np.asanyarray(read[0].dataobj), np.asanyarray(read[1].dataobj)
    return SilverScan(
        name,
        voxels.astype(np.float32),
        numbers.astype(np.uint8),
        spacing,
        tuple(float(v) for v in read[0].affine[:3, 3]),
    )


def dice_of_classes(
    predicted: np.ndarray, names: tuple[str, ...], scan: SilverScan
) -> dict[str, tuple[float, float, float]]:
    """For each class in the scan: Dice, mL found, mL there.

    @param predicted uint8 [x, y, z], 1 + the class's place in `names`
    """
    voxel = float(np.prod(scan.spacing)) / 1000
    result = {}
    for name, numbers in SILVER.items():
        there = np.isin(scan.labels, numbers)
        if name not in names or there.sum() * voxel < LEAST_ML:
            continue
        found = predicted == names.index(name) + 1
        both = int((found & there).sum())
        result[name] = (2 * both / max(1, int(found.sum() + there.sum())), found.sum() * voxel, there.sum() * voxel)
    return result
