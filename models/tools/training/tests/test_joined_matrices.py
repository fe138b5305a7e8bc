import numpy as np
import onnx
import pytest
import torch
from torch import nn

from body.network import BodyNetwork
from training.joined_matrices import last_matrix, write_graph
from training.network import ImageNetwork
from training.onnx_graphs import open_session


@pytest.mark.parametrize("kind", [ImageNetwork, BodyNetwork])
def test_the_graph_gives_the_networks_probabilities_without_its_last_layer(kind, tmp_path):
    torch.manual_seed(2)
    network = kind((8, 12, 16), 10).eval()
    random = np.random.default_rng(3)
    image = random.standard_normal((1, 1, 24, 16, 32), np.float32)
    # The logits are so large that the softmax is nearly a decision at some voxels.
    queries = 20 * random.standard_normal((5, 10), np.float32)
    with torch.no_grad():
        network.head[-1].bias.normal_(0, 2)
        codes = torch.cat([torch.from_numpy(queries), torch.zeros(1, 10)])
        expected = (network(torch.from_numpy(image))[0].flatten(1).T @ codes.T).softmax(1).numpy()

    write_graph(network, tmp_path / "image.onnx")
    (found,) = open_session(tmp_path / "image.onnx", 1).run(None, {"image": image, "queries": queries})
    assert found.shape == expected.shape == (24 * 16 * 32, 6)
    assert expected.max() > 0.9
    assert np.abs(found - expected).max() < 1e-5
    model = onnx.load(str(tmp_path / "image.onnx"))
    layers = sum(isinstance(module, nn.Conv3d | nn.ConvTranspose3d) for module in network.modules())
    assert sum(node.op_type == "Conv" for node in model.graph.node) == layers - 1
    weight, bias = last_matrix(model)
    assert np.array_equal(weight, network.head[-1].weight.detach().numpy()[:, :, 0, 0, 0])
    assert np.array_equal(bias, network.head[-1].bias.detach().numpy())


class Rectified(ImageNetwork):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x).relu()


def test_a_network_that_ends_otherwise_is_refused(tmp_path):
    with pytest.raises(ValueError, match="does not end with a convolution of one voxel"):
        write_graph(Rectified((8, 12), 10).eval(), tmp_path / "image.onnx")
