"""Organ shapes for assembling bodies: those of the label map, and those of the Human Reference Atlas."""

import json
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from scipy import ndimage

from . import labels as l
from .meshes import SPACING, Solid, read_glb, solid_of

HIGHEST_Z = 1500.0
"""mm above which nothing is used: the middle of the head."""


@dataclass(frozen=True)
class Shape:
    """labels  uint8 [x, y, z] at 2 mm, RAS; 0 outside the organ
    origin  of the first voxel, mm
    centre  of the organ's mass, mm
    """

    labels: np.ndarray
    origin: np.ndarray
    centre: np.ndarray

    @property
    def millilitres(self) -> float:
        return float((self.labels > 0).sum()) * SPACING**3 / 1000


@dataclass(frozen=True)
class Anatomy:
    """map     uint8 [x, y, z] at 2 mm, RAS
    origin  of its first voxel, mm
    organs  the possible shapes of each organ, the map's own first
    """

    map: np.ndarray
    origin: np.ndarray
    organs: dict[str, tuple[Shape, ...]]


ORGANS: dict[str, tuple[int, ...]] = {
    "liver": (47, 41, 42),
    "gallbladder": (48,),
    "spleen": (49,),
    "left kidney": (50,),
    "right kidney": (51,),
    "left adrenal": (52,),
    "right adrenal": (53,),
    "pancreas": (54,),
    "stomach": (55, 56),
    "duodenum": (57,),
    "bladder": (105, 106),
    "prostate": (107,),
    "heart": (30, 31, 32, 33, 34),
    "thyroid": (108,),
}
"""Organs of the map that are moved separately, and their labels there."""

ATLAS: dict[str, tuple[str, ...]] = {
    "liver": ("VH_M_Liver.glb", "VH_F_Liver.glb"),
    "spleen": ("VH_M_Spleen.glb", "VH_F_Spleen.glb"),
    "left kidney": ("VH_M_Kidney_L.glb", "VH_F_Kidney_L.glb"),
    "right kidney": ("VH_M_Kidney_R.glb", "VH_F_Kidney_R.glb"),
    "pancreas": ("VH_M_Pancreas.glb", "VH_F_Pancreas.glb"),
    "bladder": ("VH_M_Urinary_Bladder.glb", "VH_F_Urinary_Bladder.glb"),
    "prostate": ("VH_M_Prostate.glb",),
    "uterus": ("VH_F_Uterus.glb",),
}
"""Files of hra.tar.gz with other shapes of an organ."""

PELVES = {
    "VH_M_Kidney_L.glb": "VH_M_Ureter_L.glb",
    "VH_F_Kidney_L.glb": "VH_F_Ureter_L.glb",
    "VH_M_Kidney_R.glb": "VH_M_Ureter_R.glb",
    "VH_F_Kidney_R.glb": "VH_F_Ureter_R.glb",
}
"""Kidney -> the file with its calyces and renal pelvis."""


def read_anatomy(data: Path) -> Anatomy:
    """@param data train/body_meshes"""
    image = nibabel.as_closest_canonical(nibabel.load(data / "body_map_2mm.nii.gz"))
    origin = image.affine[:3, 3].astype(np.float32)
    top = int((HIGHEST_Z - origin[2]) / SPACING)
    own = np.ascontiguousarray(np.asanyarray(image.dataobj)[:, :, :top]).astype(np.uint8)
    _split_lung_tubes(own, origin)
    organs = {name: (_with_sinus(_cut_out(own, origin, ids), name),) for name, ids in ORGANS.items()}
    for name, files in ATLAS.items():
        organs[name] = organs.get(name, ()) + tuple(_atlas_shape(data / "hra.tar.gz", name, file) for file in files)
    return Anatomy(own, origin, organs)


def _split_lung_tubes(own: np.ndarray, origin: np.ndarray) -> None:
    """Vessels (26) and bronchi (27) inside the lungs get a label for each side. x runs to the right."""
    right = (origin[0] + SPACING * np.arange(own.shape[0]) > 0)[:, None, None]
    for old, on_left, on_right in (
        (26, l.LUNG_VESSEL_LEFT, l.LUNG_VESSEL_RIGHT),
        (27, l.LUNG_AIRWAY_LEFT, l.LUNG_AIRWAY_RIGHT),
    ):
        own[(own == old) & right] = on_right
        own[(own == old) & ~right] = on_left


def _cut_out(own: np.ndarray, origin: np.ndarray, ids: tuple[int, ...]) -> Shape:
    mask = np.isin(own, ids)
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    box = tuple(slice(max(0, s.start - 4), s.stop + 4) for s in box)
    return _shape(
        np.where(mask[box], own[box], 0).astype(np.uint8), origin + SPACING * np.array([s.start for s in box])
    )


def _shape(labels: np.ndarray, origin: np.ndarray) -> Shape:
    centre = origin + SPACING * np.argwhere(labels > 0).mean(0)
    return Shape(labels, np.asarray(origin, np.float32), centre.astype(np.float32))


def _atlas_shape(archive: Path, name: str, file: str) -> Shape:
    solid = solid_of(read_glb(archive, file))
    ids = {"uterus": (l.UTERUS,), **ORGANS}[name]
    labels = np.where(solid.inside, ids[-1] if name == "bladder" else ids[0], 0).astype(np.uint8)
    if file in PELVES:
        labels[_calyces(archive, PELVES[file], solid) & solid.inside] = _sinus_label(name)
    if name == "bladder":
        labels[solid.inside & (ndimage.distance_transform_edt(solid.inside) * SPACING <= 3)] = 105
    return _shape(labels, solid.origin)


def _calyces(archive: Path, file: str, kidney: Solid) -> np.ndarray:
    """The calyces, and the fat around them, on the kidney's grid."""
    corners = read_glb(archive, file).reshape(-1, 3)
    at = np.round((corners - kidney.origin) / SPACING).astype(int)
    at = at[((at >= 0) & (at < kidney.inside.shape)).all(1)]
    drawn = np.zeros(kidney.inside.shape, bool)
    drawn[at[:, 0], at[:, 1], at[:, 2]] = True
    return ndimage.distance_transform_edt(~drawn) * SPACING <= 3 if drawn.any() else drawn


def _sinus_label(name: str) -> int:
    return l.SINUS_LEFT if name.startswith("left") else l.SINUS_RIGHT


def _with_sinus(shape: Shape, name: str) -> Shape:
    """The map's kidneys are solid: an ellipsoid, its middle 9 mm medially of the kidney's, becomes the sinus."""
    if not name.endswith("kidney"):
        return shape
    places = shape.origin + SPACING * np.stack(np.meshgrid(*map(np.arange, shape.labels.shape), indexing="ij"), -1)
    medially = np.array([9.0 if name.startswith("left") else -9.0, 3.0, 0.0])
    hollow = (((places - shape.centre - medially) / np.array([10.0, 8.0, 17.0])) ** 2).sum(-1) < 1
    labels = np.where(hollow & (shape.labels > 0), _sinus_label(name), shape.labels).astype(np.uint8)
    return Shape(labels, shape.origin, shape.centre)


def label_names(data: Path) -> dict[int, str]:
    """Names of the map's labels, for messages."""
    return {
        entry["id"]: entry["name"] for entry in json.loads((data / "labels.json").read_text(encoding="utf-8"))["labels"]
    }
