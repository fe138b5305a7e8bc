"""nnInteractive: our definition against the output of upstream's code, and the packages."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from nninteractive_forward import FIXTURE, PUBLISHED, facts, image, ours
from sat_forward import greatest
from tiny_nninteractive import CONFIGURATION, plans, tiny_state, write_folder, write_tiny_nninteractive
from voxtell_forward import copies

from converters.__main__ import main
from converters.checkpoint import CheckpointError, matched, shapes_of
from converters.nninteractive import nninteractive_network, published
from converters.nninteractive_folder import read_folder, read_prompts
from converters.nninteractive_network import NnInteractive


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return tiny_state()


@pytest.fixture(scope="module")
def model(tmp_path_factory, state) -> Path:
    return write_folder(tmp_path_factory.mktemp("models") / "model", state)


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("packages") / "tiny-nninteractive"
    write_tiny_nninteractive(folder)
    return folder


# Names and shapes of the checkpoint


def test_upstreams_checkpoint_fits_name_by_name():
    with torch.device("meta"):
        originals = copies(facts())
        state = {name: torch.empty(shape) for name, shape in facts().items() if name not in originals}
        wanted = shapes_of(NnInteractive(PUBLISHED))
    assert set(originals.values()) <= set(state)
    assert len(matched(state, wanted)) == len(wanted) == len(state)


@pytest.mark.parametrize(
    ("name", "tensor", "named"),
    [
        ("decoder.transpconvs.1.bias", None, "missing: decoder.transpconvs.1.bias"),
        ("prompt_encoder.weight", torch.ones(1), "not known: prompt_encoder.weight"),
        ("decoder.seg_layers.2.weight", torch.ones(3, 4, 1, 1, 1), "is 3×4×1×1×1 instead of 2×4×1×1×1"),
        ("decoder.encoder.stem.convs.0.conv.bias", torch.ones(4), "differs from encoder.stem.convs.0.conv.bias"),
    ],
)
def test_a_checkpoint_with_a_wrong_tensor_is_refused_by_name(state, name, tensor, named):
    changed = {key: value for key, value in {**state, name: tensor}.items() if value is not None}
    with pytest.raises(CheckpointError, match=named.replace(".", r"\.")):
        nninteractive_network(CONFIGURATION, changed)


# The same numbers as upstream


def test_logits_are_those_of_upstream_in_published_widths():
    expected = json.loads(FIXTURE.read_text(encoding="utf-8"))
    with torch.no_grad():
        logits = ours(expected["side"])(image(expected["side"]))[0].numpy()
    for *place, value in expected["samples"]:
        assert logits[tuple(place)] == pytest.approx(value, abs=1e-3)


# The folder of a model


def test_a_folder_says_how_clicks_are_drawn(model):
    folder = read_folder(model)
    assert folder.configuration == CONFIGURATION
    assert (folder.prompts.channels, folder.prompts.mask, folder.prompts.clicks) == (7, 0, (3, 4))
    assert (folder.prompts.radius, folder.prompts.decay) == (4, 0.98)
    # Not the authors' own weights, so not their licence.
    assert published(folder).licence == {"text": "A licence for tests"}


@pytest.fixture
def folder(tmp_path, model) -> Path:
    """A copy, to be changed."""
    return shutil.copytree(model, tmp_path / "model")


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "channels", "mask", "clicks", "decay"),
    [
        ({}, 7, 0, (3, 4), 0.98),
        ({"channel_mapping": {"points": [-2, -1]}, "interaction_channels": 8}, 9, 0, (7, 8), 0.98),
        ({"channel_mapping": {"prev_seg": -1}, "interaction_channels": 6, "interaction_decay": 0.9}, 7, 6, (3, 4), 0.9),
    ],
)
def test_what_a_newer_model_says_of_its_channels_is_read(folder, content, channels, mask, clicks, decay):
    write(folder, "inference_info.json", content)
    prompts = read_prompts(folder)
    assert (prompts.channels, prompts.mask, prompts.clicks, prompts.decay) == (channels, mask, clicks, decay)


def test_the_oldest_models_name_a_class_alone(folder):
    write(folder, "inference_session_class.json", "nnInteractiveInferenceSession")
    assert read_prompts(folder).decay == 0.9


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"gesture": True}, "has gesture, which this converter does not know"),
        ({"inference_class": "Another"}, "needs Another"),
        ({"inference_class_min_version": "2.10.0"}, "needs nnInteractive 2.10.0; 2.6.0 was compared"),
        ({"pad_mode_image": "edge"}, "pads images by edge"),
        ({"supported_interactions": {"points": False}}, "takes no clicks"),
    ],
)
def test_an_ability_that_is_not_known_is_refused(folder, content, named):
    write(folder, "inference_info.json", content)
    with pytest.raises(CheckpointError, match=named):
        read_folder(folder)


def of_network(change):
    changed = plans()
    change(changed["configurations"]["3d_fullres"]["architecture"])
    return changed


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (of_network(lambda network: network.update(network_class_name="PlainConvUNet")), "names the network PlainConv"),
        (of_network(lambda network: network["arch_kwargs"].update(conv_bias=False)), "another conv_bias than True"),
        (of_network(lambda network: network["arch_kwargs"].update(squeeze=True)), "describes the network by squeeze"),
        (of_network(lambda network: network["arch_kwargs"].update(strides=[[1, 1, 1]] * 4)), "other strides than"),
        ({"configurations": {}}, "no configuration 'small'"),
        ({"configurations": {**plans()["configurations"], "small": {"inherits_from": "3d_fullres", "patch_size": [9]}}},
         "cannot halve"),
    ],
)  # fmt: skip
def test_a_network_that_is_not_known_is_refused(folder, changed, named):
    write(folder, "plans.json", changed)
    with pytest.raises(CheckpointError, match=named):
        read_folder(folder)


def test_a_folder_that_is_not_whole_is_refused(folder, tmp_path):
    (folder / "plans.json").unlink()
    with pytest.raises(CheckpointError, match=r"plans\.json is missing"):
        read_folder(folder)
    write(folder, "plans.json", plans())
    (folder / "fold_0").rename(tmp_path / "fold_0")
    with pytest.raises(CheckpointError, match="has 0 files"):
        read_folder(folder)


# Packages


def test_the_graph_gives_what_the_network_gives(package, state):
    network = nninteractive_network(CONFIGURATION, state)
    seen = np.random.RandomState(3).standard_normal((1, 8, *CONFIGURATION.window)).astype(np.float32)
    (given,) = onnxruntime.InferenceSession(
        str(package / "graphs" / "window.onnx"), providers=["CPUExecutionProvider"]
    ).run(None, {"image": seen})
    with torch.no_grad():
        logits = network(torch.from_numpy(seen))[0].numpy()
    assert given.shape == CONFIGURATION.window
    assert greatest(given, logits[1] - logits[0]) < 1e-4


def test_the_package_has_what_the_folder_says(package):
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    assert manifest["window"] == [72, 64, 56]
    assert manifest["channels"] == {"count": 7, "mask": 0, "clicks": [3, 4]}
    assert manifest["licence"] == {"text": "A licence for tests"}
    assert (package / "LICENSE").read_text() == "A licence for tests\nNothing else.\n"
    assert "CC BY-NC-SA 4.0" in (package / "CARD.md").read_text(encoding="utf-8")
    golden = json.loads((package / "golden" / "golden.json").read_text(encoding="utf-8"))
    assert [click["part"] for click in golden["clicks"]] == [True, False]
    assert any((package / "golden" / "after.bits").read_bytes())
    listed = dict(line.split("  ")[::-1] for line in (package / "SHA256SUMS").read_text().splitlines())
    assert all(hashlib.sha256((package / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())


def test_the_command_writes_a_package_and_refuses_another_checkpoint(folder, tmp_path, capsys, state):
    words = ["convert", "nninteractive", "--checkpoint", str(folder), "--out"]
    assert main([*words, str(tmp_path / "nninteractive")]) == 0
    assert json.loads((tmp_path / "nninteractive" / "model.json").read_text())["family"] == "nninteractive"
    shutil.rmtree(folder)
    write_folder(folder, {name: tensor for name, tensor in state.items() if "seg_layers" not in name})
    assert main([*words, str(tmp_path / "other")]) == 1
    assert "This is not a checkpoint of the model" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_weights_that_mark_everything_are_refused_before_anything_is_written(folder, tmp_path, capsys, state):
    shutil.rmtree(folder)
    write_folder(folder, {**state, "decoder.seg_layers.2.bias": torch.tensor([0.0, 99.0])})
    assert main(["convert", "nninteractive", "--checkpoint", str(folder), "--out", str(tmp_path / "all")]) == 1
    assert "it seems not to be trained" in capsys.readouterr().err
    assert not (tmp_path / "all").exists()
