"""Writes NIfTI files with nibabel, or says what nibabel reads in others, for nifti.test.ts.

Usage: nifti_with_nibabel.py write FOLDER | nifti_with_nibabel.py read FILE...

Prints a JSON object, for each file by its path: shape, affine to RAS mm as nibabel takes it, sform and qform with their
codes, type of the stored numbers, intent, and the values in the order of the file (first axis fastest).
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy

SHAPE = (4, 5, 3)


def turned(degrees: float, scale: tuple[float, float, float], flip: int = 1) -> numpy.ndarray:
    """Voxels turned around two axes; `flip` -1 makes them left-handed."""
    c, s = numpy.cos(numpy.radians(degrees)), numpy.sin(numpy.radians(degrees))
    around_z = numpy.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    around_x = numpy.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    affine = numpy.eye(4)
    affine[:3, :3] = around_z @ around_x @ numpy.diag([scale[0], scale[1], scale[2] * flip])
    affine[:3, 3] = [-31.5, 17.25, 140.125]
    return affine


def write(folder: Path) -> list[Path]:
    random = numpy.random.default_rng(7)
    whole = random.integers(-1024, 3000, SHAPE)
    oblique = turned(23, (0.7, 0.7, 2.5))
    sheared = oblique.copy()
    sheared[:3, 2] += [0, 0.9, 0]
    images = {
        "int16": nibabel.Nifti1Image(whole.astype(numpy.int16), oblique),
        "flipped": nibabel.Nifti1Image(whole.astype(numpy.int16), turned(-41, (1, 2, 3), flip=-1)),
        "sheared": nibabel.Nifti1Image(whole.astype(numpy.int16), sheared),
        "int32": nibabel.Nifti1Image(whole.astype(numpy.int32) * 100, oblique),
        "int64": nibabel.Nifti1Image(whole.astype(numpy.int64), oblique, dtype=numpy.int64),
        "uint8": nibabel.Nifti1Image((whole % 256).astype(numpy.uint8), oblique),
        "uint16": nibabel.Nifti1Image((whole + 1024).astype(numpy.uint16) * 10, oblique),
        "float32": nibabel.Nifti1Image((whole / 3).astype(numpy.float32), oblique),
        "float64": nibabel.Nifti1Image(whole / 3, oblique),
        "second": nibabel.Nifti2Image(whole.astype(numpy.int16), oblique),
        "big": nibabel.Nifti1Image(whole.astype(">i2"), oblique, nibabel.Nifti1Header(endianness=">")),
    }
    scaled = nibabel.Nifti1Image(whole / 4, oblique)
    scaled.set_data_dtype(numpy.int16)
    images["scaled"] = scaled
    for name, kind in (("quaternion", nibabel.Nifti1Image), ("second-quaternion", nibabel.Nifti2Image)):
        only = kind(whole.astype(numpy.int16), turned(115, (1, 1.5, 2), flip=-1))
        only.set_qform(only.affine, code=1)
        only.set_sform(None)
        images[name] = only
    paths = []
    for name, image in images.items():
        for ending in (".nii", ".nii.gz"):
            paths.append(folder / f"{name}{ending}")
            nibabel.save(image, paths[-1])
    return paths


def described(path: Path) -> dict:
    image = nibabel.load(path)
    header = image.header
    return {
        "shape": list(image.shape),
        "affine": image.affine.ravel().tolist(),
        "sform": image.get_sform().ravel().tolist(),
        "qform": image.get_qform().ravel().tolist(),
        "codes": [int(header["sform_code"]), int(header["qform_code"])],
        "dtype": str(header.get_data_dtype()),
        "intent": header.get_intent()[0],
        "values": numpy.asarray(image.dataobj).ravel(order="F").tolist(),
    }


if __name__ == "__main__":
    task, *names = sys.argv[1:]
    files = write(Path(names[0])) if task == "write" else [Path(name) for name in names]
    print(json.dumps({str(file): described(file) for file in files}))
