"""ONNX Runtime sends nothing and keeps no identifier of the machine, in every package that loads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2]
SESSION = """
import onnx, onnxruntime
from onnx import TensorProto, helper
x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "g", [x], [y])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
print(session.run(["y"], {"x": [2.0]})[0])
"""


@pytest.mark.parametrize("package", ["training", "converters", "body.package", "int8.graph"])
def test_a_session_leaves_nothing_in_the_users_cache(package: str, tmp_path: Path) -> None:
    # Without the variables by which ONNX Runtime recognizes a CI service, where its telemetry is off.
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(TOOLS)}
    command = [sys.executable, "-c", f"import {package}\n{SESSION}"]
    ran = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "-2" in ran.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
