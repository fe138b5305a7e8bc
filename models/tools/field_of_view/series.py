"""The real series of ../shared/data for measuring, with what they show, as people see it. None is trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np

from training.real_t1 import read_real_t1

from .real import Volume, read_dicom, read_nifti


@dataclass(frozen=True)
class Series:
    """name     for tables
    kind     one of tissues.KINDS
    regions  from top to bottom; empty if there is no body
    path     below the folder of the unpacked series, or below ../shared/data/train
    """

    name: str
    kind: str
    regions: tuple[str, ...]
    path: str


SERIES = (
    Series("head, T1, sagittal", "t1", ("head", "neck"), "mr_t1_head_sagittal"),
    Series("head, T1, lying on one side", "t1", ("head",), "mr_decubitus/In/HFDL/2_t1_fl2d_sag"),
    Series("brain, T1, skull-stripped", "t1", ("head",), "train/brain_t1_eval/data"),
    Series("head, CT, tilted gantry", "ct", ("head",), "ct_head_tilt_and_mixed/In/GE"),
    Series("chest, CT", "ct", ("chest", "abdomen"), "ct_chest"),
    Series("abdomen and pelvis, CT, feet first, ascites", "ct", ("abdomen", "pelvis"), "ct_abdomen_pelvis"),
    Series("abdomen and pelvis, CT, 3 mm", "ct", ("abdomen", "pelvis"), "train/trunk_ct/example_ct.nii.gz"),
    Series("abdomen, CT, 20 slices of 2 mm", "ct", ("abdomen",), "ct_abdomen_j2k/example_ct_dicom"),
    Series("abdomen, CT, 80 mm", "ct", ("abdomen",), "train/trunk_ct/example_ct_sm.nii.gz"),
    Series("abdomen, MR, 65 mm", "t2", ("abdomen",), "train/trunk_ct/example_mr_sm.nii.gz"),
    Series("one thigh, CT", "ct", ("thigh",), "ct_mr_pet_thigh/ibsi_validation/dicom/STS_004/CT/image"),
    Series("one thigh, T1", "t1", ("thigh",), "ct_mr_pet_thigh/ibsi_validation/dicom/STS_004/MR_T1/image"),
    Series("one thigh, PET", "pet", ("thigh",), "ct_mr_pet_thigh/ibsi_validation/dicom/STS_004/PET/image"),
    Series(
        "whole body, PET", "pet", ("head", "neck", "chest", "abdomen", "pelvis", "thigh"), "pet_wholebody_with_seg/PET"
    ),
    Series("phantom, CT, 2 slices", "other", (), "rtstruct/tests/mock_data"),
)
LABELLED = {
    "abdomen and pelvis, CT, 3 mm": "train/trunk_ct/example_seg_fast_force_split.nii.gz",
}
"""Series with silver labels of vertebrae on their grid."""
VERTEBRAE = {27 + n: 83 - n for n in range(24)}
"""TotalSegmentator's numbers, L5 to C1 → labels of bodies."""


def read(series: Series, unpacked: Path, data: Path) -> Volume:
    """@param unpacked folder into which ../shared/data/unpack has unpacked the series
    @param data ../shared/data
    """
    path = (data if series.path.startswith("train/") else unpacked) / series.path
    reader: Callable[[Path], Volume] = read_nifti if path.name.endswith(".nii.gz") else read_dicom
    if series.path == "train/brain_t1_eval/data":
        scan = read_real_t1(path)
        return Volume(scan.image.voxels, np.diag([*scan.image.spacing, 1.0]))
    return reader(path)


def labels_of(series: Series, data: Path) -> np.ndarray | None:
    """Silver labels on the series' grid, if there are any."""
    path = LABELLED.get(series.name)
    return None if path is None else np.asanyarray(nibabel.load(data / path).dataobj)
