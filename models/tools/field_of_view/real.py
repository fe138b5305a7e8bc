"""Real series for measuring, never for training: DICOM folders, NIfTI files and arrays, as 8 mm volumes."""

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import pydicom
from scipy import ndimage

from .scenes import SPACING
from .turns import TURNS, signed_permutation, undone

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Volume:
    """voxels  float32 [x, y, z]
    affine  float64 [4, 4]: voxel → RAS, mm
    """

    voxels: np.ndarray
    affine: np.ndarray


def read_dicom(folder: Path) -> Volume:
    """The slices of a folder with one series, by their positions; rescaled."""
    slices = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".dcm", "", ".ima") or path.suffix[1:].isdigit():
            try:
                found = pydicom.dcmread(path)
            except pydicom.errors.InvalidDicomError:
                continue
            if "PixelData" in found and "ImagePositionPatient" in found:
                slices.append(found)
    along = np.array([float(v) for v in slices[0].ImageOrientationPatient])
    row, column = along[:3], along[3:]
    normal = np.cross(row, column)
    slices.sort(key=lambda own: float(np.dot(normal, np.array(own.ImagePositionPatient, float))))
    first, last = (np.array(slices[n].ImagePositionPatient, float) for n in (0, -1))
    # Columns of an image run along its rows.
    spacing = [float(v) for v in slices[0].PixelSpacing]
    voxels = np.stack([_rescaled(own).T for own in slices], -1)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * spacing[1], column * spacing[0]
    affine[:3, 2] = (last - first) / (len(slices) - 1)
    affine[:3, 3] = first
    return Volume(voxels, LPS_TO_RAS @ affine)


def _rescaled(slice_: pydicom.Dataset) -> np.ndarray:
    slope, intercept = float(slice_.get("RescaleSlope", 1)), float(slice_.get("RescaleIntercept", 0))
    return (slice_.pixel_array * slope + intercept).astype(np.float32)


def read_nifti(path: Path) -> Volume:
    image = nibabel.load(path)
    return Volume(np.asanyarray(image.dataobj).astype(np.float32), image.affine)


def at_8_mm(volume: Volume) -> Volume:
    """Along the volume's own axes: averaged where voxels are smaller, then interpolated."""
    spacing = np.linalg.norm(volume.affine[:3, :3], axis=0)
    step = SPACING / spacing
    voxels = volume.voxels
    for axis, own in enumerate(step):
        width = max(1, round(own))
        if width > 1:
            voxels = ndimage.uniform_filter1d(voxels, width, axis, mode="nearest")
    shape = np.maximum(1, np.round(np.array(voxels.shape) / step)).astype(int)
    # The middle of the volume stays in the middle.
    start = (np.array(voxels.shape) - 1) / 2 - step * (shape - 1) / 2
    axes = [start[n] + step[n] * np.arange(shape[n]) for n in range(3)]
    at = np.stack(np.meshgrid(*axes, indexing="ij"))
    affine = volume.affine.copy()
    affine[:3, 3] = volume.affine[:3, :3] @ start + volume.affine[:3, 3]
    affine[:3, :3] = volume.affine[:3, :3] * step
    return Volume(ndimage.map_coordinates(voxels, at, order=1, mode="nearest"), affine)


def nearest_turn(linear: np.ndarray) -> np.ndarray:
    """int8 [3, 3]: the signed permutation nearest to a linear map of voxels to RAS."""
    unit = linear / np.linalg.norm(linear, axis=0)
    return max((signed_permutation(*own) for own in TURNS), key=lambda own: float((own * unit).sum()))


def upright(volume: Volume) -> np.ndarray:
    """The voxels with their axes turned to the nearest of RAS."""
    return undone(volume.voxels, nearest_turn(volume.affine[:3, :3]))
