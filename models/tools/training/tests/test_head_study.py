import gzip
import json
from pathlib import Path

import numpy as np

from training.base_classes import CLASS_NAMES
from training.head_study import SIZE, SPACING, oblique_sagittal_grid
from training.vocabulary import rows_of_targets

SHIPPED = Path(__file__).resolve().parents[4] / "dicom-fixtures" / "generated" / "head-mr" / "truth"


def test_the_grid_is_oblique_right_handed_and_centred():
    matrix = oblique_sagittal_grid()
    axes = matrix[:3, :3] / np.array(SPACING)
    assert np.allclose(axes.T @ axes, np.eye(3))
    assert np.linalg.det(axes) > 0.999
    assert (np.abs(axes).max(0) < 0.999).all()
    # Columns to the back, rows downwards, slices to the right, in LPS.
    assert axes[1, 0] > 0.9
    assert axes[2, 1] < -0.9
    assert axes[0, 2] < -0.9
    assert np.allclose(matrix @ [*((np.array(SIZE) - 1) / 2), 1], [0, 0, 0, 1])


def test_the_shipped_truth_is_of_this_grid_and_of_these_targets():
    truth = json.loads((SHIPPED / "grid.json").read_text(encoding="utf-8"))
    assert truth["size"] == list(SIZE)
    assert np.allclose(np.array(truth["voxelToLps"]).reshape(4, 4), oblique_sagittal_grid())
    assert truth["labels"] == ["background", *CLASS_NAMES]
    assert truth["targets"] == rows_of_targets()
    labels = np.frombuffer(gzip.decompress((SHIPPED / "labels.u8.gz").read_bytes()), np.uint8)
    assert len(labels) == np.prod(SIZE)
    assert set(np.unique(labels)) == set(range(len(CLASS_NAMES) + 1))
