"""The voxels and the ground truth of the synthetic head MR study in dicom-fixtures/: a T1-like, oblique head from a
label map that was not used for training.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import torch

from . import acquisition
from .base_classes import BACKGROUND, CLASS_NAMES, IGNORE
from .chance import Chance
from .contrast import contrast_of
from .geometry import averaged_at, labels_at, smooth_field
from .label_maps import LabelMap, LabelSet
from .vocabulary import rows_of_targets

SEED = (20_261_122, 31)
"""No run uses it: seeds of a run start with Settings.seed, a small number."""
SIZE = (208, 224, 144)
SPACING = (1.1, 1.1, 1.25)
"""Columns, rows, slices of a sagittal acquisition, and mm between them."""
TURN_DEGREES = (7.0, -5.0, 9.0)
"""Rotations about the patient's axes, which make the study oblique."""
DEVIATIONS_MM = ((40.0, 5.0), (16.0, 2.0))
"""Distance of the deformation's nodes and standard deviation; stronger than in training (geometry.random_placement)."""
STRETCH = (1.05, 0.95, 1.03)
HIGHEST = 500
"""Stored value of white; the noise has a standard deviation of 6 units, and each further bit would cost 0.8 MB."""


def write_head_study(maps: list[LabelMap], labels: LabelSet, folder: Path) -> None:
    """Writes voxels.u16 (column fastest, then row, then slice) and truth/ in the format of dicom-fixtures.

    @param maps label maps held out of training; the first is deformed
    @raises FileExistsError if the folder exists
    """
    image, classes, voxel_to_lps = draw(maps[0], labels)
    (folder / "truth").mkdir(parents=True)
    stored = np.round(image.numpy() * HIGHEST).astype("<u2")
    (folder / "voxels.u16").write_bytes(stored.tobytes(order="F"))
    (folder / "truth" / "labels.u8.gz").write_bytes(gzip.compress(classes.numpy().tobytes(order="F"), 9, mtime=0))
    truth = {
        "size": list(SIZE),
        "voxelToLps": [round(float(value), 9) for value in voxel_to_lps.ravel()],
        "labels": ["background", *CLASS_NAMES],
        "targets": rows_of_targets(),
    }
    (folder / "truth" / "grid.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def draw(label_map: LabelMap, labels: LabelSet) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """float32 image (0-1) and uint8 class indices, both [column, row, slice], and the 4x4 matrix from voxel to LPS
    mm."""
    chance = Chance(SEED, torch.device("cpu"))
    voxel_to_lps = oblique_sagittal_grid()
    points = _places_in_map(chance, label_map, voxel_to_lps)
    label = labels_at(label_map.generation, points).to(torch.int32)
    classes = labels.base_class[label]
    classes[classes == IGNORE] = BACKGROUND
    look = contrast_of("t1", chance, labels, 0.0)
    image = averaged_at(label_map.generation, look.mean, points, 1)
    image = image + 0.5 * look.spread[label] * chance.normal_field(*SIZE)
    image = acquisition.bias_field(chance, acquisition.blur(chance, image.clamp(min=0) / 255))
    noise = [0.012 * chance.normal_field(*SIZE) for _ in range(2)]
    magnitude = torch.sqrt((image + noise[0]).square() + noise[1].square())
    return (magnitude / magnitude.flatten()[::97].quantile(0.999)).clamp(0, 4), classes, voxel_to_lps


def oblique_sagittal_grid() -> np.ndarray:
    """Columns run to the back, rows downwards, slices to the patient's right, all turned by TURN_DEGREES; the middle
    is the origin."""
    axes = np.array([[0, 1, 0], [0, 0, -1], [-1, 0, 0]], float).T
    for axis, degrees in enumerate(TURN_DEGREES):
        p, q = [n for n in range(3) if n != axis]
        turn = np.eye(3)
        turn[p, p] = turn[q, q] = np.cos(np.radians(degrees))
        turn[p, q], turn[q, p] = -np.sin(np.radians(degrees)), np.sin(np.radians(degrees))
        axes = turn @ axes
    matrix = np.eye(4)
    matrix[:3, :3] = axes @ np.diag(SPACING)
    matrix[:3, 3] = -matrix[:3, :3] @ ((np.array(SIZE) - 1) / 2)
    return matrix


def _places_in_map(chance: Chance, label_map: LabelMap, voxel_to_lps: np.ndarray) -> torch.Tensor:
    """float32 [column, row, slice, 3]: the position of every voxel in the deformed map, whose axes are RAS and whose
    voxels are 1 mm.
    """
    axes = [torch.arange(n, dtype=torch.float32) for n in SIZE]
    voxels = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
    matrix = torch.from_numpy(voxel_to_lps).float()
    ras = (voxels @ matrix[:3, :3].T + matrix[:3, 3]) * torch.tensor([-1.0, -1.0, 1.0])
    # The field of view is taller than the brain and includes the neck.
    points = ras * torch.tensor(STRETCH) + label_map.brain_centre + torch.tensor([0.0, 0.0, -22.0])
    for node_mm, deviation in DEVIATIONS_MM:
        nodes = tuple(round(n * s / node_mm) + 1 for n, s in zip(SIZE, SPACING, strict=True))
        points = points + smooth_field(chance, 3, nodes, SIZE)[0].permute(1, 2, 3, 0) * deviation
    return points
