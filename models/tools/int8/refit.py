"""Fits the convolutions that stay in float32 to the integers that they read.

The integers' errors are not only noise: values beyond a range are cut off, so features become smaller. The last float
convolution can take that back, at no cost in time: on four images that were not used for it, the root mean square error
of the head's features fell from 0.086 to 0.058 of their deviation.
"""

import copy
from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, numpy_helper

from .calibration import watching
from .layers import Kind, Layer, in_float, layers_of, weights_of

VOXELS_PER_IMAGE = 3000
RIDGE = 1e-5
"""Weight of a change of the weights, as a share of the mean square of what they multiply."""


def refitted(written: ModelProto, model: ModelProto, images: Sequence[np.ndarray]) -> ModelProto:
    """The int8 graph whose last float convolutions are fitted, in their order, to give what they gave in float32.

    @param written int8 form of `model`
    @param images float32 [x, y, z] each
    """
    layers = layers_of(model.graph)
    kept = in_float(layers, weights_of(model.graph))
    written = copy.deepcopy(written)
    for layer in layers:
        if layer.kind is Kind.CONVOLUTION and layer.output in kept and _reads_integers(layer, layers, kept):
            weight, bias = _fitted(layer, written, model, images)
            for tensor in written.graph.initializer:
                if tensor.name in (layer.weight, layer.bias):
                    fitted = weight if tensor.name == layer.weight else bias
                    tensor.CopyFrom(numpy_helper.from_array(fitted, tensor.name))
    return written


def _reads_integers(layer: Layer, layers: list[Layer], kept: set[str]) -> bool:
    made = {each.output: each for each in layers}
    todo = list(layer.inputs)
    while todo:
        before = made.get(todo.pop())
        if before is not None:
            if before.has_weights and before.output not in kept:
                return True
            todo.extend(before.inputs)
    return False


def _fitted(
    layer: Layer, written: ModelProto, model: ModelProto, images: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of a convolution by least squares, from its own."""
    arrays = weights_of(written.graph)
    weight, bias = arrays[layer.weight].astype(np.float64), arrays[layer.bias].astype(np.float64)
    side = weight.shape[2]
    rows = weight.transpose(2, 3, 4, 1, 0).reshape(-1, len(weight))
    ours, theirs = watching(written, [layer.inputs[0]]), watching(model, [layer.output])
    random = np.random.default_rng(0)
    squares = np.zeros((len(rows) + 1,) * 2)
    products = np.zeros((len(rows) + 1, len(weight)))
    for image in images:
        (seen,) = ours.run([layer.inputs[0]], {"image": image[None, None]})
        (wanted,) = theirs.run([layer.output], {"image": image[None, None]})
        count = wanted[0, 0].size
        voxels = random.choice(count, min(VOXELS_PER_IMAGE, count), replace=False)
        patches = _patches(seen[0], voxels, side)
        missing = wanted[0].reshape(len(weight), -1)[:, voxels].T - (patches[:, :-1] @ rows + bias)
        squares += patches.T @ patches
        products += patches.T @ missing
    change = np.linalg.solve(squares + RIDGE * np.diag(squares).mean() * np.eye(len(squares)), products)
    fitted = (rows + change[:-1]).reshape(*[side] * 3, weight.shape[1], len(weight)).transpose(4, 3, 0, 1, 2)
    return np.ascontiguousarray(fitted, np.float32), (bias + change[-1]).astype(np.float32)


def _patches(values: np.ndarray, voxels: np.ndarray, side: int) -> np.ndarray:
    """What a convolution reads for each voxel, and a 1: float64 [voxels, side³ · channels + 1].

    @param values [channels, x, y, z], 0 outside
    """
    margin = side // 2
    padded = np.pad(values, [(0, 0), *[(margin, margin)] * 3])
    x, y, z = np.unravel_index(voxels, values.shape[1:])
    steps = range(side)
    read = [padded[:, x + i, y + j, z + k].T for i in steps for j in steps for k in steps]
    return np.concatenate([*read, np.ones((len(voxels), 1))], 1).astype(np.float64)
