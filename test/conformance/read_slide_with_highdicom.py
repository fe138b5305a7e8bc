"""Reads a segmentation of a slide with highdicom, for the tests of this folder.

Usage: read_slide_with_highdicom.py SEG.dcm

Prints a JSON object: columns and rows of the total pixel matrix, its origin and orientation on the slide, the frame of
reference, and for each segment its label, the SHA-256 of its total pixel matrix (a byte per pixel, columns fastest) and
the greatest distance in mm between where its frames say that they are on the slide and where highdicom's own geometry
puts their first pixels.
"""

import hashlib
import json
import sys

import highdicom
import numpy


def main(file: str) -> None:
    segmentation = highdicom.seg.segread(file)
    origin = segmentation.TotalPixelMatrixOriginSequence[0]
    print(
        json.dumps(
            {
                "matrix": [segmentation.TotalPixelMatrixColumns, segmentation.TotalPixelMatrixRows],
                "origin": [float(origin.XOffsetInSlideCoordinateSystem), float(origin.YOffsetInSlideCoordinateSystem)],
                "orientation": [float(cosine) for cosine in segmentation.ImageOrientationSlide],
                "frameOfReferenceUID": segmentation.FrameOfReferenceUID,
                "segments": [describe(segmentation, number) for number in segmentation.segment_numbers],
            }
        )
    )


def describe(segmentation: highdicom.seg.Segmentation, number: int) -> dict:
    pixels = segmentation.get_total_pixel_matrix(segment_numbers=[number], rescale_fractional=False)[..., 0]
    return {
        "label": segmentation.get_segment_description(number).segment_label,
        "sha256": hashlib.sha256(pixels.astype(numpy.uint8).tobytes()).hexdigest(),
        "greatestOffset": greatest_offset(segmentation),
    }


def greatest_offset(segmentation: highdicom.seg.Segmentation) -> float:
    measures = segmentation.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    origin = segmentation.TotalPixelMatrixOriginSequence[0]
    to_slide = highdicom.spatial.PixelToReferenceTransformer(
        image_position=[
            float(origin.XOffsetInSlideCoordinateSystem),
            float(origin.YOffsetInSlideCoordinateSystem),
            0.0,
        ],
        image_orientation=[float(cosine) for cosine in segmentation.ImageOrientationSlide],
        pixel_spacing=[float(spacing) for spacing in measures.PixelSpacing],
    )
    offsets = []
    for frame in segmentation.PerFrameFunctionalGroupsSequence:
        place = frame.PlanePositionSlideSequence[0]
        pixel = [place.ColumnPositionInTotalImagePixelMatrix - 1, place.RowPositionInTotalImagePixelMatrix - 1]
        expected = to_slide(numpy.array([pixel]))[0, :2]
        stated = [float(place.XOffsetInSlideCoordinateSystem), float(place.YOffsetInSlideCoordinateSystem)]
        offsets.append(float(numpy.abs(expected - stated).max()))
    return max(offsets)


main(*sys.argv[1:])
