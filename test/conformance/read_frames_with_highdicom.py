"""Reads the frames of DICOM segmentations with highdicom, for segmentationsOfOthers.test.ts.

Usage: read_frames_with_highdicom.py SEG.dcm…

Prints a JSON list, an object per file: segmentation type, numbers and labels of the segments as described, and the
frames in their order, each with its segment number (null in a label map) and the SHA-256 of its pixels (one bit per
pixel, least significant first, of a binary segmentation; else bytes as stored).
"""

import hashlib
import json
import sys

import highdicom
import numpy


def main(*files: str) -> None:
    print(json.dumps([describe(highdicom.seg.segread(file)) for file in files]))


def describe(segmentation: highdicom.seg.Segmentation) -> dict:
    return {
        "type": segmentation.SegmentationType,
        "segments": [[int(item.SegmentNumber), item.SegmentLabel] for item in segmentation.SegmentSequence],
        "frames": [
            {"segment": segment_number(segmentation, index), "sha256": sha256(segmentation, index)}
            for index in range(segmentation.NumberOfFrames)
        ],
    }


def segment_number(segmentation: highdicom.seg.Segmentation, index: int) -> int | None:
    if segmentation.SegmentationType == "LABELMAP":
        return None
    frame = segmentation.PerFrameFunctionalGroupsSequence[index]
    shared = segmentation.SharedFunctionalGroupsSequence[0]
    groups = frame if "SegmentIdentificationSequence" in frame else shared
    return int(groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber)


def sha256(segmentation: highdicom.seg.Segmentation, index: int) -> str:
    pixels = segmentation.get_stored_frame(index + 1)
    is_binary = segmentation.SegmentationType == "BINARY"
    stored = numpy.packbits(pixels.astype(bool).ravel(), bitorder="little") if is_binary else pixels
    return hashlib.sha256(numpy.ascontiguousarray(stored).tobytes()).hexdigest()


main(*sys.argv[1:])
