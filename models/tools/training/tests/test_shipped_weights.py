import json
from pathlib import Path

import numpy as np
import pytest
import torch

from body.labels import CLASS_NAMES
from body.network import BodyNetwork
from body.settings import Settings as BodySettings
from training.base_classes import CLASS_NAMES as HEAD_CLASSES
from training.joined_matrices import features_by_graph, write_graph
from training.network import ImageNetwork, PopulationNorm
from training.onnx_graphs import write_image_graph
from training.settings import Settings as HeadSettings
from training.shipped_weights import load_package
from training.train import begin_run

MODELS = Path(__file__).resolve().parents[3]


def trained(network: ImageNetwork) -> ImageNetwork:
    """With norms that do something, and biases of their own."""
    torch.manual_seed(4)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, PopulationNorm):
                module.weight.uniform_(0.5, 2)
                module.bias.normal_(0, 0.3)
        for _ in range(3):
            network(torch.rand(1, 1, 16, 16, 16))
    return network


def package_of(network: ImageNetwork, folder: Path, rows=("liver", "spleen")) -> Path:
    (folder / "graphs").mkdir(parents=True)
    write_graph(network, folder / "graphs" / "image.onnx")
    manifest = {"id": "small", "version": "0.1.0", "rows": list(rows), "image": {"file": "graphs/image.onnx"}}
    (folder / "model.json").write_text(json.dumps(manifest))
    return folder


def features_of(package: Path, image: torch.Tensor) -> np.ndarray:
    return features_by_graph(package / "graphs" / "image.onnx", image.numpy())


def images(count=3, side=16):
    torch.manual_seed(9)
    return [torch.rand(1, 1, side, side, side) for _ in range(count)]


@pytest.mark.parametrize("kind", [ImageNetwork, BodyNetwork])
def test_a_network_with_the_weights_of_a_package_gives_the_features_of_its_graph(kind, tmp_path):
    package = package_of(trained(kind((8, 12, 16), 10)), tmp_path)
    network = kind((8, 12, 16), 10)
    load_package(package, network, ("liver", "spleen"), images())
    image = torch.rand(1, 1, 24, 16, 32)
    with torch.no_grad():
        assert np.abs(network.eval()(image).numpy() - features_of(package, image)).max() < 1e-4


@pytest.mark.parametrize("kind", [ImageNetwork, BodyNetwork])
def test_its_norms_are_those_of_the_images_again(kind, tmp_path):
    network = kind((8, 12, 16), 10)
    load_package(package_of(trained(kind((8, 12, 16), 10)), tmp_path), network, ("liver", "spleen"), images(1))
    with torch.no_grad():
        inferred = network.eval()(images(1)[0])
        # Normalised by this image's own statistics, it is what the population's make of it.
        network.train().relax_to(0)
        assert torch.allclose(network(images(1)[0]), inferred, atol=1e-4)


def test_the_shipped_packages_come_back_with_their_features():
    of_body = (MODELS / "body", BodyNetwork, BodySettings(), CLASS_NAMES)
    of_head = (MODELS / "head", ImageNetwork, HeadSettings(), HEAD_CLASSES)
    for package, kind, settings, classes in (of_body, of_head):
        network = kind(settings.widths, settings.dimension)
        load_package(package, network, classes, images(2, 32))
        image = torch.rand(1, 1, 32, 32, 32)
        with torch.no_grad():
            features = network.eval()(image).numpy()
        assert np.abs(features - features_of(package, image)).max() < 1e-4


def test_a_package_of_other_classes_or_of_another_network_is_refused(tmp_path):
    package = package_of(trained(BodyNetwork((8, 12, 16), 10)), tmp_path)
    with pytest.raises(ValueError, match=r"small 0\.1\.0 was made for other classes"):
        load_package(package, BodyNetwork((8, 12, 16), 10), ("liver",), images())
    for other in (BodyNetwork((8, 12, 20), 10), BodyNetwork((8, 12), 10), ImageNetwork((8, 12, 16), 10)):
        with pytest.raises(ValueError, match="is not the graph of such a network"):
            load_package(package, other, ("liver", "spleen"), images())
    write_image_graph(trained(BodyNetwork((8, 12, 16), 10)), package / "graphs" / "image.onnx")
    with pytest.raises(ValueError, match="one_graph` joins older packages"):
        load_package(package, BodyNetwork((8, 12, 16), 10), ("liver", "spleen"), images())


def test_a_run_of_heads_begins_with_a_package_at_the_step_that_is_given(tmp_path):
    settings = HeadSettings(widths=(8, 12, 16), dimension=10, first=700, warm_up=10)
    package = package_of(trained(ImageNetwork((8, 12, 16), 10)), tmp_path, HEAD_CLASSES)
    run = begin_run(settings, torch.device("cpu"), package, images())
    assert run.step == 700
    assert run.settings.learning_rate_at(700) == pytest.approx(run.settings.learning_rate / 10)
    assert run.settings.learning_rate_at(709) == run.settings.learning_rate
    image = torch.rand(1, 1, 16, 16, 16)
    with torch.no_grad():
        assert np.abs(run.average(image).numpy() - features_of(package, image)).max() < 1e-4
