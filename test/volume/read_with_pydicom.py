"""Reads single pixels of DICOM images with pydicom, for otherReaders.test.ts.

Usage: read_with_pydicom.py FOLDER SAMPLES.json
SAMPLES.json lists [SOP Instance UID, frame number or null, column, row].

Prints a JSON list, for each sample its rescaled value and its place in LPS mm by the equation of PS3.3 section
C.7.6.2.1.1.
"""

import functools
import json
import pathlib
import sys
from pathlib import Path

import numpy
import pydicom


def main(folder: str, samples_file: str) -> None:
    files = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and path.read_bytes()[128:132] == b"DICM":
            files[pydicom.dcmread(path, stop_before_pixels=True).get("SOPInstanceUID")] = path

    @functools.lru_cache(maxsize=4)
    def read(uid: str) -> tuple[pydicom.Dataset, numpy.ndarray]:
        dataset = pydicom.dcmread(files[uid])
        return dataset, dataset.pixel_array

    with Path(samples_file, encoding="utf-8").open() as file:
        print(json.dumps([sample(*read(uid), frame, column, row) for uid, frame, column, row in json.load(file)]))


def sample(dataset: pydicom.Dataset, pixels: numpy.ndarray, frame: int | None, column: int, row: int) -> list[float]:
    stored = pixels[row, column] if frame is None else pixels.reshape(-1, *pixels.shape[-2:])[frame - 1, row, column]

    def attribute(keyword: str, macro: str):
        if frame is None:
            return dataset.get(keyword)
        for groups in (dataset.PerFrameFunctionalGroupsSequence[frame - 1], dataset.SharedFunctionalGroupsSequence[0]):
            if macro in groups and keyword in groups[macro].value[0]:
                return groups[macro].value[0].get(keyword)
        return None

    slope = attribute("RescaleSlope", "PixelValueTransformationSequence")
    intercept = attribute("RescaleIntercept", "PixelValueTransformationSequence")
    position = numpy.array(attribute("ImagePositionPatient", "PlanePositionSequence"), float)
    orientation = numpy.array(attribute("ImageOrientationPatient", "PlaneOrientationSequence"), float)
    between_rows, between_columns = (float(mm) for mm in attribute("PixelSpacing", "PixelMeasuresSequence"))
    place = position + orientation[:3] * between_columns * column + orientation[3:] * between_rows * row
    return [float(stored) * float(1 if slope is None else slope) + float(intercept or 0), *place.tolist()]


main(*sys.argv[1:])
