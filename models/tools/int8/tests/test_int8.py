import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from body.network import BodyNetwork
from int8.calibration import calibrated, open_model, sampled, with_even_channels
from int8.graph import _Writer, int8_graph
from int8.layers import Kind, in_float, layers_of, weights_of
from int8.refit import refitted
from training.network import ImageNetwork
from training.onnx_graphs import write_image_graph

SIDE = 48


def images(count: int, seed: int) -> list[np.ndarray]:
    """Smooth images with edges."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        coarse = torch.from_numpy(random.normal(size=(1, 1, 6, 6, 6)).astype(np.float32))
        fine = torch.nn.functional.interpolate(coarse, size=(SIDE,) * 3, mode="trilinear")[0, 0].numpy()
        made.append(np.where(fine > 0.2, fine + 0.5, 0.1 * fine).astype(np.float32))
    return made


@pytest.fixture(scope="module", params=[ImageNetwork, BodyNetwork])
def model(request, tmp_path_factory) -> onnx.ModelProto:
    """A network whose norms have seen images, and whose channels differ in size by up to ten."""
    torch.manual_seed(11)
    network = request.param((8, 16, 16), 12).requires_grad_(False)
    for image in images(60, 1):
        network(torch.from_numpy(image)[None, None])
    for name, parameter in network.named_parameters():
        # The weights of PopulationNorm.
        if parameter.ndim == 1 and name.endswith("weight"):
            parameter.mul_(10 ** (torch.rand(len(parameter)) - 0.5))
    path = tmp_path_factory.mktemp("graph") / "image.onnx"
    write_image_graph(network.eval(), path)
    return onnx.load(str(path))


@pytest.fixture(scope="module")
def written(model) -> onnx.ModelProto:
    return int8_graph(model, images(4, 2))


def features(model: onnx.ModelProto, image: np.ndarray) -> np.ndarray:
    (result,) = open_model(model).run(None, {"image": image[None, None]})
    return result


def test_features_stay_close_in_images_of_other_sizes(model, written):
    for image in (images(1, 3)[0], images(1, 4)[0][:32, :, :16]):
        wanted, ours = features(model, image), features(written, image)
        assert ours.shape == wanted.shape
        assert np.corrcoef(ours.ravel(), wanted.ravel())[0, 1] > 0.97


def test_only_the_cheap_and_the_last_convolutions_are_in_float(model, written):
    layers, weights = layers_of(model.graph), weights_of(model.graph)
    kinds = [node.op_type for node in written.graph.node]
    kept = in_float(layers, weights)
    assert kinds.count("Conv") == len(kept)
    assert kinds.count("QLinearConv") == sum(layer.has_weights for layer in layers) - len(kept)
    assert kinds.count("QLinearConv") > 3 * kinds.count("Conv")
    integers = [t for t in written.graph.initializer if t.data_type == TensorProto.INT8]
    assert sum(numpy_helper.to_array(t).size for t in integers) > 0.9 * sum(
        weights[layer.weight].size for layer in layers if layer.has_weights and layer.output not in kept
    )


def test_even_channels_change_no_features(model):
    values = sampled(model, images(2, 5))
    even, scaled = with_even_channels(model, values)
    image = images(1, 6)[0]
    wanted = features(model, image)
    assert np.abs(features(even, image) - wanted).max() < 1e-4 * np.abs(wanted).max()

    def unevenness(of):
        activations = [of[layer.output] for layer in layers_of(model.graph) if layer.kind is Kind.LEAKY]
        spreads = [np.percentile(np.abs(each), 99.9, axis=0) for each in activations]
        return np.median([spread.max() / np.median(spread) for spread in spreads])

    assert unevenness(scaled) < 1.05
    assert unevenness(values) > 2


def test_fitting_the_float_layers_brings_other_images_closer(model):
    ready = calibrated(model, images(4, 2))
    before = _Writer(ready).model()
    after = refitted(before, ready.model, images(4, 2))

    def error(of):
        return sum(np.square(features(of, image) - features(model, image)).sum() for image in images(2, 10))

    assert error(after) < 0.95 * error(before)


def test_a_channel_that_is_always_zero_is_no_obstacle(model):
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    layer = next(layer for layer in layers_of(changed.graph) if layer.has_weights and layer.kind is Kind.RISE)
    for tensor in changed.graph.initializer:
        if tensor.name in (layer.weight, layer.bias):
            array = numpy_helper.to_array(tensor).copy()
            array[:8] = 0
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    image = images(1, 7)[0]
    ours, wanted = features(int8_graph(changed, images(2, 8)), image), features(changed, image)
    assert np.corrcoef(ours.ravel(), wanted.ravel())[0, 1] > 0.97


def test_a_convolution_without_an_int8_form_is_refused():
    weight = numpy_helper.from_array(np.ones((2, 1, 1, 1, 1), np.float32), "w0")
    wide = [numpy_helper.from_array(np.ones((2, 2, 5, 5, 5), np.float32), f"w{n}") for n in (1, 2, 3)]
    bias = numpy_helper.from_array(np.zeros(2, np.float32), "b")
    nodes = [helper.make_node("Conv", ["image", "w0", "b"], ["t0"])]
    nodes += [helper.make_node("Conv", [f"t{n - 1}", f"w{n}", "b"], [f"t{n}"], pads=[2] * 6) for n in (1, 2)]
    nodes.append(helper.make_node("Conv", ["t2", "w3", "b"], ["features"], pads=[2] * 6))
    space = ["x", "y", "z"]
    graph = helper.make_graph(
        nodes,
        "image",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, *space])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 2, *space])],
        [weight, *wide, bias],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(ValueError, match="no int8 form"):
        int8_graph(model, images(1, 9))
