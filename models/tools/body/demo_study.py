"""The voxels and the ground truth of the synthetic CT of the trunk in dicom-fixtures/: a body that no run has seen."""

import gzip
import json
from pathlib import Path

import numpy as np
import torch

from .bodies import Body
from .images import ImageGenerator
from .labels import AIR, CLASS_INDEX, CLASS_NAMES
from .vocabulary import rows_of_targets

BODY = (2027, 2)
"""Seed of the body. Training bodies have (2026, 0), (2026, 1), …, the self-test has (2027, 1)."""
SEED = (20_261_203, 1)
"""Of the image: portal phase, on a table, noise of 15 HU."""
SIZE = (160, 120, 90)
SPACING = (2.5, 2.5, 3.75)
"""Columns, rows, slices, and mm between them: liver dome to hips, with the skin all around."""
CENTRE_MM = (8.0, 95.0, 1010.0)
"""Of the image in the body's own space."""
STEP_HU = 7
"""Of the stored values; each further bit would cost 0.2 MB."""
KERNEL = (0.25, 0.5, 0.25)
"""Along each axis, in voxels: in a soft-tissue reconstruction the noise of neighbours is alike. It halves the study."""
LOWEST_HU, HIGHEST_HU = -1024, 3071
BARE_AIR_HU = -900
"""Below this, what is around the body is stored without its noise, a tenth of the study."""


class _Scanner(ImageGenerator):
    """Images of one chosen field of view, nothing of it hidden."""

    def _places(self, random: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        frame = torch.diag(torch.tensor(SPACING) / self.spacing)
        places = self.grid @ frame + torch.tensor(CENTRE_MM)
        return places + self._field(random, 60, 3).permute(1, 2, 3, 0) * 2, frame

    def _hidden(self, random: np.random.Generator) -> torch.Tensor:
        return torch.zeros(self.shape, dtype=torch.bool)


def write_demo_study(body: Body, folder: Path) -> None:
    """Writes voxels.i16 (HU, column fastest, then row, then slice) and truth/ in the format of dicom-fixtures.

    @raises FileExistsError if the folder exists
    """
    example = _Scanner([body], SIZE, SPACING[0]).draw(SEED)
    smooth = example.image
    for axis in range(3):
        smooth = _along(smooth, axis)
    bare = (example.labels == AIR) & (smooth < BARE_AIR_HU)
    clean = torch.where(bare, float(LOWEST_HU), smooth)
    # RAS to columns from right to left, rows from front to back, slices upwards.
    image, classes = (array.flip(0, 1).numpy() for array in (clean, example.classes))
    targets = rows_of_targets({name for name in CLASS_NAMES if (classes == CLASS_INDEX[name]).any()})
    named = [CLASS_INDEX[name] for names in targets.values() for name in names]
    classes = np.where(np.isin(classes, named), classes, 0)
    stored = LOWEST_HU + np.round((image.clip(LOWEST_HU, HIGHEST_HU) - LOWEST_HU) / STEP_HU) * STEP_HU
    (folder / "truth").mkdir(parents=True)
    (folder / "voxels.i16").write_bytes(stored.astype("<i2").tobytes(order="F"))
    (folder / "truth" / "labels.u8.gz").write_bytes(gzip.compress(classes.tobytes(order="F"), 9, mtime=0))
    truth = {
        "size": list(SIZE),
        "voxelToLps": voxel_to_lps().ravel().tolist(),
        "labels": ["background", *CLASS_NAMES],
        "targets": targets,
    }
    (folder / "truth" / "grid.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def _along(image: torch.Tensor, axis: int) -> torch.Tensor:
    last = image.shape[axis] - 1
    at = torch.arange(last + 1)
    shifted = (image.index_select(axis, (at + offset).clamp(0, last)) for offset in (-1, 0, 1))
    return sum(weight * part for weight, part in zip(KERNEL, shifted, strict=True))


def voxel_to_lps() -> np.ndarray:
    """float64 [4, 4]: axial slices of a supine patient, the origin in their middle."""
    matrix = np.diag([*SPACING, 1.0])
    matrix[:3, 3] = [-(n - 1) / 2 * mm for n, mm in zip(SIZE, SPACING, strict=True)]
    return matrix
