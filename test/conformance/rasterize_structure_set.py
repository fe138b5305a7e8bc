"""Fills the contours of an RT Structure Set at the voxel centres of its images, with pydicom and Pillow, and prints
each ROI's voxels as JSON.

Usage: rasterize_structure_set.py STRUCTURE_SET FOLDER SOURCES

FOLDER holds the images at any depth; SOURCES is a JSON list of {sopInstanceUID, frameNumber?}, the images in the
order of their slices. The place of an image comes from its own attributes. A contour fills the voxels whose centres
it encloses, all contours of a ROI are joined. `sha256` is of the voxels as bits, column fastest, least significant
bit first; `offPlane` is how far the points are from their image at most, in mm.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import pydicom
from PIL import Image, ImageDraw


def main(structure_set_file: str, folder: str, sources_file: str) -> None:
    structure_set = pydicom.dcmread(structure_set_file)
    sources = json.loads(pathlib.Path(sources_file).read_text(encoding="utf-8"))
    slices = {(source["sopInstanceUID"], source.get("frameNumber")): index for index, source in enumerate(sources)}
    planes = read_planes(folder, {uid for uid, _ in slices})
    names = {roi.ROINumber: roi.ROIName for roi in structure_set.StructureSetROISequence}
    observations = {each.ReferencedROINumber: each for each in structure_set.RTROIObservationsSequence}
    print(
        json.dumps(
            [
                rasterize(roi, slices, planes)
                | {
                    "name": names[roi.ReferencedROINumber],
                    "color": list(map(int, roi.ROIDisplayColor)),
                    "interpretedType": observations[roi.ReferencedROINumber].RTROIInterpretedType,
                }
                for roi in structure_set.ROIContourSequence
            ]
        )
    )


def read_planes(folder: str, uids: set[str]) -> dict:
    """(SOP Instance UID, frame number or None) to (position, row and column direction times spacing, columns, rows)."""
    planes = {}
    for file in pathlib.Path(folder).rglob("*.dcm"):
        image = pydicom.dcmread(file, stop_before_pixels=True)
        if image.SOPInstanceUID not in uids:
            continue
        if "PerFrameFunctionalGroupsSequence" not in image:
            planes[(image.SOPInstanceUID, None)] = plane(image, image, image, image)
            continue
        shared = image.SharedFunctionalGroupsSequence[0]
        for number, frame in enumerate(image.PerFrameFunctionalGroupsSequence, start=1):
            groups = [
                (frame if name in frame else shared)[name][0]
                for name in ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
            ]
            planes[(image.SOPInstanceUID, number)] = plane(*groups, image)
    return planes


def plane(position, orientation, measures, image) -> tuple:
    cosines = numpy.array(orientation.ImageOrientationPatient, dtype=float)
    between_rows, between_columns = map(float, measures.PixelSpacing)
    origin = numpy.array(position.ImagePositionPatient, dtype=float)
    return origin, cosines[:3], cosines[3:], between_columns, between_rows, int(image.Columns), int(image.Rows)


def rasterize(roi: pydicom.Dataset, slices: dict, planes: dict) -> dict:
    *_, columns, rows = next(iter(planes.values()))
    voxels = numpy.zeros((len(slices), rows, columns), dtype=bool)
    off_plane = 0.0
    for contour in roi.ContourSequence:
        image = contour.ContourImageSequence[0]
        frame_number = int(image.ReferencedFrameNumber) if "ReferencedFrameNumber" in image else None
        key = (image.ReferencedSOPInstanceUID, frame_number)
        origin, along_row, along_column, between_columns, between_rows, *_ = planes[key]
        points = numpy.array(contour.ContourData, dtype=float).reshape(-1, 3) - origin
        assert len(points) == contour.NumberOfContourPoints
        off_plane = max(off_plane, float(numpy.abs(points @ numpy.cross(along_row, along_column)).max()))
        pixels = numpy.column_stack([points @ along_row / between_columns, points @ along_column / between_rows])
        voxels[slices[key]] |= filled(pixels, columns, rows)
    bits = numpy.packbits(voxels.ravel(), bitorder="little")
    return {
        "contours": len(roi.ContourSequence),
        "voxels": int(voxels.sum()),
        "sha256": hashlib.sha256(bits.tobytes()).hexdigest(),
        "offPlane": off_plane,
    }


def filled(pixels: numpy.ndarray, columns: int, rows: int) -> numpy.ndarray:
    """The pixels whose centre the polygon encloses. Pillow draws the outline too: on a canvas of four times the size
    the centres are away from it."""
    canvas = Image.new("1", (4 * columns, 4 * rows))
    ImageDraw.Draw(canvas).polygon([(4 * x + 2, 4 * y + 2) for x, y in pixels.round(3).tolist()], fill=1, outline=1)
    return numpy.asarray(canvas)[2::4, 2::4]


main(*sys.argv[1:])
