"""Writes the tiny package that says what a volume shows, for tests of the server.

    python make_field_of_view_package.py [FOLDER]        (needs models/tools)

The graph is analytic. It reads slices along z of the image's part x ≥ 8:
    height   each row of two slices is 450 mm + 1225 mm · its mean brightness; below a brightness of 0.02 it has no body
    upright  likely if the image grows brighter towards z and y
    kind     ct; other for an image that is 0 everywhere
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from make_text_query_package import save_graph
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from package_files import write_checksums, write_json

FIRST, STEP, COUNT = 450, 25, 50
KINDS = ["ct", "t1", "t2", "flair", "other-mr", "pet", "other"]
SPREAD = 25.0
"""mm, of the heights of a row"""
HALF = 8
"""Slices at both ends whose brightness is compared."""

MANIFEST = {
    "schema": "promptseg-field-of-view/1",
    "name": "field-of-view",
    "version": "0.0.1",
    "license": "Apache-2.0",
    "graph": "model.onnx",
    "spacingMillimetres": 8,
    "multiple": 8,
    "smallest": 16,
    "percentiles": [1, 99.5],
    "clip": [-0.2, 1.5],
    "rowSlices": 2,
    "bins": {"first": FIRST, "step": STEP, "count": COUNT},
    "kinds": KINDS,
    "regions": [
        {"name": "head", "code": {"value": "69536005", "meaning": "Head"}, "low": 1480, "high": 1642},
        {"name": "neck", "code": {"value": "45048000", "meaning": "Neck"}, "low": 1400, "high": 1510},
        {"name": "chest", "code": {"value": "816094009", "meaning": "Chest"}, "low": 1140, "high": 1400},
        {"name": "abdomen", "code": {"value": "818981001", "meaning": "Abdomen"}, "low": 910, "high": 1200},
        {"name": "pelvis", "code": {"value": "816092008", "meaning": "Pelvis"}, "low": 760, "high": 960},
        {"name": "thigh", "code": {"value": "68367000", "meaning": "Thigh"}, "low": 480, "high": 760},
    ],
    "structures": [
        {"code": "10200004", "low": 1080, "high": 1290},
        {"code": "12738006", "low": 1500, "high": 1635},
    ],
    "thresholds": {"upright": 0.5, "body": 0.5, "kind": 0.8, "noBody": 0.8},
}


def constants() -> dict[str, np.ndarray]:
    def whole(*values: int) -> np.ndarray:
        return np.array(values, np.int64)

    heights = (FIRST + STEP * np.arange(COUNT)).astype(np.float32)
    return {
        "eight": whole(HALF),
        "minus_eight": whole(-HALF),
        "zero": whole(0),
        "end": whole(2**31),
        "axis_x": whole(2),
        "axis_y": whole(3),
        "axis_z": whole(4),
        "heights": heights.reshape(1, COUNT, 1),
        "low": np.float32(FIRST),
        "range": np.float32(STEP * (COUNT - 1)),
        "sharpness": np.float32(0.5 / SPREAD**2),
        "minus": np.float32(-1),
        "dark": np.float32(0.02),
        "steep": np.float32(1000),
        "least_growth": np.float32(0.02),
        "growth": np.float32(400),
        "is_other": np.array([[-9] * 6 + [20]], np.float32),
        "is_ct": np.array([[40] + [-9] * 5 + [-40]], np.float32),
        "flat": whole(1, 1),
    }


def nodes() -> list[onnx.NodeProto]:
    n = helper.make_node
    return [
        n("Slice", ["image", "eight", "end", "axis_x"], ["part"]),
        # Height: the mean brightness of each slice, then of each row.
        n("ReduceMean", ["part"], ["slices"], axes=[2, 3], keepdims=0),
        n("AveragePool", ["slices"], ["rows"], kernel_shape=[2], strides=[2]),
        n("Mul", ["rows", "range"], ["above"]),
        n("Add", ["above", "low"], ["centre"]),
        n("Sub", ["heights", "centre"], ["away"]),
        n("Mul", ["away", "away"], ["squared"]),
        n("Mul", ["squared", "sharpness"], ["unlikely"]),
        n("Mul", ["unlikely", "minus"], ["likely"]),
        n("Sub", ["rows", "dark"], ["bright"]),
        n("Mul", ["bright", "steep"], ["brighter"]),
        n("Mul", ["brighter", "minus"], ["nobody"]),
        n("Concat", ["likely", "nobody"], ["channels"], axis=1),
        n("LogSoftmax", ["channels"], ["height"], axis=1),
        # Upright: the brightness of the far ends of z and y against that of the near ones.
        *growth("z"),
        *growth("y"),
        n("Mul", ["upright_z", "upright_y"], ["both"]),
        n("Reshape", ["both", "flat"], ["upright"]),
        n("ReduceMax", ["image"], ["brightest"], axes=[1, 2, 3, 4], keepdims=0),
        n("Mul", ["is_ct", "brightest"], ["ct"]),
        n("Add", ["ct", "is_other"], ["kinds"]),
        n("LogSoftmax", ["kinds"], ["kind"], axis=1),
    ]


def growth(axis: str) -> list[onnx.NodeProto]:
    n = helper.make_node
    return [
        n("Slice", ["part", "eight", "end", f"axis_{axis}"], [f"far_{axis}"]),
        n("Slice", ["part", "zero", "minus_eight", f"axis_{axis}"], [f"near_{axis}"]),
        n("ReduceMean", [f"far_{axis}"], [f"far_mean_{axis}"], axes=[1, 2, 3, 4], keepdims=0),
        n("ReduceMean", [f"near_{axis}"], [f"near_mean_{axis}"], axes=[1, 2, 3, 4], keepdims=0),
        n("Sub", [f"far_mean_{axis}", f"near_mean_{axis}"], [f"grows_{axis}"]),
        n("Sub", [f"grows_{axis}", "least_growth"], [f"enough_{axis}"]),
        n("Mul", [f"enough_{axis}", "growth"], [f"logit_{axis}"]),
        n("Sigmoid", [f"logit_{axis}"], [f"upright_{axis}"]),
    ]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    values, used = constants(), nodes()
    wanted = {name for node in used for name in node.input}
    value = helper.make_tensor_value_info
    save_graph(
        folder / "model.onnx",
        used,
        [value("image", TensorProto.FLOAT, [1, 1, "x", "y", "z"])],
        [
            value("height", TensorProto.FLOAT, [1, COUNT + 1, "rows"]),
            value("kind", TensorProto.FLOAT, [1, len(KINDS)]),
            value("upright", TensorProto.FLOAT, [1, 1]),
        ],
        [numpy_helper.from_array(each, name) for name, each in values.items() if name in wanted],
    )
    write_json(folder / "field-of-view.json", MANIFEST)
    (folder / "CARD.md").write_text("# Made for tests\n\nIt has learnt nothing.\n", encoding="utf-8")
    (folder / "LICENSE").write_text("Apache-2.0\n", encoding="utf-8")
    write_checksums(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "field-of-view-package")
