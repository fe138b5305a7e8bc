"""Replaces operators that ONNX Runtime's WebGPU provider lacks by ones that it has.

The model families use one such operator, tested with onnxruntime-node 1.30.0: ConvTranspose over three axes.
"""

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper


def with_portable_operators(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with every ConvTranspose over three axes replaced; in place, and returned.

    If its stride equals its kernel, it writes each output voxel once. It then equals a 1×1×1 Conv that computes the
    voxels of a block as channels, followed by moving these channels to their positions, one axis at a time, because
    WebGPU transposes up to six dimensions. Equal bit for bit on the CPU.

    @raises ValueError for a ConvTranspose whose blocks overlap, or that pads
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[NodeProto] = []
    tensors: dict[str, onnx.TensorProto] = {}
    for node in graph.node:
        if node.op_type == "ConvTranspose" and len(weights[node.input[1]].dims) == 5:
            written, constants = _as_convolution(node, weights)
            nodes += written
            tensors |= constants
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend([*kept, *tensors.values()])
    return model


def transposed_weight(weight: np.ndarray, kernel: tuple[int, int, int]) -> np.ndarray:
    """The weight of a ConvTranspose [in, out, x, y, z] from that of the Conv that replaced it."""
    channels = weight.shape[0] // int(np.prod(kernel))
    return np.moveaxis(weight.reshape(channels, *kernel, weight.shape[1]), -1, 0)


def _as_convolution(
    node: NodeProto, weights: dict[str, onnx.TensorProto]
) -> tuple[list[NodeProto], dict[str, onnx.TensorProto]]:
    settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    weight = numpy_helper.to_array(weights[node.input[1]])
    kernel = weight.shape[2:]
    blocks = list(settings.get("strides", [1, 1, 1])) == list(kernel)
    if not blocks or any(settings.get("pads", [0])) or settings.get("group", 1) != 1 or "output_shape" in settings:
        raise ValueError(f"{node.name}: WebGPU cannot run this ConvTranspose, and it is not one of separate blocks.")

    channels, block = weight.shape[1], int(np.prod(kernel))
    prefix = node.output[0]
    nodes: list[NodeProto] = []
    tensors: dict[str, onnx.TensorProto] = {}

    def constant(name: str, value: np.ndarray) -> str:
        tensors[f"{prefix}/{name}"] = numpy_helper.from_array(np.ascontiguousarray(value), f"{prefix}/{name}")
        return f"{prefix}/{name}"

    def add(kind: str, inputs: Iterable[str], name: str, **attributes) -> str:
        output = prefix if name == "" else f"{prefix}/{name}"
        nodes.append(helper.make_node(kind, list(inputs), [output], name=f"{prefix}/{name or 'whole'}", **attributes))
        return output

    def number(value: int) -> str:
        return constant(f"number_{value}", np.array([value], np.int64))

    # [in, out, x, y, z] → [out · block, in, 1, 1, 1]
    inputs = [node.input[0], constant("weight", np.moveaxis(weight, 0, -1).reshape(-1, weight.shape[0], 1, 1, 1))]
    if len(node.input) > 2:
        inputs.append(constant("bias", np.repeat(numpy_helper.to_array(weights[node.input[2]]), block)))
    moved = add("Conv", inputs, "conv", kernel_shape=[1, 1, 1])

    shape = add("Shape", [node.input[0]], "shape")
    before = [add("Slice", [shape, number(2 + n), number(3 + n)], f"length_{n}") for n in range(3)]
    after = [add("Mul", [before[n], number(kernel[n])], f"raised_{n}") for n in range(3)]
    plane = add("Mul", before[:2], "plane")
    raised_plane = add("Mul", after[1:], "raised_plane")
    for n, shape, order in (
        (2, [plane, before[2]], [0, 2, 3, 1]),
        (1, [before[0], before[1], after[2]], [0, 2, 3, 1, 4]),
        (0, [before[0], raised_plane], [0, 2, 1, 3]),
    ):
        parts = add("Concat", [number(-1), number(kernel[n]), *shape], f"parts_{n}", axis=0)
        moved = add("Transpose", [add("Reshape", [moved, parts], f"split_{n}")], f"moved_{n}", perm=order)
    add("Reshape", [moved, add("Concat", [number(-1), number(channels), *after], "parts", axis=0)], "")
    return nodes, tensors
