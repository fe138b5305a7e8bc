"""Surfaces of the Human Reference Atlas (GLB files) as solid organs on a grid of 2 mm."""

import io
import json
import struct
import tarfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import ndimage

SPACING = 2.0
MARGIN = 4
COMPONENT = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
"""glTF 2.0, 3.6.2.2: component types of accessors."""


@dataclass(frozen=True)
class Solid:
    """inside  bool [x, y, z], axes RAS
    origin  the first voxel's centre, mm RAS
    """

    inside: np.ndarray
    origin: np.ndarray

    @property
    def millilitres(self) -> float:
        return float(self.inside.sum()) * SPACING**3 / 1000


@lru_cache(maxsize=1)
def _contents(archive: Path) -> dict[str, bytes]:
    """The files of an archive (45 MB), read once: a compressed archive is searched from its start for each file."""
    with tarfile.open(archive) as files:
        return {entry.name: files.extractfile(entry).read() for entry in files if entry.isfile()}


def read_glb(archive: Path, name: str) -> np.ndarray:
    """Triangles of all parts of a GLB file inside hra.tar.gz: float32 [triangles, 3 corners, 3], mm RAS.

    The files are in metres with x to the left, y upwards, z to the front, and have no node transforms.

    @raises KeyError if the archive has no such file
    @raises ValueError if a node of the file has a transform
    """
    content = _contents(archive)[f"./{name}"]
    length = struct.unpack("<I", content[12:16])[0]
    document = json.loads(content[20 : 20 + length])
    if any(key in node for node in document["nodes"] for key in ("matrix", "translation", "rotation", "scale")):
        raise ValueError(f"{name} has node transforms")
    binary = io.BytesIO(content[28 + length :]).getvalue()

    def accessor(index: int, columns: int) -> np.ndarray:
        own = document["accessors"][index]
        view = document["bufferViews"][own["bufferView"]]
        start = view.get("byteOffset", 0) + own.get("byteOffset", 0)
        kind = COMPONENT[own["componentType"]]
        return np.frombuffer(binary, kind, own["count"] * columns, start).reshape(-1, columns)

    triangles = []
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            corners = accessor(primitive["attributes"]["POSITION"], 3)
            triangles.append(corners[accessor(primitive["indices"], 1).reshape(-1, 3)])
    metres = np.concatenate(triangles)
    return np.stack([-metres[..., 0], metres[..., 2], metres[..., 1]], -1).astype(np.float32) * 1000


def solid_of(triangles: np.ndarray, close_mm: float = 3.0) -> Solid:
    """The space that a set of surfaces encloses.

    The surfaces may be open patches of mixed orientation: they are drawn, closed, filled, and the largest part is kept.
    """
    low = triangles.min((0, 1)) - MARGIN * SPACING
    size = np.ceil((triangles.max((0, 1)) - low) / SPACING).astype(int) + MARGIN + 1
    drawn = np.zeros(size, bool)
    sides = np.linalg.norm(triangles - np.roll(triangles, 1, 1), axis=2).max(1)
    for pieces in range(1, int(np.ceil(sides.max() / SPACING)) + 2):
        these = triangles[np.ceil(sides / SPACING).astype(int).clip(1) == pieces]
        if len(these) == 0:
            continue
        steps = 2 * pieces + 1
        u, v = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, steps), np.linspace(0, 1, steps)))
        inner = u + v <= 1 + 1e-6
        weights = np.stack([1 - u - v, u, v], 1)[inner].astype(np.float32)
        for part in np.array_split(these, max(1, len(these) * len(weights) // 2_000_000 + 1)):
            points = np.einsum("pc,tcx->tpx", weights, part).reshape(-1, 3)
            at = np.round((points - low) / SPACING).astype(int)
            drawn[at[:, 0], at[:, 1], at[:, 2]] = True
    ball = ndimage.distance_transform_edt(~drawn) * SPACING <= close_mm
    filled = ndimage.binary_fill_holes(ball)
    solid = ndimage.distance_transform_edt(filled) * SPACING > close_mm
    parts, count = ndimage.label(solid)
    if count > 1:
        solid = parts == 1 + np.bincount(parts.ravel())[1:].argmax()
    return Solid(solid, low)
