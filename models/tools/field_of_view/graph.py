"""The network as an ONNX graph with half-precision weights, and a runner of it."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .batches import DIVISOR, padded_length
from .network import EvenConvolution, FieldOfViewNetwork
from .normalise import normalise

OPSET = 17
LEAST_HALVED = 64
"""Weights with fewer numbers stay as they are."""


def write_graph(network: FieldOfViewNetwork, path: Path) -> None:
    """`image` [1, 1, x, y, z] → `place` [1, 3, x/4, y/4, z/4], `weight` [1, 1, …], `kind` [1, kinds], all float32.

    Sizes are multiples of DIVISOR. Weights are stored in half precision and cast when the graph is loaded.
    """
    plain = FieldOfViewNetwork(network.widths).eval().requires_grad_(False)
    plain.load_state_dict({name: value.contiguous() for name, value in network.state_dict().items()})
    _write_out_kernels(plain)
    sizes = {2: "x", 3: "y", 4: "z"}
    places = {axis: f"places_{name}" for axis, name in sizes.items()}
    torch.onnx.export(
        plain,
        (torch.zeros(1, 1, 4 * DIVISOR, 4 * DIVISOR, 4 * DIVISOR),),
        str(path),
        opset_version=OPSET,
        dynamo=False,
        input_names=["image"],
        output_names=["place", "weight", "kind"],
        dynamic_axes={"image": sizes, "place": places, "weight": places},
    )
    model = with_half_weights(onnx.load(str(path)))
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _write_out_kernels(module: nn.Module) -> None:
    """Replaces even convolutions by common ones with all 27 weights; in place."""
    for name, child in module.named_children():
        if isinstance(child, EvenConvolution):
            kernel = child.kernel()
            outputs, inputs = kernel.shape[:2]
            common = nn.Conv3d(inputs, outputs, 3, padding=child.dilation, dilation=child.dilation, bias=False)
            common.weight = nn.Parameter(kernel, requires_grad=False)
            setattr(module, name, common)
        else:
            _write_out_kernels(child)


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its larger weights in half precision, each followed by a Cast; in place, and returned."""
    casts, weights = [], []
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.size < LEAST_HALVED:
            weights.append(tensor)
            continue
        half = f"{tensor.name}_half"
        weights.append(numpy_helper.from_array(value.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [tensor.name], name=f"{tensor.name}_cast", to=TensorProto.FLOAT))
    del model.graph.initializer[:]
    model.graph.initializer.extend(weights)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])
    return model


class Graph:
    """Runs a graph on volumes at 8 mm."""

    def __init__(self, path: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """place float32 [3, …], weight float32 […], kind float32 [kinds]

        @param image float32 [x, y, z], normalised; padded at the ends here
        """
        padded = np.pad(image, [(0, padded_length(n) - n) for n in image.shape])
        place, weight, kind = self.session.run(None, {"image": np.ascontiguousarray(padded)[None, None]})
        return place[0], weight[0, 0], kind[0]

    def look_at(self, voxels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `run`, of a volume in its own unit."""
        return self.run(normalise(voxels))
