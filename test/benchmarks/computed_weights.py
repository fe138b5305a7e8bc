"""A copy of a model package whose graphs compute their weights when they are loaded, so that it has kilobytes:

python computed_weights.py PACKAGE FOLDER

Each large array becomes sin(0, 1, 2, …) with the deviation of the original, or one value where float32 cannot count so
far. ONNX Runtime folds it into a constant, and the network takes the same time and memory. The masks mean nothing, and
there is no self-test.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST = 256
"""Arrays with fewer values are kept."""
COUNTED = 2**24
"""Whole numbers that float32 has."""


def with_computed_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """In place, and returned. Arrays of float32 only: others are indices and shapes."""
    graph = model.graph
    nodes, kept = [], []
    for number, tensor in enumerate(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        prefix = f"computed_{number}"
        constants = {
            "first": np.array(0, np.float32),
            "end": np.array(values.size, np.float32),
            "step": np.array(1, np.float32),
            "scale": np.array(2**0.5 * values.std(), np.float32),
            "mean": np.array(values.mean(), np.float32),
            "shape": np.array(values.shape, np.int64),
        }
        kept += [numpy_helper.from_array(value, f"{prefix}/{name}") for name, value in constants.items()]
        inputs = [f"{prefix}/{name}" for name in ("first", "end", "step")]
        counted = (
            ("Range", inputs, "range"),
            ("Sin", [f"{prefix}/range"], "sin"),
            ("Mul", [f"{prefix}/sin", f"{prefix}/scale"], "scaled"),
            ("Add", [f"{prefix}/scaled", f"{prefix}/mean"], "flat"),
            ("Reshape", [f"{prefix}/flat", f"{prefix}/shape"], None),
        )
        same = (("Expand", [f"{prefix}/scale", f"{prefix}/shape"], None),)
        for kind, own, output in counted if values.size <= COUNTED else same:
            name = tensor.name if output is None else f"{prefix}/{output}"
            nodes.append(helper.make_node(kind, own, [name], name=f"{prefix}/{kind}"))
    rest = list(graph.node)
    del graph.node[:], graph.initializer[:]
    graph.node.extend([*nodes, *rest])
    graph.initializer.extend(kept)
    return model


def main(package: Path, folder: Path) -> None:
    shutil.copytree(package, folder, ignore=shutil.ignore_patterns("golden", "SHA256SUMS", "*.onnx"))
    for path in package.rglob("*.onnx"):
        model = with_computed_weights(onnx.load(str(path)))
        (folder / path.relative_to(package)).write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
