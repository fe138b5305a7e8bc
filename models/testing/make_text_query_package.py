"""Writes the tiny 'text-query' model package that lets the server's tests run end to end through ONNX Runtime.

    python make_text_query_package.py [FOLDER]        (needs models/tools)

The model is analytic, so its masks are known: with x the intensity scaled to 0–1, the logits are
    grey    20 (x − 0.3)
    bright  40 (x − 0.5)
    background 0
and the most probable class is the background up to x = 0.3, grey up to x = 0.7, bright beyond. The expected masks of
golden/ are computed here with scipy, independently of the server.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from scipy.ndimage import map_coordinates

WINDOW = [10, 12, 8]
SPACING = [2.0, 2.5, 3.0]
ROWS = {"grey": (20.0, -6.0), "bright": (40.0, -20.0)}
TARGETS = {"grey-region": ["grey"], "bright-region": ["bright"], "whole-region": ["grey", "bright"]}


def save_graph(path, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def write_graphs(folder):
    """image: [1,1,z,y,x] → features (x, 1) by a 3×3×3 convolution; mask: queries · features."""
    kernel = np.zeros((2, 1, 3, 3, 3), np.float32)
    kernel[0, 0, 1, 1, 1] = 1
    space = ["z", "y", "x"]
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 2, *space])
    save_graph(
        folder / "image.onnx",
        [helper.make_node("Conv", ["image", "kernel", "bias"], ["features"], pads=[1] * 6)],
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, *space])],
        [features],
        [
            onnx.numpy_helper.from_array(kernel, "kernel"),
            onnx.numpy_helper.from_array(np.array([0, 1], np.float32), "bias"),
        ],
    )
    save_graph(
        folder / "mask.onnx",
        [helper.make_node("Einsum", ["queries", "features"], ["logits"], equation="nc,bczyx->bnzyx")],
        [features, helper.make_tensor_value_info("queries", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "n", *space])],
    )


def golden_volume():
    """An oblique, left-handed, odd-sized grid and a bright ball within a grey one on it; voxels[k, j, i]."""
    size = (17, 19, 11)
    angle = np.deg2rad(20)
    rotation = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(0.1), -np.sin(0.1)], [0, np.sin(0.1), np.cos(0.1)]])
    matrix = np.eye(4)
    matrix[:3, :3] = (rotation @ tilt) @ np.diag([1.7, 1.9, -2.6])
    matrix[:3, 3] = [-40, 25, 110]
    indices = np.stack(np.meshgrid(*[np.arange(n) for n in size], indexing="ij")).reshape(3, -1)
    places = matrix[:3, :3] @ indices + matrix[:3, 3:]
    centre = matrix[:3, :3] @ ((np.array(size) - 1) / 2) + matrix[:3, 3]
    distance = np.linalg.norm(places - centre[:, None], axis=0)
    values = np.clip(1000 * (1.2 - distance / 12), 0, 1000)
    return np.round(values).astype("<i2").reshape(size).transpose(2, 1, 0), matrix, size


def sample(field, coordinates):
    """field[k, j, i] at voxel coordinates (i, j, k) × points, trilinear, NaN beyond half a voxel outside."""
    limits = np.array(field.shape[::-1])[:, None]
    inside = np.all((coordinates >= -0.5) & (coordinates <= limits - 0.5), axis=0)
    values = map_coordinates(field.astype(np.float64), coordinates[::-1], order=1, mode="nearest")
    return np.where(inside, values, np.nan)


def expected_masks(voxels, matrix, size):
    corners = np.array([[i, j, k] for i in (0, size[0] - 1) for j in (0, size[1] - 1) for k in (0, size[2] - 1)]).T
    box = matrix[:3, :3] @ corners + matrix[:3, 3:]
    spacing = np.array(SPACING)
    # The model's voxels are at whole multiples of its spacing in the patient.
    first, last = np.floor(box.min(1) / spacing + 1e-4), np.ceil(box.max(1) / spacing - 1e-4)
    low, high = first * spacing, last * spacing
    grid = np.diag([-1.0, -1.0, 1.0, 1.0]) @ np.diag([*spacing, 1.0])
    grid[:3, 3] = [high[0], high[1], low[2]]
    grid_size = (last - first + 1).astype(int)
    indices = np.stack(np.meshgrid(*[np.arange(n) for n in grid_size], indexing="ij")).reshape(3, -1)
    to_source = np.linalg.inv(matrix) @ grid
    image = sample(voxels, to_source[:3, :3] @ indices + to_source[:3, 3:])
    least, most = np.nanmin(image), np.nanmax(image)
    image = (np.nan_to_num(image, nan=least) - least) / (most - least)
    logits = np.stack([weight * image + bias for weight, bias in ROWS.values()] + [np.zeros_like(image)])
    odds = np.exp(logits - logits.max(0))
    probabilities = odds / odds.sum(0)
    indices = np.stack(np.meshgrid(*[np.arange(n) for n in size], indexing="ij")).reshape(3, -1)
    to_model = np.linalg.inv(grid) @ matrix
    places = to_model[:3, :3] @ indices + to_model[:3, 3:]
    restored = [sample(p.reshape(grid_size).transpose(2, 1, 0), places) for p in probabilities]
    winner = np.argmax(restored, axis=0).reshape(size).transpose(2, 1, 0).ravel()
    names = list(ROWS)
    return {target: np.isin(winner, [names.index(row) for row in rows]) for target, rows in TARGETS.items()}


def write_golden(folder):
    voxels, matrix, size = golden_volume()
    (folder / "voxels.i16").write_bytes(voxels.tobytes())
    expected = {}
    for target, mask in expected_masks(voxels, matrix, size).items():
        expected[target] = f"golden/{target}.bits"
        (folder / f"{target}.bits").write_bytes(np.packbits(mask, bitorder="little").tobytes())
    golden = {
        "modality": "MR",
        "unit": "arbitrary",
        "grid": {"size": list(size), "voxelToLps": matrix.ravel().tolist()},
        "voxels": {"file": "golden/voxels.i16", "type": "int16"},
        "expected": expected,
    }
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


def manifest():
    return {
        "schema": "promptseg-model/1",
        "id": "analytic-text-query",
        "name": "Analytic text-query test model",
        "version": "1.0.0",
        "family": "text-query",
        "source": {"description": "Made by models/testing/make_text_query_package.py."},
        "licence": {"spdx": "Apache-2.0"},
        "intendedUse": "Tests of the server. It knows nothing of anatomy.",
        "researchUseOnly": True,
        "modalities": ["MR"],
        "algorithm": {
            "name": "Analytic text-query test model",
            "version": "1.0.0",
            "familyCode": {"value": "123110", "scheme": "DCM", "meaning": "Artificial Intelligence"},
        },
        "evaluation": [],
        "selfTest": {"minimumDice": 0.999},
        "input": {
            "orientation": "RAS",
            "tensorAxes": "zyx",
            "spacing": SPACING,
            "outside": "minimum",
            "intensity": [{"step": "min-max", "scope": "all"}],
        },
        "windows": {
            "size": WINDOW,
            "step": [n // 2 for n in WINDOW],
            "padding": {"value": 0, "where": "end"},
            "blend": {"kind": "gaussian", "sigmaFraction": 0.125},
        },
        "image": {"file": "graphs/image.onnx", "input": "image", "output": "features", "channels": 2},
        "rows": list(ROWS),
        "targets": TARGETS,
        "mask": {
            "kind": "graph",
            "embeddings": {"kind": "bank", "file": "embeddings.f32", "dimension": 2},
            "file": "graphs/mask.onnx",
            "featuresInput": "features",
            "queriesInput": "queries",
            "output": "logits",
        },
        "activation": {"kind": "softmax", "background": "zero-logit"},
        "decision": {"kind": "argmax"},
        "existence": {"minimumVolumeMl": 0.01},
        "memory": {"graphBytes": 1000000},
    }


def vocabulary():
    colours = {"grey-region": [150, 150, 150], "bright-region": [250, 250, 200], "whole-region": [90, 160, 220]}
    return {
        "targets": [
            {
                "id": target,
                "name": target.replace("-", " "),
                "synonyms": [target.split("-")[0]],
                "modalities": ["MR"],
                "concept": {
                    "category": {"value": "91723000", "scheme": "SCT", "meaning": "Anatomical Structure"},
                    "type": {"value": target[:16], "scheme": "99PROMPTSEG", "meaning": target.replace("-", " ")},
                    "displayColour": colour,
                },
            }
            for target, colour in colours.items()
        ],
        "groups": [{"name": "regions", "synonyms": [], "members": ["grey-region", "bright-region"]}],
    }


def write_checksums(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}\n" for p in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def main(folder):
    for part in ("graphs", "golden"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    write_graphs(folder / "graphs")
    write_golden(folder / "golden")
    (folder / "embeddings.f32").write_bytes(np.array(list(ROWS.values()), "<f4").tobytes())
    (folder / "model.json").write_text(json.dumps(manifest(), indent=1) + "\n")
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary(), indent=1) + "\n")
    (folder / "LICENSE").write_text("Apache-2.0; the text is the LICENSE of the repository.\n")
    (folder / "CARD.md").write_text(f"# {manifest()['name']}\n\n{manifest()['intendedUse']}\n")
    write_checksums(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "text-query-package")
