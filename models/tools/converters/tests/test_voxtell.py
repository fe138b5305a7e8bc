"""VoxTell: our definition against the output of upstream's code, and the packages."""

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from sat_forward import greatest
from tiny_voxtell import CONFIGURATION, tiny_state, write_checkpoint, write_tiny_voxtell
from voxtell_forward import copies, facts, image_and_queries, ours

from converters.__main__ import main
from converters.checkpoint import CheckpointError, matched, shapes_of
from converters.sat_network import token_positions
from converters.voxtell import UNUSED, voxtell_network, voxtell_targets
from converters.voxtell_network import Configuration, VoxTell
from converters.voxtell_texts import bank_of_texts, read_bank

CASES = json.loads((Path(__file__).resolve().parent / "voxtell_forward.json").read_text(encoding="utf-8"))


# Names and shapes of the checkpoint


def test_upstreams_checkpoint_fits_name_by_name():
    with torch.device("meta"):
        originals = copies(facts())
        state = {name: torch.empty(shape) for name, shape in facts().items() if name not in originals}
        wanted = shapes_of(VoxTell(Configuration()))
    assert set(originals.values()) <= set(state)
    assert len(matched(state, wanted, UNUSED)) == len(wanted)


def tampered(change):
    state = tiny_state()
    change(state)
    return state


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda state: state.pop("decoder.transpconvs.1.bias"), "missing: decoder.transpconvs.1.bias"),
        (lambda state: state.update({"text.weight": torch.ones(1)}), "not known: text.weight"),
        (
            lambda state: state.update({"project_text_embed.0.bias": torch.ones(7)}),
            "project_text_embed.0.bias is 7 instead of 24",
        ),
        (
            lambda state: state.update({"pos_embed": torch.ones(1728, 1, 48)}),
            "pos_embed is 1728×1×48 instead of 64×1×48",
        ),
        (
            lambda state: state.update({"decoder.encoder.stem.convs.0.conv.bias": torch.ones(6)}),
            "differs from encoder.stem.convs.0.conv.bias",
        ),
    ],
)
def test_a_checkpoint_with_a_wrong_tensor_is_refused_by_name(change, named):
    with pytest.raises(CheckpointError, match=named.replace(".", r"\.")):
        voxtell_network(CONFIGURATION, tampered(change))


# The same numbers as upstream


def test_logits_are_those_of_upstream_for_any_number_of_prompts():
    assert [case["prompts"] for case in CASES] == [1, 3]
    side = CASES[0]["side"]
    # SAT has one position token per 32 voxels, VoxTell one per 16. A checkpoint contains its own.
    network = ours(side, token_positions((2 * side,) * 3, Configuration().dimension))
    for case in CASES:
        with torch.no_grad():
            logits = network(*image_and_queries(side, case["prompts"])).numpy()
        for *place, expected in case["samples"]:
            assert logits[tuple(place)] == pytest.approx(expected, abs=1e-4)


# Texts


def test_a_bank_is_read_without_pickles_and_in_lower_case(tmp_path):
    given = write_checkpoint(tmp_path)
    bank = read_bank(given.bank)
    assert bank.texts == ["liver", "spleen", "left kidney", "right kidney", "aorta", "a text without a code", "bone"]
    # "LIVER" comes after "Liver" and is the same text.
    assert (bank.embeddings[0] == np.load(given.bank)["embeddings"][7].astype(np.float32)).all()
    np.savez(tmp_path / "pickled.npz", labels=np.array(["liver"], dtype=object), embeddings=np.zeros((1, 40)))
    (tmp_path / "text.npz").write_text("no archive")
    np.savez(tmp_path / "other.npz", labels=np.array(["liver"]))
    for name in ("pickled", "text", "other"):
        with pytest.raises(CheckpointError, match=f"{name}.npz is not a bank"):
            read_bank(tmp_path / f"{name}.npz")
    with pytest.raises(CheckpointError, match="7 texts and embeddings of 7×40, but the model needs 2560"):
        bank.require(2560)


def test_texts_without_a_code_are_left_out_and_named():
    targets, left_out = voxtell_targets(["liver", "left kidney", "something odd", "Left-Kidney"])
    assert [known["id"] for known in targets] == ["liver", "left-kidney"]
    assert targets[1]["concept"]["laterality"] == "left"
    assert left_out == ["something odd", "Left-Kidney"]


def test_texts_are_wanted_where_a_text_encoder_is_given(tmp_path):
    with pytest.raises(CheckpointError, match="needs --texts"):
        bank_of_texts(tmp_path, None)


def test_a_text_is_the_query_of_the_instruction_and_its_embedding_the_last_tokens_state(tmp_path, monkeypatch):
    """With small stand-ins for the 4 billion parameters; upstream/voxtell_texts.py compares a small, real Qwen3 with
    upstream.
    """
    asked, opened = [], []

    class Tokenizer:
        def __call__(self, texts, **how):
            asked.append((texts, how["max_length"]))
            return {"input_ids": torch.arange(len(texts[0]))[None]}

    class Model:
        def eval(self):
            return self

        def __call__(self, input_ids):
            return SimpleNamespace(last_hidden_state=input_ids[..., None] * torch.ones(3))

    def opening(what):
        return SimpleNamespace(from_pretrained=lambda folder, **how: opened.append((folder, how)) or what)

    monkeypatch.setitem(
        sys.modules, "transformers", SimpleNamespace(AutoTokenizer=opening(Tokenizer()), AutoModel=opening(Model()))
    )
    (tmp_path / "texts.txt").write_text("Liver\n\n left kidney \nliver\n", encoding="utf-8")
    bank = bank_of_texts(tmp_path, tmp_path / "texts.txt")
    assert bank.texts == ["liver", "left kidney"]
    (first,), longest = asked[0]
    assert first.startswith(
        "Instruct: Given an anatomical term query, retrieve the precise anatomical entity and location"
    )
    assert first.endswith("\nQuery: liver")
    assert longest == 8192
    assert bank.embeddings[0].tolist() == [len(first) - 1.0] * 3
    # Nothing is fetched, and no pickle is opened.
    assert all(how["local_files_only"] for _, how in opened)
    assert opened[1][1]["use_safetensors"]


# Packages


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages") / "voxtell-tiny"
    write_tiny_voxtell(folder)
    return folder


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def inputs(prompts):
    generator = np.random.default_rng(3)
    return {
        "image": generator.standard_normal((1, 1, 64, 64, 64), np.float32),
        "queries": generator.standard_normal((prompts, CONFIGURATION.text_dimension), np.float32),
    }


def test_the_graph_gives_what_the_network_gives_for_any_number_of_prompts(package):
    network = voxtell_network(CONFIGURATION, tiny_state())
    graph = session(package / "graphs" / "window.onnx")
    for prompts in (1, 5):
        feeds = inputs(prompts)
        (logits,) = graph.run(None, feeds)
        with torch.no_grad():
            expected = network(*(torch.from_numpy(feeds[name]) for name in ("image", "queries"))).numpy()
        assert logits.shape == (64, 64, 64, prompts)
        assert greatest(np.moveaxis(logits, 3, 0), expected) < 1e-4
        alone = graph.run(None, {**feeds, "queries": feeds["queries"][:1]})[0]
        assert greatest(alone[..., 0], logits[..., 0]) < 1e-5


def weights_of(graph):
    return sum(len(tensor.raw_data) for tensor in onnx.load(str(graph)).graph.initializer)


def test_the_half_precision_graph_is_near_and_smaller(package, tmp_path):
    write_tiny_voxtell(tmp_path / "half", precision="fp16")
    exact, half = package / "graphs" / "window.onnx", tmp_path / "half" / "graphs" / "window.onnx"
    assert weights_of(half) < 0.6 * weights_of(exact)
    (expected,), (logits,) = (session(path).run(None, inputs(2)) for path in (exact, half))
    assert greatest(logits, expected) < 0.02 * np.abs(expected).max()


def test_the_manifest_names_what_the_bank_holds(package):
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    bank = np.frombuffer((package / "embeddings.f32").read_bytes(), "<f4").reshape(-1, 40)
    assert manifest["texts"] == ["liver", "spleen", "left kidney", "right kidney", "aorta", "bone"]
    assert set(manifest["targets"].values()) == set(manifest["texts"])
    assert len(bank) == 6
    golden = json.loads((package / "golden" / "golden.json").read_text(encoding="utf-8"))
    assert len([file for file in golden["expected"].values() if file]) > 1


def test_the_checksums_are_those_of_all_files_and_the_same_every_time(package, tmp_path):
    listed = dict(line.split("  ")[::-1] for line in (package / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == files
    # If a graph would be too large (here by EXTERNAL_BEYOND = 0), its weights are in a separate file.
    assert "graphs/window.data" in files
    assert all(hashlib.sha256((package / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())
    assert sum(path.stat().st_size for path in package.rglob("*")) < 5_000_000
    write_tiny_voxtell(tmp_path / "again")
    again = dict(line.split("  ")[::-1] for line in (tmp_path / "again" / "SHA256SUMS").read_text().splitlines())
    # Checkpoint files differ from run to run, and model.json contains their checksum.
    assert {name for name in listed if listed[name] != again[name]} <= {"model.json"}


def test_the_command_refuses_another_models_checkpoint_and_leaves_nothing(tmp_path, capsys, monkeypatch):
    given = write_checkpoint(tmp_path)
    # The published sizes would take 1.4 GB.
    monkeypatch.setattr("converters.voxtell.Configuration", lambda: replace(CONFIGURATION, maps=2))
    words = ["--checkpoint", given.checkpoint, "--bank", given.bank, "--out", tmp_path / "out"]
    assert main(["convert", "voxtell", *map(str, words)]) == 1
    assert "This is not a checkpoint of the model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_writes_a_package_and_says_what_it_left_out(tmp_path, capsys, monkeypatch):
    given = write_checkpoint(tmp_path)
    monkeypatch.setattr("converters.voxtell.Configuration", lambda: CONFIGURATION)
    words = ["--checkpoint", given.checkpoint, "--bank", given.bank, "--out", tmp_path / "out"]
    assert main(["convert", "voxtell", *map(str, words)]) == 0
    assert "a text without a code" in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "model.json").read_text(encoding="utf-8"))["family"] == "voxtell"
