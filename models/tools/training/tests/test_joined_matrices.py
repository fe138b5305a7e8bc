import numpy as np
import onnx
import pytest
import torch

from body.network import BodyNetwork
from training.joined_matrices import join_last_matrices, last_matrix
from training.network import ImageNetwork
from training.onnx_graphs import open_session, write_image_graph, write_mask_graph


def graphs_of(network, folder):
    image, mask = folder / "image.onnx", folder / "mask.onnx"
    write_image_graph(network, image)
    write_mask_graph(network.head[-1].out_channels, mask)
    return image, mask


def probabilities(image, mask, voxels, queries):
    (features,) = open_session(image, 1).run(None, {"image": voxels})
    return open_session(mask, 1).run(None, {"features": features, "queries": queries})[0]


@pytest.mark.parametrize("kind", [ImageNetwork, BodyNetwork])
def test_joined_graphs_give_the_same_probabilities_without_the_last_layer(kind, tmp_path):
    torch.manual_seed(2)
    network = kind((8, 12, 16), 10).eval()
    with torch.no_grad():
        network.head[-1].bias.normal_(0, 2)
    image, mask = graphs_of(network, tmp_path)
    random = np.random.default_rng(3)
    voxels = random.standard_normal((1, 1, 24, 16, 32), np.float32)
    # The logits are so large that the softmax is nearly a decision at some voxels.
    queries = 20 * random.standard_normal((5, 10), np.float32)
    before = probabilities(image, mask, voxels, queries)
    convolutions = sum(node.op_type == "Conv" for node in onnx.load(str(image)).graph.node)

    join_last_matrices(image, mask)
    after = probabilities(image, mask, voxels, queries)
    assert before.shape == after.shape == (24 * 16 * 32, 6)
    assert before.max() > 0.9
    assert np.abs(before - after).max() < 1e-5
    assert sum(node.op_type == "Conv" for node in onnx.load(str(image)).graph.node) == convolutions - 1
    weight, bias = last_matrix(mask)
    assert np.array_equal(weight, network.head[-1].weight.detach().numpy()[:, :, 0, 0, 0])
    assert np.array_equal(bias, network.head[-1].bias.detach().numpy())


def test_graphs_are_joined_once(tmp_path):
    image, mask = graphs_of(ImageNetwork((8, 12), 10).eval(), tmp_path)
    assert last_matrix(mask) is None
    join_last_matrices(image, mask)
    with pytest.raises(ValueError, match=r"image\.onnx does not end with a convolution of one voxel"):
        join_last_matrices(image, mask)
