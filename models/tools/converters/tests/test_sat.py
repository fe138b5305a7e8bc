"""SAT: our definition against the output of upstream's code, and the packages."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from known_weights import known_weights
from sat_forward import SMALL, copies, facts, image_and_queries, made_up
from tiny_sat import CONFIGURATION, TEXT, tiny_weights, write_checkpoints, write_tiny_sat

from converters.__main__ import main
from converters.checkpoint import CheckpointError, matched, without_prefix
from converters.mpnet import TextConfiguration
from converters.sat import CONFIGURATIONS, COPIES, MODALITIES, TERMS, UNUSED, sat_network, sat_targets, text_encoder
from converters.sat_network import Sat, token_positions
from converters.wordpiece import read_pieces, tokens_of

HERE = Path(__file__).resolve().parent
PIECES = HERE.parents[3] / "server" / "src" / "segmenter" / "families" / "sat" / "testing" / "wordPieces.json"


def fixture(name: str) -> list[dict]:
    return json.loads((HERE / f"sat_{name}.json").read_text(encoding="utf-8"))


# Names and shapes of the checkpoint


@pytest.mark.parametrize("name", ["nano", "pro"])
def test_upstreams_checkpoint_fits_name_by_name(name):
    with torch.device("meta"):
        state = {f"module.{key}": torch.empty(shape) for key, shape in facts(name).items()}
        wanted = Sat(CONFIGURATIONS[f"sat-{name}"]).state_dict()
    state = without_prefix(state, "module.")
    of_its_own = {key: tensor for key, tensor in state.items() if "all_modules" not in key}
    assert set(copies(facts(name))) == set(state) - set(of_its_own)
    assert len(matched(of_its_own, {key: tensor.shape for key, tensor in wanted.items()}, UNUSED)) == len(wanted)


@pytest.mark.parametrize(("name", "millions"), [("nano", 109.19), ("pro", 475.56)])
def test_as_many_parameters_as_published(name, millions):
    with torch.device("meta"):
        network = Sat(CONFIGURATIONS[f"sat-{name}"])
    unused = 6 * 2 * 768
    assert (sum(tensor.numel() for tensor in network.state_dict().values()) + unused) / 1e6 == pytest.approx(
        millions, abs=0.01
    )


def tampered(change):
    state = dict(tiny_weights()[0])
    change(state)
    return state


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda state: state.pop("backbone.decoder.transpconvs.1.bias"),
            "missing: backbone.decoder.transpconvs.1.bias",
        ),
        (lambda state: state.update({"backbone.seg.weight": torch.ones(1)}), "not known: backbone.seg.weight"),
        (
            lambda state: state.update({"projection_layer.0.bias": torch.ones(7)}),
            "projection_layer.0.bias is 7 instead of 48",
        ),
        (
            lambda state: state.update({"backbone.encoder.stages.0.0.convs.0.all_modules.0.bias": torch.ones(6)}),
            "must equal it",
        ),
    ],
)
def test_a_checkpoint_with_a_wrong_tensor_is_refused_by_name(change, named):
    with pytest.raises(CheckpointError, match=named.replace(".", r"\.")):
        sat_network(CONFIGURATION, tampered(change))


# The same numbers as upstream


@pytest.mark.parametrize("case", fixture("small"), ids=lambda case: f"{case['size']}, {case['prompts']} prompts")
def test_logits_are_those_of_upstream(case):
    configuration = replace(SMALL, window=tuple(case["size"]))
    network = Sat(configuration)
    network = sat_network(configuration, made_up({name: tensor.shape for name, tensor in network.state_dict().items()}))
    image, queries = image_and_queries(configuration.window, case["prompts"], configuration.dimension)
    with torch.no_grad():
        logits = network(image, queries, token_positions(configuration.window, configuration.dimension)).numpy()
    assert np.ptp([sample[-1] for sample in case["samples"]]) > 0.1
    for *place, expected in case["samples"]:
        assert logits[tuple(place)] == pytest.approx(expected, abs=1e-5)


def test_queries_are_those_of_upstream():
    encoder = text_encoder(TextConfiguration(), known_weights(facts("text_encoder")))
    for case in fixture("text"):
        with torch.no_grad():
            queries = encoder(torch.tensor(case["tokens"]), torch.ones(len(case["tokens"]), dtype=torch.int64)).numpy()
        assert np.abs(queries[:, :12] - np.array(case["queries"])).max() < 1e-5


def test_texts_have_the_tokens_of_upstream(tmp_path):
    known = json.loads(PIECES.read_text(encoding="utf-8"))
    (tmp_path / "vocab.txt").write_text("\n".join(known["pieces"]) + "\n", encoding="utf-8")
    pieces = read_pieces(tmp_path / "vocab.txt")
    assert len(known["cases"]) > 40
    for text, tokens in known["cases"]:
        assert tokens_of([text], pieces)[0].tolist() == tokens


def test_padding_changes_no_query():
    _, encoder_state = tiny_weights()
    encoder = text_encoder(TEXT, encoder_state)
    with torch.no_grad():
        alone = encoder(torch.tensor([[4, 6, 5]]), torch.tensor([0]))
        beside = encoder(torch.tensor([[4, 6, 5, 0, 0], [4, 9, 8, 7, 5]]), torch.tensor([0, 1]))
    assert torch.allclose(alone[0], beside[0], atol=1e-6)


# Vocabulary


def test_the_vocabulary_is_whole_and_no_name_means_two_targets():
    terms = json.loads(TERMS.read_text(encoding="utf-8"))["SAT"]
    assert sum(len(own) for own in terms.values()) == 498
    targets = sat_targets({modality: terms[own] for modality, own in MODALITIES.items()})
    assert len(targets) == 451
    assert len({known["id"] for known in targets}) == 451
    names = [name for known in targets for name in (known["name"], *known["synonyms"])]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 64


# Packages


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages") / "sat-tiny"
    write_tiny_sat(folder)
    return folder


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def test_the_graph_gives_what_the_network_gives_for_any_number_of_prompts(package):
    network = sat_network(CONFIGURATION, tiny_weights()[0])
    graph = session(package / "graphs" / "window.onnx")
    generator = np.random.default_rng(3)
    image = generator.standard_normal((1, 1, 32, 32, 64), np.float32)
    for prompts in (1, 7):
        queries = generator.standard_normal((prompts, 48), np.float32)
        (probabilities,) = graph.run(None, {"image": image, "queries": queries})
        with torch.no_grad():
            seen = torch.from_numpy(image).permute(0, 1, 4, 3, 2)
            logits = network(seen, torch.from_numpy(queries), token_positions(CONFIGURATION.window, 48))
        expected = torch.sigmoid(logits).permute(3, 2, 1, 0).numpy()
        assert probabilities.shape == (32, 32, 64, prompts)
        assert np.abs(probabilities - expected).max() < 1e-5


def weight_bytes(graph):
    """Without shapes and axes, which are integers in either precision."""
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
    initializers = onnx.load(str(graph)).graph.initializer
    return sum(len(tensor.raw_data) for tensor in initializers if tensor.data_type in floats)


def test_the_half_precision_graph_is_near_and_half_the_size(package, tmp_path):
    write_tiny_sat(tmp_path / "half", precision="fp16")
    exact, half = package / "graphs" / "window.onnx", tmp_path / "half" / "graphs" / "window.onnx"
    assert 2 * weight_bytes(half) == weight_bytes(exact)
    feeds = {
        "image": np.random.default_rng(4).standard_normal((1, 1, 32, 32, 64), np.float32),
        "queries": np.random.default_rng(5).standard_normal((2, 48), np.float32),
    }
    assert np.abs(session(exact).run(None, feeds)[0] - session(half).run(None, feeds)[0]).max() < 0.02


def test_the_text_graph_gives_the_queries_of_the_bank(package, tmp_path):
    write_tiny_sat(tmp_path / "graph", queries="graph")
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    bank = np.frombuffer((package / "queries.f32").read_bytes(), "<f4").reshape(-1, 48)
    pieces = read_pieces(tmp_path / "graph" / "graphs" / "pieces.txt")
    graph = session(tmp_path / "graph" / "graphs" / "text.onnx")
    terms = [
        (code, term) for code, modality in ((0, "CT"), (1, "MR"), (3, "PT")) for term in manifest["terms"][modality]
    ]
    feeds = {
        "tokens": tokens_of([term for _, term in terms], pieces).numpy(),
        "modalities": np.array([code for code, _ in terms]),
    }
    assert np.abs(graph.run(None, feeds)[0] - bank).max() < 1e-5


def test_the_same_checkpoint_gives_the_same_bytes(package, tmp_path):
    write_tiny_sat(tmp_path / "again")
    assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (package / "SHA256SUMS").read_bytes()


def test_the_checksums_are_those_of_all_files(package):
    listed = dict(line.split("  ")[::-1] for line in (package / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == files
    assert all(hashlib.sha256((package / name).read_bytes()).hexdigest() == sum_ for name, sum_ in listed.items())


def test_a_package_is_small_enough_for_a_test(package):
    assert sum(path.stat().st_size for path in package.rglob("*")) < 5_000_000


def test_the_command_refuses_another_models_checkpoint_and_leaves_nothing(tmp_path, capsys):
    given = write_checkpoints(tmp_path)
    words = [
        "--checkpoint",
        given.checkpoint,
        "--text-encoder",
        given.text_encoder,
        "--tokenizer",
        given.tokenizer,
        "--out",
        tmp_path / "out",
    ]
    assert main(["convert", "sat-nano", *map(str, words)]) == 1
    assert "This is not a checkpoint of the model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_left_alone(package):
    with pytest.raises(FileExistsError):
        write_tiny_sat(package)


def test_copies_are_those_that_upstream_makes():
    for name, original in copies(facts("nano")).items():
        assert [re.sub(pattern, to, name) for pattern, to in COPIES.items() if re.fullmatch(pattern, name)] == [
            original
        ]
