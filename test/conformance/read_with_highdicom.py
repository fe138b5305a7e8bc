"""Reads a DICOM segmentation with highdicom, for the tests of this folder.

Usage: read_with_highdicom.py SEG.dcm SOURCES.json
SOURCES.json lists the source images in the order of their slices, each with "sopInstanceUID" and, of a multi-frame
instance, "frameNumber".

Prints a JSON list, an object per segment: number, label, code value of the type and of its modifier, the SHA-256 of
its voxels on the slices of the source, columns fastest (one bit per voxel, least significant first; of a fractional
segmentation a byte), and the centroid of what is not 0 in LPS mm by highdicom's own geometry, null where the slices
are not evenly spaced or have no place.
"""

import hashlib
import json
import sys
from pathlib import Path

import highdicom
import numpy


def main(segmentation_file: str, sources_file: str) -> None:
    segmentation = highdicom.seg.segread(segmentation_file)
    with Path(sources_file, encoding="utf-8").open() as file:
        sources = json.load(file)
    print(json.dumps([describe(segmentation, number, sources) for number in segmentation.segment_numbers]))


def describe(segmentation: highdicom.seg.Segmentation, number: int, sources: list[dict]) -> dict:
    description = segmentation.get_segment_description(number)
    voxels = read_voxels(segmentation, number, sources)
    property_type = description.segmented_property_type
    modifiers = description.SegmentedPropertyTypeCodeSequence[0].get("SegmentedPropertyTypeModifierCodeSequence", [])
    return {
        "number": int(number),
        "label": description.segment_label,
        "type": property_type.value,
        "modifiers": [modifier.CodeValue for modifier in modifiers],
        "sha256": hashlib.sha256(packed(segmentation, voxels).tobytes()).hexdigest(),
        "centroid": centroid(segmentation, number),
    }


def read_voxels(segmentation: highdicom.seg.Segmentation, number: int, sources: list[dict]) -> numpy.ndarray:
    """Indexed [slice of the source, row, column]."""
    options = {
        "segment_numbers": [number],
        "assert_missing_frames_are_empty": True,
        "rescale_fractional": False,
        "ignore_spatial_locations": False,
    }
    uids = [source["sopInstanceUID"] for source in sources]
    if "frameNumber" in sources[0]:
        frames = [source["frameNumber"] for source in sources]
        return segmentation.get_pixels_by_source_frame(uids[0], frames, **options)[..., 0]
    return segmentation.get_pixels_by_source_instance(uids, **options)[..., 0]


def packed(segmentation: highdicom.seg.Segmentation, voxels: numpy.ndarray) -> numpy.ndarray:
    if segmentation.SegmentationType == "FRACTIONAL":
        return voxels.astype(numpy.uint8)
    return numpy.packbits(voxels.astype(bool).ravel(), bitorder="little")


def centroid(segmentation: highdicom.seg.Segmentation, number: int) -> list[float] | None:
    if "FrameOfReferenceUID" not in segmentation:  # of a single image
        return None
    try:
        volume = segmentation.get_volume(segment_numbers=[number], allow_missing_positions=True)
    except RuntimeError:  # "…do not form a regularly-spaced volume"
        return None
    indices = numpy.argwhere(volume.array[..., 0])
    return volume.map_indices_to_reference(indices).mean(axis=0).tolist()


main(*sys.argv[1:])
