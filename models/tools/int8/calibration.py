"""Ranges of the tensors of a graph, from images."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, helper, numpy_helper

from .layers import RISE, Kind, Layer, layers_of, weights_of

SAMPLED_PER_IMAGE = 12_000
"""Voxels of each tensor. With two disjoint halves of them the head's mean Dice on a real scan was 0.797 and 0.800."""
MOST_VALUES = 1_500_000
"""Values of a tensor that its range is fitted to."""
PERCENTILE = 99.9
"""Of a channel's absolute values, its scale: head, share of voxels with the same label as in float, 0.79 with the 99th,
0.93 with the 99.9th, the 99.99th and the maximum."""
LOWS = (1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05, 0.02)
HIGHS = (1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Shares of the lowest and of the highest value that are tried as the ends of a range."""


@dataclass(frozen=True)
class Range:
    """A value is scale · (q − zero), q from 0 to 255."""

    scale: np.float32
    zero: int


@dataclass(frozen=True)
class Calibrated:
    """model   computes what the model before computed, with even channels
    ranges  of the output of every layer between two convolutions
    """

    model: ModelProto
    ranges: dict[str, Range]


def calibrated(model: ModelProto, images: Sequence[np.ndarray]) -> Calibrated:
    """@param images float32 [x, y, z] each, as the graph's input"""
    values = sampled(model, images)
    model, values = with_even_channels(model, values)
    layers = layers_of(model.graph)
    slopes = {layer.inputs[0]: layer.attribute("alpha") for layer in layers if layer.kind is Kind.LEAKY}
    return Calibrated(model, {name: _fitted(each, slopes.get(name)) for name, each in values.items()})


def open_model(model: ModelProto) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def watching(model: ModelProto, names: Sequence[str]) -> onnxruntime.InferenceSession:
    """A session that also gives tensors within the graph."""
    watched = copy.deepcopy(model)
    known = {output.name for output in model.graph.output}
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names if name not in known
    )
    return open_model(watched)


def sampled(model: ModelProto, images: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Values of each layer's output at random voxels: float32 [voxels, channels]."""
    names = [layer.output for layer in layers_of(model.graph) if layer.kind is not Kind.OTHER]
    session = watching(model, names)
    random = np.random.default_rng(0)
    values: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for image in images:
        # A few tensors at a time: all of them at once took gigabytes.
        for first in range(0, len(names), 8):
            some = names[first : first + 8]
            for name, result in zip(some, session.run(some, {"image": image[None, None]}), strict=True):
                voxels = result[0].reshape(result.shape[1], -1)
                count = min(SAMPLED_PER_IMAGE, voxels.shape[1])
                values[name].append(voxels[:, random.choice(voxels.shape[1], count, replace=False)].T.copy())
    return {name: np.concatenate(each) for name, each in values.items()}


def with_even_channels(model: ModelProto, values: dict[str, np.ndarray]) -> tuple[ModelProto, dict[str, np.ndarray]]:
    """Scales each channel of a layer so that all have the same spread, and the weights that read it by the inverse;
    the same for its values. Exact in float32 but for rounding: LeakyReLU keeps positive factors.
    """
    model = copy.deepcopy(model)
    layers = layers_of(model.graph)
    weights = {name: array.copy() for name, array in weights_of(model.graph).items()}
    values = dict(values)
    for layer in layers:
        if not layer.has_weights:
            continue
        path = _readers_of(layer, layers, values)
        if path is None:
            continue
        spread = np.percentile(np.abs(values[path.scaled[-1]]), PERCENTILE, axis=0).astype(np.float64)
        spread = np.maximum(spread, 1e-3 * max(spread.max(), 1e-12))
        scale = spread / np.exp(np.log(spread).mean())
        rows = np.repeat(scale, RISE) if layer.kind is Kind.RISE else scale
        weights[layer.weight] = (weights[layer.weight] / rows.reshape(-1, 1, 1, 1, 1)).astype(np.float32)
        weights[layer.bias] = (weights[layer.bias] / rows).astype(np.float32)
        for reader, at in path.readers:
            weights[reader.weight][:, at : at + len(scale)] *= scale.reshape(1, -1, 1, 1, 1).astype(np.float32)
        for name in path.scaled:
            values[name] = values[name] / scale
        for name, at in path.joined:
            values[name] = values[name].copy()
            values[name][:, at : at + len(scale)] /= scale
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name], tensor.name))
    return model, values


@dataclass(frozen=True)
class _Path:
    """scaled   outputs with the layer's own channels
    joined   concatenations, and the channel of them at which these begin
    readers  layers with weights, and the same of their input
    """

    scaled: tuple[str, ...]
    joined: tuple[tuple[str, int], ...]
    readers: tuple[tuple[Layer, int], ...]


def _readers_of(layer: Layer, layers: list[Layer], values: dict[str, np.ndarray]) -> _Path | None:
    """Where the layer's channels go; None if they meet anything that is no layer with weights, LeakyReLU or join."""
    users = [other for other in layers if layer.output in other.inputs]
    scaled = [layer.output]
    if len(users) == 1 and users[0].kind is Kind.LEAKY:
        scaled.append(users[0].output)
        users = [other for other in layers if scaled[-1] in other.inputs]
    path = _Path(tuple(scaled), (), ())
    for user in users:
        if user.has_weights:
            path = replace(path, readers=(*path.readers, (user, 0)))
        elif user.kind is Kind.JOIN:
            at = sum(values[name].shape[1] for name in user.inputs[: user.inputs.index(scaled[-1])])
            readers = [other for other in layers if user.output in other.inputs]
            if not all(reader.kind is Kind.CONVOLUTION for reader in readers):
                return None
            path = replace(
                path,
                joined=(*path.joined, (user.output, at)),
                readers=(*path.readers, *((reader, at) for reader in readers)),
            )
        else:
            return None
    return path if path.readers else None


def _fitted(values: np.ndarray, slope: float | None) -> Range:
    """The range with the least squared error, after the LeakyReLU that follows if one does.

    @param values [voxels, channels]
    """
    values = values.ravel()
    if len(values) > MOST_VALUES:
        values = np.random.default_rng(1).choice(values, MOST_VALUES, replace=False)

    def after(x: np.ndarray) -> np.ndarray:
        return x if slope is None else np.where(x < 0, slope * x, x)

    wanted = after(values)
    lowest, highest = min(0.0, float(values.min())), max(0.0, float(values.max()))
    best, least = Range(np.float32(1), 0), np.inf
    for low in sorted({lowest * share for share in LOWS}):
        for high in (highest * share for share in HIGHS):
            scale = (high - low) / 255
            if scale <= 0:
                continue
            zero = int(np.clip(round(-low / scale), 0, 255))
            rounded = (np.clip(np.round(values / scale) + zero, 0, 255) - zero) * scale
            error = float(np.square(after(rounded) - wanted).mean())
            if error < least:
                best, least = Range(np.float32(scale), zero), error
    return best
