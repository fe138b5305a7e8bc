"""Reads label maps with nibabel, and makes NIfTI files with dcm2niix, for files.test.ts.

Usage: label_maps_with_nibabel.py convert FOLDER OUT | describe FILE | compare FILE FILE

`convert` prints the path of the file that dcm2niix made of the DICOM files in FOLDER. `describe` prints shape, affine
to RAS mm, and for each label the SHA-256 of its voxels in the order of the file, first axis fastest, one bit each,
least significant first. `compare` prints whether two label maps are the same voxels in the same place; their axes may
run in other directions.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import dcm2niix
import nibabel
import numpy


def convert(folder: str, out: str) -> str:
    command = [dcm2niix.bin, "-b", "n", "-z", "y", "-f", "converted", "-o", out, folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    [file] = Path(out).glob("converted*.nii.gz")
    return str(file)


def describe(file: str) -> dict:
    image = nibabel.load(file)
    voxels = numpy.asarray(image.dataobj).ravel(order="F")
    return {
        "shape": list(image.shape),
        "affine": image.affine.ravel().tolist(),
        "labels": {
            int(label): hashlib.sha256(numpy.packbits(voxels == label, bitorder="little").tobytes()).hexdigest()
            for label in numpy.unique(voxels)
            if label > 0
        },
    }


def compare(one: str, other: str) -> bool:
    a, b = (nibabel.as_closest_canonical(nibabel.load(file)) for file in (one, other))
    return bool(numpy.allclose(a.affine, b.affine, atol=1e-4) and numpy.array_equal(a.dataobj, b.dataobj))


task, *files = sys.argv[1:]
print(json.dumps({"convert": convert, "describe": describe, "compare": compare}[task](*files)))
