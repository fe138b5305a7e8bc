"""Reads a DICOM segmentation with dcmqi's segimage2itkimage, for the tests of this folder.

Usage: read_with_dcmqi.py SEG.dcm FOLDER
segimage2itkimage (of the Python package dcmqi) is beside the Python interpreter; it writes into FOLDER, an NRRD
file per group of segments that do not overlap.

Prints a JSON list, an object per segment: label, voxel count and centroid in LPS mm of what is not 0, and for every
slice with anything in it the SHA-256 of its pixels, columns fastest (one bit per pixel, least significant first; of a
fractional segmentation a byte), in the order of dcmqi, which need not be that of the source.
"""

import gzip
import hashlib
import json
import pathlib
import subprocess
import sys

import numpy
import pydicom


def main(segmentation_file: str, folder: str) -> None:
    tool = pathlib.Path(sys.executable).with_name("segimage2itkimage")
    arguments = ["--inputDICOM", segmentation_file, "--outputDirectory", folder, "--outputType", "nrrd"]
    subprocess.run([tool, *arguments], check=True, stdout=sys.stderr)
    meta = json.loads(next(pathlib.Path(folder).glob("*meta.json")).read_text(encoding="utf-8"))
    is_fractional = pydicom.dcmread(segmentation_file, stop_before_pixels=True).SegmentationType == "FRACTIONAL"
    segments = []
    # Segments of one file have labels of their own; segmentAttributes has a list per file.
    for file, attributes in zip(sorted(pathlib.Path(folder).glob("*.nrrd")), meta["segmentAttributes"], strict=True):
        labels, to_lps = read_nrrd(file)
        for attribute in attributes:
            # The file of a fractional segment holds its values.
            voxels = labels if is_fractional else labels == attribute["labelID"]
            indices = numpy.argwhere(voxels)[:, ::-1]
            homogeneous = numpy.column_stack([indices, numpy.ones(len(indices))])
            centroid = (homogeneous @ to_lps.T).mean(axis=0)
            name = attribute["SegmentLabel"]
            segments.append(
                {
                    "label": name,
                    "voxels": len(indices),
                    "centroid": centroid[:3].tolist(),
                    "slices": [sha256(pixels) for pixels in voxels if pixels.any()],
                }
            )
    print(json.dumps(segments))


def sha256(pixels: numpy.ndarray) -> str:
    packed = numpy.packbits(pixels.ravel(), bitorder="little") if pixels.dtype == bool else pixels.astype(numpy.uint8)
    return hashlib.sha256(packed.tobytes()).hexdigest()


def read_nrrd(file: pathlib.Path) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Labels indexed [k, j, i], and the 3×4 matrix from (i, j, k, 1) to LPS mm."""
    header, data = file.read_bytes().split(b"\n\n", 1)
    fields = dict(line.split(": ", 1) for line in header.decode().splitlines() if ": " in line)
    if fields["space"] != "left-posterior-superior":
        raise ValueError(f"unexpected space {fields['space']}")
    data_type = {"unsigned char": "u1", "short": "<i2", "unsigned short": "<u2"}[fields["type"]]
    raw = gzip.decompress(data) if fields["encoding"] == "gzip" else data
    columns, rows, slices = map(int, fields["sizes"].split())
    axes = [json.loads("[" + axis.strip("()") + "]") for axis in fields["space directions"].split()]
    origin = json.loads("[" + fields["space origin"].strip("()") + "]")
    return numpy.frombuffer(raw, data_type).reshape(slices, rows, columns), numpy.column_stack([*axes, origin])


main(*sys.argv[1:])
