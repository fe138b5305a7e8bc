import pytest
import torch

from body.muon import Muon, orthogonalised
from body.network import BodyNetwork, scaled, windows


@pytest.fixture
def network():
    torch.manual_seed(1)
    return BodyNetwork((8, 16, 16), 12)


def test_chosen_voxels_get_the_features_that_the_whole_image_gets(network):
    network.eval()
    image = torch.rand(2, 1, 16, 24, 8)
    voxels = torch.randint(0, image.numel(), (300,))
    whole = network(image).permute(0, 2, 3, 4, 1).reshape(-1, 12)
    assert torch.allclose(network.features_at(image, voxels), whole[voxels], atol=1e-5)


def test_the_network_halves_its_resolution_as_often_as_its_divisor_says(network):
    assert network.divisor == 8
    assert network.eval()(torch.zeros(1, 1, 8, 16, 8)).shape == (1, 12, 8, 16, 8)


def test_the_two_windows_are_those_of_hounsfield_units():
    image = scaled(torch.tensor([-2000.0, -1000, -160, 40, 240, 1000, 3000]))[None, None]
    soft, wide = windows(image)[0]
    assert torch.allclose(soft, torch.tensor([0, 0, 0, 0.5, 1, 1, 1]), atol=1e-5)
    assert torch.allclose(wide, torch.tensor([0, 0, 0.42, 0.52, 0.62, 1, 1]), atol=1e-5)


def test_an_orthogonalised_matrix_has_singular_values_near_one():
    torch.manual_seed(2)
    for shape in ((16, 54), (60, 20)):
        values = torch.linalg.svdvals(orthogonalised(torch.randn(*shape)))
        assert values.min() > 0.5
        assert values.max() < 1.4


def test_muon_brings_a_matrix_and_a_bias_to_what_they_should_be():
    torch.manual_seed(3)
    target, layer = torch.nn.Linear(6, 4), torch.nn.Linear(6, 4)
    optimiser = Muon(layer.parameters(), lr=0.05, weight_decay=0.0)
    losses = []
    for step in range(200):
        optimiser.param_groups[0]["lr"] = 0.05 * (1 - step / 200)
        x = torch.randn(64, 6)
        loss = (layer(x) - target(x)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    assert losses[-1] < 0.01 * losses[0]
