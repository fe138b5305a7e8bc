import gzip
import json
from pathlib import Path

import numpy as np

from body import demo_study
from body.labels import CLASS_INDEX, CLASS_NAMES
from body.vocabulary import rows_of_targets

SHIPPED = Path(__file__).resolve().parents[4] / "dicom-fixtures" / "generated" / "trunk-ct" / "truth"


def test_the_shipped_truth_is_of_this_grid_and_of_these_targets():
    truth = json.loads((SHIPPED / "grid.json").read_text(encoding="utf-8"))
    assert truth["size"] == list(demo_study.SIZE)
    assert np.allclose(np.array(truth["voxelToLps"]).reshape(4, 4), demo_study.voxel_to_lps())
    assert truth["labels"] == ["background", *CLASS_NAMES]
    labels = np.frombuffer(gzip.decompress((SHIPPED / "labels.u8.gz").read_bytes()), np.uint8)
    assert len(labels) == np.prod(demo_study.SIZE)
    named = {CLASS_NAMES[label - 1] for label in np.unique(labels) if label}
    assert truth["targets"] == rows_of_targets(named)
    assert {"liver", "spleen", "left kidney", "right kidney"} <= named


def test_a_study_is_in_lps_and_in_steps_of_one_stored_unit(small_body, tmp_path, monkeypatch):
    monkeypatch.setattr(demo_study, "SIZE", (40, 36, 28))
    monkeypatch.setattr(demo_study, "CENTRE_MM", (0.0, 95.0, 1020.0))
    demo_study.write_demo_study(small_body, tmp_path / "study")
    voxels = np.fromfile(tmp_path / "study" / "voxels.i16", "<i2")
    assert ((voxels - demo_study.LOWEST_HU) % demo_study.STEP_HU == 0).all()
    packed = (tmp_path / "study" / "truth" / "labels.u8.gz").read_bytes()
    labels = np.frombuffer(gzip.decompress(packed), np.uint8).reshape(demo_study.SIZE, order="F")
    place = demo_study.voxel_to_lps() @ [*np.argwhere(labels == CLASS_INDEX["liver"]).mean(0), 1]
    # The block's liver has its middle at 20, 95, 1030 mm in RAS.
    assert np.allclose(place[:3], [-20, 0, 10], atol=4)
