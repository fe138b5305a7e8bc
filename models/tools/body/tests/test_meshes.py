import io
import json
import struct
import tarfile

import numpy as np
import pytest

from body.meshes import read_glb, solid_of

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
FACES = [
    (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6),
    (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
]  # fmt: skip


def box_of(low, high, faces=FACES):
    corners = np.array(low) + CORNERS * (np.array(high) - np.array(low))
    return corners.astype(np.float32)[np.array(faces)]


def archive_with(tmp_path, node=None):
    """One triangle in metres, as in the atlas's files."""
    points = np.array([[0.001, 0.002, 0.003], [0.004, 0.002, 0.003], [0.001, 0.005, 0.003]], "<f4")
    binary = points.tobytes() + np.array([0, 1, 2, 0], "<u2").tobytes()
    document = {
        "nodes": [{"mesh": 0, **(node or {})}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3},
            {"bufferView": 1, "componentType": 5123, "count": 3},
        ],
        "bufferViews": [{"byteOffset": 0}, {"byteOffset": 36}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    content = struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
    path = tmp_path / "hra.tar.gz"
    with tarfile.open(path, "w:gz") as files:
        entry = tarfile.TarInfo("./organ.glb")
        entry.size = len(content)
        files.addfile(entry, io.BytesIO(content))
    return path


def test_a_surface_is_read_in_millimetres_to_the_right_to_the_front_and_upwards(tmp_path):
    triangles = read_glb(archive_with(tmp_path), "organ.glb")
    assert np.allclose(triangles, [[[-1, 3, 2], [-4, 3, 2], [-1, 3, 5]]], atol=1e-4)


def test_a_file_with_node_transforms_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"organ\.glb has node transforms"):
        read_glb(archive_with(tmp_path, {"translation": [1, 0, 0]}), "organ.glb")


def test_a_box_is_filled_with_faces_turned_either_way():
    faces = [face[::-1] if n % 2 else face for n, face in enumerate(FACES)]
    solid = solid_of(box_of((0, 0, 0), (60, 40, 30), faces))
    # Voxels that a face crosses are inside: up to one voxel more along each axis.
    assert 60 * 40 * 30 <= 1000 * solid.millilitres <= 62 * 42 * 32
    middle = tuple(np.round((np.array([30, 20, 15]) - solid.origin) / 2).astype(int))
    assert solid.inside[middle]


def test_patches_with_a_crack_between_them_close_and_a_speck_apart_is_left_out():
    cracked = np.concatenate([box_of((0, 0, 0), (60, 40, 30)), box_of((100, 0, 0), (104, 4, 4))])
    cracked[:2, :, 0] -= 2.5
    assert 60 * 40 * 30 <= 1000 * solid_of(cracked).millilitres <= 65 * 42 * 32
