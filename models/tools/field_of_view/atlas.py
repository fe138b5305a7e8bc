"""Heights in the standard body: of regions, and of the organs that the shipped models name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np

from body import labels as l
from training.base_classes import IDS_OF_CLASS

from .subjects import BODY_SPACING, HEAD_SPACING, Subjects

PERCENTILES = (5, 95)
"""Of the bodies: for the lowest and for the highest point of an organ."""
LOWEST_THIGH = 480
"""mm; the training images reach down to about here."""
CODES = {
    "head": ("69536005", "Head"),
    "neck": ("45048000", "Neck"),
    "chest": ("816094009", "Chest"),
    "abdomen": ("818981001", "Abdomen"),
    "pelvis": ("816092008", "Pelvis"),
    "thigh": ("68367000", "Thigh"),
}
"""DICOM CID 4031, scheme SCT."""
LEAST_VOXELS = 3
"""Of a slice: with fewer, it does not show the organ."""
GO_ON_BELOW = frozenset(("skin", "soft tissue", "spinal cord"))
"""Classes of heads."""


@dataclass(frozen=True)
class Range:
    """mm in the standard body"""

    low: float
    high: float


def region_ranges(meshes: Path) -> dict[str, Range]:
    """The regions of the man of train/body_meshes; they overlap where anatomy does."""
    man = nibabel.load(meshes / "body_map_2mm.nii.gz")
    labels, origin, step = np.asarray(man.dataobj), man.affine[2, 3], man.affine[2, 2]

    def heights(*wanted: int) -> np.ndarray:
        return np.flatnonzero(np.isin(labels, wanted).any((0, 1))) * step + origin

    def middle(name: str) -> float:
        return float(heights(_vertebra(name)).mean())

    hips = heights(85, 86)
    return {
        "head": Range(middle("C2"), float(heights(*range(1, 256)).max())),
        "neck": Range(middle("T1"), middle("C1")),
        "chest": Range(middle("T12"), middle("T1")),
        "abdomen": Range(middle("L5"), float(heights(l.DIAPHRAGM).max())),
        "pelvis": Range(float(hips.min()), float(hips.max())),
        "thigh": Range(LOWEST_THIGH, float(hips.min())),
    }


def _vertebra(name: str) -> int:
    """Label of a vertebra: C1 is 60, T1 67, L1 79."""
    return {"C": 59, "T": 66, "L": 78}[name[0]] + int(name[1:])


def structure_ranges(subjects: Subjects, models: Path) -> dict[str, Range]:
    """SNOMED code → how low and how high a structure of the packages `body` and `head` reaches.

    Bodies are laid on the standard body by their vertebrae, heads by their brains. A structure of both, or on two
    sides, gets the range of all. A tissue that goes on below the head gets none.
    """
    found: dict[str, Range] = {}
    for package, ranges in (
        (models / "body", organ_ranges(subjects, targets_of(models / "body"))),
        (models / "head", head_ranges(subjects, targets_of(models / "head"))),
    ):
        for target, code in snomed_codes_of(package).items():
            if target in ranges:
                before = found.get(code, ranges[target])
                found[code] = Range(min(before.low, ranges[target].low), max(before.high, ranges[target].high))
    return dict(sorted(found.items()))


def organ_ranges(subjects: Subjects, targets: Mapping[str, list[str]]) -> dict[str, Range]:
    """How low and how high an organ reaches, in bodies laid on the standard body by their vertebrae.

    @param targets of the package `body`: target → classes
    """
    order = np.argsort(subjects.standard[:, 2])
    found: dict[str, list[tuple[float, float]]] = {target: [] for target in targets}
    for number, body in enumerate(subjects.bodies):
        own = subjects.spine[number][order, 2]
        z = np.arange(body.shape[2]) * BODY_SPACING + subjects.origin[2]
        shift = np.interp(z, own, (subjects.standard[order, 2] - own))
        counts = _counts(np.asarray(body))
        for target, classes in targets.items():
            labels = [label for name in classes for label in l.LABELS_OF_CLASS[name]]
            rows = np.flatnonzero(counts[:, labels].sum(1) >= LEAST_VOXELS)
            if len(rows):
                heights = (z + shift)[rows]
                found[target].append((float(heights.min()), float(heights.max())))
    return {target: _range(values) for target, values in found.items() if values}


def _counts(body: np.ndarray) -> np.ndarray:
    """Voxels of each label in each slice, [z, 256]."""
    keys = body.astype(np.int64) + 256 * np.arange(body.shape[2])
    return np.bincount(keys.reshape(-1), minlength=256 * body.shape[2]).reshape(-1, 256)


def head_ranges(subjects: Subjects, targets: Mapping[str, list[str]]) -> dict[str, Range]:
    """The same of the structures of heads that are in no other part of the body.

    @param targets of the package `head`: target → classes
    """
    found: dict[str, list[tuple[float, float]]] = {
        target: [] for target, classes in targets.items() if not GO_ON_BELOW.issuperset(classes)
    }
    for head in subjects.heads:
        counts = _counts(head.labels)
        z = (np.arange(len(counts)) * HEAD_SPACING - head.centre[2]) * head.size[2] + subjects.brain[2]
        for target, values in found.items():
            ids = {i for name in targets[target] for i in IDS_OF_CLASS[name]}
            labels = [position for position, i in enumerate(subjects.head_labels.ids) if i in ids]
            rows = np.flatnonzero(counts[:, labels].sum(1) >= LEAST_VOXELS)
            if len(rows):
                values.append((float(z[rows[0]]), float(z[rows[-1]])))
    return {target: _range(values) for target, values in found.items() if values}


def _range(values: list[tuple[float, float]]) -> Range:
    low, high = np.array(values).T
    return Range(float(np.percentile(low, PERCENTILES[0])), float(np.percentile(high, PERCENTILES[1])))


def targets_of(package: Path) -> dict[str, list[str]]:
    """Target → classes."""
    return json.loads((package / "model.json").read_text(encoding="utf-8"))["targets"]


def snomed_codes_of(package: Path) -> dict[str, str]:
    """Target → SNOMED CT code of its type, where it has one."""
    targets = json.loads((package / "vocabulary.json").read_text(encoding="utf-8"))["targets"]
    types = {own["id"]: own["concept"]["type"] for own in targets}
    return {target: own["value"] for target, own in types.items() if own["scheme"] == "SCT"}
