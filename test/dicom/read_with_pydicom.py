"""Reads images with pydicom, for multiFrame.test.ts.

Usage: read_with_pydicom.py FILE...

Prints a JSON list, a list per file with an object per frame: position, orientation and pixel spacing, found by
walking through the functional groups, and the SHA-256 of the frame's values (float32, little endian, rows after one
another): stored values through the Modality LUT or slope and intercept, and for PET in BQML, decay corrected to the
start of the series, further to SUVbw.
"""

import datetime
import hashlib
import json
import sys

import numpy
import pydicom
from pydicom.pixels import apply_modality_lut


def main(files: list[str]) -> None:
    print(json.dumps([describe(pydicom.dcmread(file)) for file in files]))


def describe(dataset: pydicom.Dataset) -> list[dict]:
    count = int(dataset.get("NumberOfFrames", 1))
    pixels = dataset.pixel_array.reshape(count, dataset.Rows, dataset.Columns)
    factor = suv_factor(dataset)
    return [
        {
            "position": floats(macro(dataset, frame, "PlanePositionSequence").ImagePositionPatient),
            "orientation": floats(macro(dataset, frame, "PlaneOrientationSequence").ImageOrientationPatient),
            "spacing": floats(macro(dataset, frame, "PixelMeasuresSequence").PixelSpacing),
            "sha256": hashlib.sha256(values(dataset, frame, pixels[frame], factor).tobytes()).hexdigest(),
        }
        for frame in range(count)
    ]


def macro(dataset: pydicom.Dataset, frame: int, keyword: str) -> pydicom.Dataset:
    if "PerFrameFunctionalGroupsSequence" not in dataset:
        return dataset
    own = dataset.PerFrameFunctionalGroupsSequence[frame]
    return (own if keyword in own else dataset.SharedFunctionalGroupsSequence[0])[keyword].value[0]


def values(dataset: pydicom.Dataset, frame: int, stored: numpy.ndarray, factor: float) -> numpy.ndarray:
    if "ModalityLUTSequence" in dataset:
        return apply_modality_lut(stored, dataset).astype("<f4")
    groups = dataset
    if "PerFrameFunctionalGroupsSequence" in dataset:
        groups = macro(dataset, frame, "PixelValueTransformationSequence")
    slope, intercept = float(groups.get("RescaleSlope", 1)), float(groups.get("RescaleIntercept", 0))
    return (stored.astype("f8") * (slope * factor) + intercept * factor).astype("<f4")


def suv_factor(dataset: pydicom.Dataset) -> float:
    if dataset.get("Units") != "BQML" or dataset.get("DecayCorrection") != "START":
        return 1.0
    injection = dataset.RadiopharmaceuticalInformationSequence[0]
    scan = moment(dataset.SeriesDate, dataset.SeriesTime)
    injected = moment(dataset.SeriesDate, injection.RadiopharmaceuticalStartTime)
    half_lives = (scan - injected).total_seconds() / float(injection.RadionuclideHalfLife)
    left = float(injection.RadionuclideTotalDose) * 2.0**-half_lives
    return float(dataset.PatientWeight) * 1000 / left


def moment(date: str, time: str) -> datetime.datetime:
    return datetime.datetime.strptime(date + (time if "." in time else time + ".0"), "%Y%m%d%H%M%S.%f")


def floats(numbers) -> list[float]:
    return [float(number) for number in numbers]


main(sys.argv[1:])
