"""Encodes masks as segmentation objects with highdicom and prints the times and sizes as JSON, for segmentation.mjs.

Usage: encode_with_highdicom.py FOLDER TARGETS KIND RUNS
FOLDER holds labels.raw, grid.json and the source images, as segmentation.mjs writes them. highdicom gets the masks as
one array of labels, its fastest input for targets that do not overlap.
"""

import io
import json
import pathlib
import sys
import time

import highdicom
import numpy
import pydicom
from pydicom.sr.codedict import codes


def main(folder: str, targets: str, kind: str, runs: str) -> None:
    root = pathlib.Path(folder)
    columns, rows, slices = json.loads((root / "grid.json").read_text())["grid"]["size"]
    labels = numpy.fromfile(root / "labels.raw", numpy.uint8).reshape(slices, rows, columns)
    labels = numpy.where(labels <= int(targets), labels, 0)
    sources = [pydicom.dcmread(file, stop_before_pixels=True) for file in sorted((root / "sources").iterdir())]
    algorithm = highdicom.AlgorithmIdentificationSequence("Benchmark", codes.DCM.ArtificialIntelligence, "1.0.0")
    segments = [
        highdicom.seg.SegmentDescription(
            segment_number=number,
            segment_label=f"target {number}",
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Lung,
            algorithm_type="AUTOMATIC",
            algorithm_identification=algorithm,
        )
        for number in range(1, int(targets) + 1)
    ]
    milliseconds = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        segmentation = highdicom.seg.Segmentation(
            source_images=sources,
            pixel_array=labels,
            segmentation_type=kind,
            segment_descriptions=segments,
            series_instance_uid=highdicom.UID(),
            series_number=1,
            sop_instance_uid=highdicom.UID(),
            instance_number=1,
            manufacturer="Benchmark",
            manufacturer_model_name="Benchmark",
            software_versions="1",
            device_serial_number="1",
            transfer_syntax_uid=pydicom.uid.RLELossless if kind == "LABELMAP" else pydicom.uid.ExplicitVRLittleEndian,
        )
        buffer = io.BytesIO()
        segmentation.save_as(buffer)
        milliseconds.append(1000 * (time.perf_counter() - start))
    result = {"milliseconds": milliseconds, "bytes": buffer.tell(), "frames": int(segmentation.NumberOfFrames)}
    print(json.dumps(result))


main(*sys.argv[1:])
