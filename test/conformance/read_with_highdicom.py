"""Reads a DICOM segmentation with highdicom, for segmentation.test.ts.

Usage: read_with_highdicom.py SEG.dcm SOURCES.json
SOURCES.json lists the SOP Instance UIDs of the source images in the order of their slices.

Prints a JSON list, an object per segment: number, label, code value of the type and of its modifier, the SHA-256 of its voxels on the
slices of the source (one bit per voxel, least significant first, columns fastest), and its centroid in LPS mm by highdicom's own
geometry.
"""

import hashlib
import json
import sys

import highdicom
import numpy


def main(segmentation_file: str, sources_file: str) -> None:
    segmentation = highdicom.seg.segread(segmentation_file)
    with open(sources_file, encoding="utf-8") as file:
        sources = json.load(file)
    print(json.dumps([describe(segmentation, number, sources) for number in segmentation.segment_numbers]))


def describe(segmentation: highdicom.seg.Segmentation, number: int, sources: list[str]) -> dict:
    description = segmentation.get_segment_description(number)
    voxels = segmentation.get_pixels_by_source_instance(
        sources, segment_numbers=[number], assert_missing_frames_are_empty=True
    )[..., 0]
    volume = segmentation.get_volume(segment_numbers=[number], allow_missing_positions=True)
    indices = numpy.argwhere(volume.array[..., 0])
    property_type = description.segmented_property_type
    modifiers = description.SegmentedPropertyTypeCodeSequence[0].get("SegmentedPropertyTypeModifierCodeSequence", [])
    return {
        "number": int(number),
        "label": description.segment_label,
        "type": property_type.value,
        "modifiers": [modifier.CodeValue for modifier in modifiers],
        "sha256": hashlib.sha256(numpy.packbits(voxels.astype(bool).ravel(), bitorder="little").tobytes()).hexdigest(),
        "centroid": volume.map_indices_to_reference(indices).mean(axis=0).tolist(),
    }


main(*sys.argv[1:])
