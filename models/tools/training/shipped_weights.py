"""Loads the weights of a shipped image graph into a network, to continue its training."""

import json
from collections.abc import Iterable
from contextlib import contextmanager
from itertools import pairwise
from math import prod
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .joined_matrices import last_matrix
from .network import ImageNetwork, PopulationNorm
from .portable_graph import transposed_weight

CONVOLUTIONS = {nn.Conv3d: "Conv", nn.ConvTranspose3d: "ConvTranspose"}


def load_package(package: Path, network: ImageNetwork, rows: tuple[str, ...], images: Iterable[torch.Tensor]) -> None:
    """Loads the weights of a model package into a network of the same form, which then computes the same features.

    @param rows the network's classes, in their order
    @param images float32 [1, 1, x, y, z] as training shows them: see `unfold_norms`
    @raises ValueError if the package was made for other classes, or its graph is of another network
    """
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    if manifest["rows"] != list(rows):
        raise ValueError(f"The package {manifest['id']} {manifest['version']} was made for other classes.")
    load_folded(network, package / manifest["image"]["file"])
    unfold_norms(network, images)


@torch.no_grad()
def load_folded(network: ImageNetwork, graph: Path) -> None:
    """Loads a graph's weights into the network's convolutions. The export folded the norms into them; they have no
    effect. The last one is part of the comparison with the queries.

    @raises ValueError if the graph is of another network
    """
    model = onnx.load(str(graph))
    values = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = [node for node in model.graph.node if node.op_type in CONVOLUTIONS.values()]
    found = [(node.op_type, *(numpy_helper.to_array(values[name]) for name in node.input[1:3])) for node in nodes]
    weight, bias = last_matrix(model)
    found.append(("Conv", weight[:, :, None, None, None], bias))
    called = _as_called(network)
    if any(node.op_type == "BatchNormalization" for node in model.graph.node) or len(found) != len(called):
        raise ValueError(f"{graph.name} is not the graph of such a network: it has {len(found)} convolutions.")
    for (kind, weight, bias), module in zip(found, called, strict=True):
        if isinstance(module, nn.ConvTranspose3d) and kind == "Conv" and weight.shape[2:] == (1, 1, 1):
            kind = "ConvTranspose"
            weight = transposed_weight(weight, module.kernel_size)
            bias = bias[:: prod(module.kernel_size)]
        if kind != CONVOLUTIONS[type(module)] or weight.shape != module.weight.shape:
            raise ValueError(
                f"{graph.name} is not the graph of such a network: a convolution of {list(weight.shape)} "
                f"is where the network has one of {list(module.weight.shape)}."
            )
        module.weight.copy_(torch.from_numpy(weight.copy()))
        module.bias.copy_(torch.from_numpy(bias.copy()))
    for _, norm in _normalised(network):
        norm.mean.zero_()
        norm.variance.fill_(1 - norm.EPSILON)
        norm.weight.fill_(1)
        norm.bias.zero_()


@torch.no_grad()
def unfold_norms(network: ImageNetwork, images: Iterable[torch.Tensor]) -> None:
    """Separates norms from the convolutions that they were folded into; the network's features stay the same.

    Bias and weight of a norm are the mean and deviation of its output, measured on the images. The original scale of
    the weights before a norm is unknown, because the norm divides by it; it determines how much a training step changes
    them. They get the scale of the weights without a norm.
    """
    pairs = _normalised(network)
    sums = [torch.zeros(2, conv.out_channels, dtype=torch.float64) for conv, _ in pairs]
    outputs: dict[nn.Module, torch.Tensor] = {}
    count = 0
    with _called(network, outputs.__setitem__):
        for image in images:
            network.eval()(image)
            for (conv, _), total in zip(pairs, sums, strict=True):
                output = outputs[conv]
                total += torch.stack([output.mean((0, 2, 3, 4)), output.var((0, 2, 3, 4), correction=0)]).double().cpu()
            count += 1
    followed = {conv for conv, _ in pairs}
    free = [module for module in _convolutions(network) if module not in followed]
    size = torch.stack([module.weight.square().mean().sqrt() for module in free]).median()
    for (conv, norm), total in zip(pairs, sums, strict=True):
        mean, variance = (value.to(conv.weight) for value in total / count)
        scale = size / conv.weight.square().mean((1, 2, 3, 4)).sqrt().clamp(min=1e-6)
        norm.bias.copy_(mean)
        norm.mean.copy_((mean - conv.bias) * scale)
        norm.variance.copy_(variance * scale**2)
        norm.weight.copy_((norm.variance + norm.EPSILON).sqrt() / scale)
        conv.weight.mul_(scale[:, None, None, None, None])
        conv.bias.zero_()
    network.train()


def _convolutions(network: nn.Module) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, tuple(CONVOLUTIONS))]


def _normalised(network: nn.Module) -> list[tuple[nn.Conv3d, PopulationNorm]]:
    sequences = [module for module in network.modules() if isinstance(module, nn.Sequential)]
    return [pair for sequence in sequences for pair in pairwise(sequence) if isinstance(pair[1], PopulationNorm)]


def _as_called(network: ImageNetwork) -> list[nn.Module]:
    """The convolutions in the order in which the network calls them, which is also the order in the graph."""
    order: list[nn.Module] = []
    side = 2 * network.divisor
    with _called(network, lambda module, _: order.append(module)):
        network.eval()(torch.zeros(1, 1, side, side, side, device=next(network.parameters()).device))
    network.train()
    return order


@contextmanager
def _called(network: nn.Module, what):
    """A context in which `what` is called with each convolution that ran, and its output."""
    hooks = [
        module.register_forward_hook(lambda module, _, output: what(module, output))
        for module in _convolutions(network)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
