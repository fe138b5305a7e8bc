"""The network as an ONNX graph with 8-bit weights, and a runner of it."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from .batches import DIVISOR, padded_length
from .network import FieldOfViewNetwork

OPSET = 17
LEAST_SHORTENED = 1000
"""Weights with fewer numbers stay as they are."""


def write_graph(network: FieldOfViewNetwork, path: Path) -> None:
    """`image` [1, 1, x, y, z] → `height` [1, bins + 1, z/2], `kind` [1, kinds], `upright` [1, 1], all float32.

    Sizes are multiples of DIVISOR. Weights are stored in 8 bits.
    """
    plain = FieldOfViewNetwork(network.widths).eval().requires_grad_(False)
    plain.load_state_dict({name: value.contiguous() for name, value in network.state_dict().items()})
    torch.onnx.export(
        plain,
        (torch.zeros(1, 1, 4 * DIVISOR, 4 * DIVISOR, 4 * DIVISOR),),
        str(path),
        opset_version=OPSET,
        dynamo=False,
        input_names=["image"],
        output_names=["height", "kind", "upright"],
        dynamic_axes={"image": {2: "x", 3: "y", 4: "z"}, "height": {2: "rows"}},
    )
    model = with_8_bit_weights(onnx.load(str(path)))
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def with_8_bit_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its larger weights in 8 bits, a scale for each output; in place, and returned.

    ONNX Runtime folds DequantizeLinear into the weights when it loads the graph, so everything is computed in float32.
    """
    restored, weights = [], []
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.size < LEAST_SHORTENED or value.ndim < 2:
            weights.append(tensor)
            continue
        most = abs(value).reshape(len(value), -1).max(1)
        scale = (np.where(most > 0, most, 1) / 127).astype(np.float32)
        short = np.rint(value / scale.reshape(-1, *[1] * (value.ndim - 1))).astype(np.int8)
        names = [f"{tensor.name}_{part}" for part in ("short", "scale", "zero")]
        parts = (short, scale, np.zeros(len(scale), np.int8))
        weights += [numpy_helper.from_array(part, name) for part, name in zip(parts, names, strict=True)]
        restored.append(helper.make_node("DequantizeLinear", names, [tensor.name], name=f"{tensor.name}_long", axis=0))
    del model.graph.initializer[:]
    model.graph.initializer.extend(weights)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*restored, *nodes])
    return model


class Graph:
    """Runs a graph on volumes at 8 mm."""

    def __init__(self, path: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Log-probabilities of heights [bins + 1, rows] and of kinds, and the probability of upright.

        @param image float32 [x, y, z], normalised; padded at the ends here
        """
        padded = np.pad(image, [(0, padded_length(n) - n) for n in image.shape])
        height, kind, upright = self.session.run(None, {"image": np.ascontiguousarray(padded)[None, None]})
        return height[0], kind[0], float(upright[0, 0])
