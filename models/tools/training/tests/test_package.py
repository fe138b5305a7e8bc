import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from training import package as package_module
from training.base_classes import CLASS_COUNT, CLASS_NAMES
from training.inference import Image, segment, trained_network
from training.joined_matrices import features_by_graph
from training.network import ImageNetwork, fixed_codes
from training.onnx_graphs import embeddings_of_text, exported_network, packaged_network
from training.package import VERSION, Trained, write_package
from training.settings import Settings
from training.text_encoder import MAXIMUM_TOKENS, Knowledge, TextEncoder, utf8_tokens

SETTINGS = Settings(widths=(4, 8, 8), dimension=40)
REPOSITORY = Path(__file__).resolve().parents[4]


def text_encoder() -> Knowledge:
    """Trained only on the names of the classes."""
    torch.manual_seed(5)
    encoder, codes = TextEncoder(SETTINGS.dimension), fixed_codes(CLASS_COUNT, SETTINGS.dimension)
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=2e-3)
    tokens, classes = utf8_tokens(list(CLASS_NAMES)), torch.arange(CLASS_COUNT)
    for _ in range(40):
        optimiser.zero_grad()
        functional.cross_entropy(encoder(tokens) @ codes.T / 0.07, classes).backward()
        optimiser.step()
    return Knowledge(encoder.eval().requires_grad_(False), codes)


class Exchanged(nn.Module):
    """An encoder that takes one code for another: a reflection swaps the two and leaves what is orthogonal to both."""

    def __init__(self, encoder: TextEncoder, one: torch.Tensor, other: torch.Tensor):
        super().__init__()
        self.encoder = encoder
        self.register_buffer("across", functional.normalize(one - other, dim=0))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        embeddings = self.encoder(tokens)
        return embeddings - 2 * (embeddings @ self.across)[:, None] * self.across


@pytest.fixture(scope="module")
def trained() -> Trained:
    """Untrained, but with features large enough that several classes win somewhere."""
    torch.manual_seed(4)
    network = ImageNetwork(SETTINGS.widths, SETTINGS.dimension).requires_grad_(False)
    for _ in range(200):
        network(torch.rand(1, 1, 16, 16, 16))
    network.head[0].weight.mul_(5)
    network.head[2].weight.mul_(50)
    network.head[2].bias.zero_()
    return Trained(network.eval(), text_encoder(), SETTINGS, 0, None, None, None)


@pytest.fixture(scope="module")
def package(trained, label_data, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "head"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package_module, "IMAGES", 1)
        write_package(trained, label_data, folder, threads=2)
    return folder


def bank(package: Path) -> np.ndarray:
    return np.frombuffer((package / "embeddings.f32").read_bytes(), "<f4").reshape(CLASS_COUNT, SETTINGS.dimension)


def test_the_graph_has_the_networks_features(trained, package):
    for size in ((16, 24, 16), (32, 16, 40)):
        x = torch.rand(1, 1, *size)
        features = features_by_graph(package / "graphs" / "image.onnx", x.numpy())
        expected = trained.network(x).numpy()
        assert np.abs(features - expected).max() < 1e-4 * np.abs(expected).max()


def test_masks_of_the_graphs_are_those_of_the_network(trained, package):
    random = np.random.default_rng(0)
    image = Image(random.gamma(2, 50, (40, 44, 36)).astype(np.float32), (1.5, 1.2, 1.9))
    codes = fixed_codes(CLASS_COUNT, SETTINGS.dimension)
    window = {"window": (32, 32, 32), "step": (16, 16, 16)}
    ours = segment(image, trained_network(trained.network, codes, torch.device("cpu")), 2.0, **window)
    theirs = segment(image, exported_network(package, bank(package), 2), 2.0, **window)
    assert len(np.unique(ours)) > 3
    assert (ours == theirs).mean() > 0.9999


def test_the_int8_graph_gives_similar_masks(package):
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    assert (package / manifest["image"]["int8"]["file"]).exists()
    image = torch.rand(1, 1, 32, 32, 32)
    ours = exported_network(package, bank(package), 2, in_int8=True)(image).argmax(0)
    theirs = exported_network(package, bank(package), 2)(image).argmax(0)
    assert (ours == theirs).float().mean() > 0.6


def test_the_text_graph_gives_the_bank(trained, package):
    """Then the server's masks with the text graph are those of the codes used in training."""
    graph = package / "graphs" / "text.onnx"
    assert np.allclose(embeddings_of_text(graph, list(CLASS_NAMES), 2), bank(package), atol=1e-6)
    # Each text separately: neither its neighbours nor their number matter.
    other = [
        "skull",
        "Left Hippocampus",
        "left hippocampus, and a text that is longer than the encoder's limit",
    ]
    nearest = (trained.text.encoder(utf8_tokens(other)) @ trained.text.prototypes.T).argmax(1)
    assert np.allclose(embeddings_of_text(graph, other, 2), bank(package)[nearest.numpy()], atol=1e-6)
    assert [CLASS_NAMES[n] for n in nearest[:2]] == ["skull", "left hippocampus"]


def test_the_rows_reach_the_server_as_they_were_taught():
    """The server's tokenizer uses the bytes unchanged; ours converts to lower case first."""
    assert all(name == name.lower() and len(name.encode()) <= MAXIMUM_TOKENS for name in CLASS_NAMES)


def test_a_text_encoder_that_confuses_two_classes_is_not_exported(trained, label_data, tmp_path):
    left, right, *_ = CLASS_NAMES
    own = trained.text
    encoder = Exchanged(own.encoder, *own.prototypes[:2]).eval()
    confused = dataclasses.replace(trained, text=Knowledge(encoder, own.prototypes))
    with pytest.raises(ValueError, match=f"misunderstands these names: {left}, {right}"):
        write_package(confused, label_data, tmp_path / "head", threads=2)


def test_the_manifest_names_what_is_there(package):
    manifest = json.loads((package / "model.json").read_text())
    vocabulary = json.loads((package / "vocabulary.json").read_text())
    assert manifest["rows"] == list(CLASS_NAMES)
    assert set(manifest["targets"]) == {t["id"] for t in vocabulary["targets"]}
    assert all(set(rows) <= set(CLASS_NAMES) for rows in manifest["targets"].values())
    assert manifest["memory"]["graphBytes"] > 10_000_000
    assert sum(path.stat().st_size for path in package.rglob("*")) < 30_000_000


def test_a_package_is_not_written_over_another(trained, label_data, package):
    with pytest.raises(FileExistsError):
        write_package(trained, label_data, package, threads=1)


def test_the_server_loads_the_package_and_it_passes_its_self_test(package):
    server = REPOSITORY / "server" / "dist" / "segmenter" / "packages"
    if shutil.which("node") is None or not (server / "createSegmenter.js").exists():
        pytest.skip("SKIPPED: Node.js or the built server (server/dist) is absent")
    script = """
        const [server, folder] = process.argv.slice(1);
        const { loadModelPackage } = await import(server + '/modelPackage.js');
        const { createSegmenter } = await import(server + '/createSegmenter.js');
        const model = await loadModelPackage(folder);
        const segmenter = await createSegmenter(model, { executionProvider: 'cpu', threads: 2 });
        await segmenter.dispose();
        console.log('passed');
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, server.as_uri(), str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "passed", done.stderr


def test_each_modality_has_its_own_normalisation(package):
    manifest = json.loads((package / "model.json").read_text())
    assert list(manifest["input"]["intensity"]) == manifest["modalities"] == ["MR", "CT"]
    assert manifest["input"]["intensity"]["CT"][-1]["step"] == "scale"


def test_a_package_is_measured_without_its_run(package):
    network, spacing, what = packaged_network(package, 2)
    assert spacing == SETTINGS.spacing
    assert what == f"package head {VERSION} (ONNX)"
    x = torch.rand(1, 1, 16, 16, 16)
    assert torch.equal(network(x), exported_network(package, bank(package), 2)(x))
