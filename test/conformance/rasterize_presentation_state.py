"""Fills the polylines of a presentation state at the centres of the pixels, with pydicom and Pillow, and prints its
displayed area and each graphic layer as JSON.

Usage: rasterize_presentation_state.py PRESENTATION_STATE SOURCES

SOURCES is a JSON list of {sopInstanceUID, frameNumber?}, the images in the order of their slices. A pixel belongs to a
layer if an odd number of its polylines enclose the centre. `sha256` is of the pixels as bits, column fastest, least
significant bit first.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import pydicom
from PIL import Image, ImageDraw


def main(presentation_state_file: str, sources_file: str) -> None:
    state = pydicom.dcmread(presentation_state_file)
    sources = json.loads(pathlib.Path(sources_file).read_text(encoding="utf-8"))
    slices = {(source["sopInstanceUID"], source.get("frameNumber")): index for index, source in enumerate(sources)}
    (area,) = state.DisplayedAreaSelectionSequence
    columns, rows = area.DisplayedAreaBottomRightHandCorner
    layers = {
        layer.GraphicLayer: (layer, numpy.zeros((len(slices), rows, columns), dtype=bool))
        for layer in state.GraphicLayerSequence
    }
    for annotation in state.GraphicAnnotationSequence:
        for polyline in annotation.get("GraphicObjectSequence", []):
            (image,) = annotation.ReferencedImageSequence
            frame_number = int(image.ReferencedFrameNumber) if "ReferencedFrameNumber" in image else None
            _, pixels = layers[annotation.GraphicLayer]
            pixels[slices[(image.ReferencedSOPInstanceUID, frame_number)]] ^= filled(polyline, columns, rows)
    print(
        json.dumps(
            {
                "area": [*area.DisplayedAreaTopLeftHandCorner, columns, rows],
                "layers": [describe(*each) for each in layers.values()],
            }
        )
    )


def describe(layer: pydicom.Dataset, pixels: numpy.ndarray) -> dict:
    lab = layer.get("GraphicLayerRecommendedDisplayCIELabValue")
    return {
        "description": layer.GraphicLayerDescription,
        "lab": None if lab is None else [int(value) for value in lab],
        "pixels": int(pixels.sum()),
        "sha256": hashlib.sha256(numpy.packbits(pixels.ravel(), bitorder="little").tobytes()).hexdigest(),
    }


def filled(polyline: pydicom.Dataset, columns: int, rows: int) -> numpy.ndarray:
    """The pixels whose centre the closed polyline encloses. Its points are in pixels from the upper left corner of the
    first pixel, so centres are at halves. Pillow draws the outline too: on a canvas of four times the size the centres
    are away from it."""
    assert (polyline.GraphicType, polyline.GraphicAnnotationUnits) == ("POLYLINE", "PIXEL")
    points = numpy.array(polyline.GraphicData, dtype=float).reshape(-1, 2)
    assert len(points) == polyline.NumberOfGraphicPoints
    assert (points[0] == points[-1]).all()
    canvas = Image.new("1", (4 * columns, 4 * rows))
    ImageDraw.Draw(canvas).polygon([(4 * x, 4 * y) for x, y in points.tolist()], fill=1, outline=1)
    return numpy.asarray(canvas)[2::4, 2::4]


main(*sys.argv[1:])
