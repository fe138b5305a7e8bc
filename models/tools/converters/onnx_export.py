"""From a PyTorch module to an ONNX file for onnxruntime-node."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel

from training.portable_graph import with_portable_operators

OPSET = 17
EXTERNAL_BEYOND = 1_500_000_000
"""Bytes of weights beyond which they go into a separate file: a protobuf is limited to 2 GiB."""
SMALLEST_STORED_IN_HALF = 1024
"""Numbers; norms and biases are not worth rounding."""
KEPT_IN_FLOAT32 = ("LayerNormalization", "Softmax")
"""Operators of the fp16 graphs whose sums need float32; their cost is negligible."""


def export_graph(
    module: torch.nn.Module,
    inputs: Mapping[str, torch.Tensor],
    outputs: Sequence[str],
    path: Path,
    dynamic: Mapping[str, Mapping[int, str]],
    constants: Mapping[str, np.ndarray] | None = None,
    shapes: Mapping[str, Sequence[int | str]] | None = None,
    precision: str = "fp32",
    storage: str = "float32",
) -> None:
    """Writes a graph; the same module, inputs and versions give the same bytes.

    inputs     examples, in the order of the module's arguments. They may be smaller than real inputs: see `dynamic`
    dynamic    input or output → its axes that are not fixed by the example, with their names
    constants  inputs that become part of the graph with these values, which may be larger than the example's
    shapes     inputs and outputs whose shape is declared again, if `constants` fix what the example left open
    precision  fp16 computes in half precision; inputs and outputs stay float32
    storage    float16 halves the file: weights are rounded and cast back where the graph is opened
    """
    module.eval()
    with torch.no_grad():
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            str(path),
            opset_version=OPSET,
            dynamo=False,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: dict(axes) for name, axes in dynamic.items()},
        )
    # The exporter sets the module to training mode and leaves it there.
    module.eval()
    model = onnx.load(str(path))
    for file in path.parent.iterdir():
        # Beyond 2 GiB the exporter writes every tensor to a file next to the graph.
        if file != path and _names_external_data(model, file.name):
            file.unlink()
    onnx.external_data_helper.convert_model_from_external_data(model)
    for name, value in (constants or {}).items():
        _make_constant(model, name, value)
    for name, shape in (shapes or {}).items():
        _declare_shape(model, name, shape)
    with_portable_operators(model)
    if precision == "fp16":
        model = in_half_precision(model)
    elif storage == "float16":
        store_in_half(model)
    save_graph(model, path)


def in_half_precision(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights and arithmetic in float16, except KEPT_IN_FLOAT32; inputs and outputs are unchanged."""
    blocked = [*DEFAULT_OP_BLOCK_LIST, *KEPT_IN_FLOAT32]
    converted = convert_float_to_float16(model, keep_io_types=True, op_block_list=blocked)
    # The casts of the inputs come last, after the operators that read them.
    OnnxModel(converted).topological_sort(is_deterministic=True)
    return converted


def store_in_half(model: onnx.ModelProto) -> None:
    """Rounds large float32 weights to float16 and casts them back; the arithmetic stays float32. ONNX Runtime casts
    once, when it opens the graph.

    @raises ValueError if a weight is beyond the range of float16
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < SMALLEST_STORED_IN_HALF:
            continue
        name = tensor.name
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > np.finfo(np.float16).max:
            raise ValueError(f"{name} has values that float16 cannot hold")
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name} in float16"))
        casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def save_graph(model: onnx.ModelProto, path: Path) -> None:
    """As one file, or with the weights in `<name>.data` next to it if they are too large for a graph."""
    weights = sum(len(tensor.raw_data) for tensor in model.graph.initializer)
    path.unlink(missing_ok=True)
    data = path.with_suffix(".data")
    data.unlink(missing_ok=True)
    if weights <= EXTERNAL_BEYOND:
        path.write_bytes(model.SerializeToString(deterministic=True))
    else:
        onnx.save_model(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=data.name)
    onnx.checker.check_model(str(path))


def _make_constant(model: onnx.ModelProto, name: str, value: np.ndarray) -> None:
    declared = next(item for item in model.graph.input if item.name == name)
    model.graph.input.remove(declared)
    model.graph.initializer.append(numpy_helper.from_array(value, name))


def _declare_shape(model: onnx.ModelProto, name: str, shape: Sequence[int | str]) -> None:
    declared = next(item for item in [*model.graph.input, *model.graph.output] if item.name == name)
    axes = declared.type.tensor_type.shape
    del axes.dim[:]
    for length in shape:
        axes.dim.add(**({"dim_param": length} if isinstance(length, str) else {"dim_value": length}))


def _names_external_data(model: onnx.ModelProto, file: str) -> bool:
    return any(
        entry.key == "location" and entry.value == file
        for tensor in model.graph.initializer
        for entry in tensor.external_data
    )
