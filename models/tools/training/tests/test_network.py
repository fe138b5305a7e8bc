import torch

from training.network import ImageNetwork, class_logits, fixed_codes


def small_network() -> ImageNetwork:
    """With population statistics, as after some training."""
    torch.manual_seed(0)
    network = ImageNetwork((4, 6, 8), 16)
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(1, 1, 16, 16, 16))
    return network.eval()


def test_the_features_have_the_images_resolution():
    assert small_network()(torch.zeros(2, 1, 8, 12, 16)).shape == (2, 16, 8, 12, 16)


def test_features_at_voxels_are_those_of_the_whole():
    network, x = small_network(), torch.rand(2, 1, 8, 8, 12)
    voxels = torch.tensor([0, 5, 8 * 8 * 12 + 3, 2 * 8 * 8 * 12 - 1])
    with torch.no_grad():
        whole = network(x).permute(0, 2, 3, 4, 1).reshape(-1, 16)
        assert torch.allclose(network.features_at(x, voxels), whole[voxels], atol=1e-6)


def test_a_voxel_has_the_same_features_whatever_the_field_of_view():
    """Beyond the receptive field nothing counts. With InstanceNorm this fails, as the prototype did."""
    network = small_network()
    margin = -(-network.receptive_radius // network.divisor) * network.divisor
    x = torch.rand(1, 1, 2 * margin + 24, 2 * margin + 8, 2 * margin + 8)
    with torch.no_grad():
        whole = network(x)
        cut = network(x[:, :, 16:])
    inner = (slice(margin, -margin),) * 3
    assert torch.allclose(
        whole[(0, slice(None), slice(16 + margin, -margin), *inner[1:])], cut[(0, slice(None), *inner)], atol=1e-5
    )
    assert not torch.allclose(whole[0, :, 16], cut[0, :, 0], atol=1e-5)


def test_the_receptive_radius_is_not_understated():
    network = small_network()
    side = 2 * network.receptive_radius + 2 * network.divisor
    side += -side % network.divisor
    x = torch.rand(1, 1, side, 8, 8, requires_grad=True)
    network(x)[0, :, side // 2, 4, 4].sum().backward()
    reached = (x.grad[0, 0].abs().sum((1, 2)) > 0).nonzero()[:, 0]
    assert reached.numel() > 0
    assert int((reached - side // 2).abs().max()) <= network.receptive_radius


def test_codes_are_orthonormal_and_always_the_same():
    codes = fixed_codes(38, 64)
    assert torch.allclose(codes @ codes.T, torch.eye(38), atol=1e-5)
    assert torch.equal(codes, fixed_codes(38, 64))


def test_the_background_has_the_logit_zero():
    codes = fixed_codes(5, 8)
    logits = class_logits(3 * codes[2:3], codes)
    assert torch.allclose(logits, torch.tensor([[0.0, 0, 0, 3, 0, 0]]), atol=1e-5)


def test_with_the_population_it_trains_as_it_infers():
    network, x = small_network(), torch.rand(1, 1, 16, 16, 16)
    with torch.no_grad():
        inferred = network(x)
        network.train().relax_to(1)
        # The statistics change after their use, so this image is normalised with those of the previous inference.
        assert torch.allclose(network(x), inferred, atol=1e-4)
        network.relax_to(0)
        assert not torch.allclose(network(x), inferred, atol=1e-2)
