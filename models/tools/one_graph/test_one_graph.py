import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from one_graph import joined, parts
from one_graph.__main__ import join_package
from package_files import sha256_of

SPACE = ["x", "y", "z"]
OPERATORS = [helper.make_opsetid("", 17)]


def model(nodes, inputs, output, constants) -> onnx.ModelProto:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    results = [helper.make_tensor_value_info(*output[:1], TensorProto.FLOAT, output[1])]
    kept = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "graph", values, results, kept)
    return helper.make_model(graph, opset_imports=OPERATORS, ir_version=8)


def image_graph() -> onnx.ModelProto:
    weight = np.random.default_rng(1).standard_normal((3, 1, 3, 3, 3), np.float32)
    nodes = [helper.make_node("Conv", ["image", "weight"], ["features"], pads=[1] * 6)]
    return model(nodes, {"image": [1, 1, *SPACE]}, ("features", [1, 3, *SPACE]), {"weight": weight})


def mask_graph() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Reshape", ["features", "flat"], ["voxels"]),
        helper.make_node("Gemm", ["voxels", "queries"], ["logits"], transA=1, transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    inputs = {"features": [1, 3, *SPACE], "queries": ["n", 3]}
    return model(nodes, inputs, ("probabilities", ["voxels", "n"]), {"flat": np.array([3, -1], np.int64)})


def run(graph: onnx.ModelProto, feeds: dict[str, np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0]


def feeds() -> dict[str, np.ndarray]:
    random = np.random.default_rng(2)
    image = random.standard_normal((1, 1, 6, 5, 4), np.float32)
    return {"image": image, "queries": random.standard_normal((4, 3), np.float32)}


def by_both(given: dict[str, np.ndarray]) -> np.ndarray:
    features = run(image_graph(), {"image": given["image"]})
    return run(mask_graph(), {"features": features, "queries": given["queries"]})


def test_one_graph_gives_what_the_two_gave():
    assert np.abs(run(joined(image_graph(), mask_graph()), feeds()) - by_both(feeds())).max() < 1e-6


def test_its_parts_are_the_two_graphs():
    for part, whole in zip(parts(joined(image_graph(), mask_graph())), (image_graph(), mask_graph()), strict=True):
        assert part.graph.node == whole.graph.node
        assert part.graph.initializer == whole.graph.initializer
        assert (part.graph.input, part.graph.output) == (whole.graph.input, whole.graph.output)


def test_a_package_of_two_graphs_becomes_one_of_one(tmp_path: Path):
    (tmp_path / "graphs").mkdir()
    files = {"image": image_graph(), "image.int8": image_graph(), "mask": mask_graph()}
    for name, graph in files.items():
        (tmp_path / f"graphs/{name}.onnx").write_bytes(graph.SerializeToString())
    embeddings = {"kind": "bank", "file": "embeddings.f32", "dimension": 3}
    int8 = {"file": "graphs/image.int8.onnx", "minimumDice": 0.8}
    named = {"file": "graphs/image.onnx", "input": "image", "output": "features", "channels": 3, "int8": int8}
    mask = {"kind": "probability-graph", "embeddings": embeddings, "file": "graphs/mask.onnx"}
    manifest = {"version": "0.1.0", "algorithm": {"version": "0.1.0"}, "rows": ["liver"], "image": named, "mask": mask}
    manifest |= {"windows": {"size": [6, 5, 4]}, "memory": {}}
    (tmp_path / "model.json").write_text(json.dumps(manifest))

    join_package(tmp_path, "0.1.1", threads=1)
    written = json.loads((tmp_path / "model.json").read_text())
    assert written["version"] == written["algorithm"]["version"] == "0.1.1"
    assert written["image"] == {
        "file": "graphs/image.onnx",
        "input": "image",
        "output": "probabilities",
        "int8": int8,
    }
    assert written["mask"] == {"kind": "in-image-graph", "embeddings": embeddings, "queriesInput": "queries"}
    assert written["memory"]["graphBytes"] > 0
    assert not (tmp_path / "graphs/mask.onnx").exists()
    for name in ("image.onnx", "image.int8.onnx"):
        assert np.abs(run(onnx.load(str(tmp_path / "graphs" / name)), feeds()) - by_both(feeds())).max() < 1e-6
        assert f"{sha256_of(tmp_path / 'graphs' / name)}  graphs/{name}" in (tmp_path / "SHA256SUMS").read_text()
