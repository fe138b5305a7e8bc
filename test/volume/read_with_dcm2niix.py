"""Converts a series with dcm2niix and reads single voxels of what comes out, for otherReaders.test.ts.

Usage: read_with_dcm2niix.py FOLDER SAMPLES.json
SAMPLES.json lists places in LPS mm, [x, y, z].

Prints a JSON list, an object for each 3-D image that dcm2niix made: its size, and for each sample the value of the
nearest voxel and the distance in voxels to its centre (null for a place outside).
"""

import json
import pathlib
import subprocess
import sys
import tempfile
from pathlib import Path

import dcm2niix
import nibabel
import numpy


def main(folder: str, samples_file: str) -> None:
    with Path(samples_file, encoding="utf-8").open() as file:
        places = numpy.array(json.load(file), float)
    with tempfile.TemporaryDirectory() as out:
        command = [dcm2niix.bin, "-b", "n", "-z", "n", "-f", "image%s", "-o", out, folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        images = [nibabel.load(path) for path in sorted(pathlib.Path(out).glob("*.nii"))]
        print(json.dumps([describe(image, places) for image in images if image.ndim == 3]))


def describe(image: nibabel.Nifti1Image, places: numpy.ndarray) -> dict:
    ras = places * [-1, -1, 1]
    voxels = nibabel.affines.apply_affine(numpy.linalg.inv(image.affine), ras)
    nearest = numpy.rint(voxels).astype(int)
    inside = numpy.all((nearest >= 0) & (nearest < image.shape), axis=1)
    data = numpy.asanyarray(image.dataobj)
    return {
        "size": list(image.shape),
        "values": [float(data[tuple(at)]) if within else None for at, within in zip(nearest, inside, strict=True)],
        "offCentre": numpy.abs(voxels - nearest).max(axis=1).tolist(),
    }


main(*sys.argv[1:])
