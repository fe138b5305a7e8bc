"""BiomedParse v2 with random weights: the output of upstream's code is in facts/, made by
upstream/biomedparse_3d_forward.py.
"""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from tiny_biomedparse_3d import MERGES, SIZES, checkpoint, make

from converters.biomedparse_3d import vocabulary_and_prompts, write_graphs
from converters.biomedparse_3d_network import BiomedParse3D, ImageGraph, PromptGraph, Sizes, noise_shapes
from converters.checkpoint import CheckpointError, matched, shapes_of
from converters.clip_tokenizer import ClipTokenizer
from converters.noise import slice_noise

HERE = Path(__file__).resolve()
FACTS = HERE.parents[1] / "facts"
FAMILIES = HERE.parents[4] / "server/src/segmenter/families"
CLIP_TOKENS = FAMILIES / "biomedparse/testing/clipTokens.json"


def facts(name: str) -> dict:
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


def test_its_tensors_are_named_and_shaped_as_upstreams():
    with torch.device("meta"):
        ours = shapes_of(BiomedParse3D(Sizes()))
    assert {name: list(shape) for name, shape in ours.items()} == facts("biomedparse_3d")


def test_it_computes_what_upstream_computes():
    """As measured with the published sizes; the figures come from upstream/biomedparse_3d_forward.py."""
    cases = facts("biomedparse_3d_forward")
    assert {(case["size"], case["prompts"]) for case in cases} >= {(128, 1), (128, 3), (512, 1)}
    for case in cases:
        assert case["definition"] < 1e-4
        assert case["onnxruntimeNode"] < 1e-4
        assert case["greatestLogit"] > 1


@pytest.mark.parametrize("change", ["missing", "extra", "misshapen"])
def test_another_checkpoint_is_refused_and_says_which_tensor(change):
    state = checkpoint()
    name = "sem_seg_head.predictor.query_feat_.weight"
    if change == "missing":
        del state[name]
    elif change == "extra":
        name = "sem_seg_head.predictor.bbox_embed.weight"
        state[name] = torch.zeros(4, 4)
    else:
        state[name] = state[name][:3]
    with pytest.raises(CheckpointError, match=re.escape(name)):
        matched(state, shapes_of(BiomedParse3D(SIZES)))


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "medimageparse3d"
    make(folder)
    return folder


def test_the_graphs_compute_what_the_definition_computes(package):
    model = BiomedParse3D(SIZES).eval()
    model.load_state_dict(checkpoint())
    image = torch.from_numpy(
        np.random.default_rng(2).integers(0, 256, (1, 3, SIZES.image, SIZES.image)).astype(np.float32)
    )
    noise = [torch.from_numpy(part) for part in slice_noise(SIZES, 7, 1)]
    sessions = {name: onnxruntime.InferenceSession(package / "graphs" / f"{name}.onnx") for name in ("image", "prompt")}
    features = sessions["image"].run(None, {"image": image.numpy()})
    with torch.no_grad():
        wanted = ImageGraph(model)(image)
        assert max(np.abs(a - b.numpy()).max() for a, b in zip(features, wanted, strict=True)) < 1e-4
        for prompts, tokens in ((1, 4), (3, 9)):
            embeddings = torch.randn(prompts, tokens, SIZES.width)
            inputs = dict(
                zip(PromptGraph.INPUTS, (*features, embeddings.numpy(), *(part.numpy() for part in noise)), strict=True)
            )
            masks, presence = sessions["prompt"].run(None, inputs)
            wanted_masks, wanted_presence = PromptGraph(model)(*wanted, embeddings, *noise)
            assert masks.shape == (prompts, SIZES.image // 4, SIZES.image // 4)
            # The logits of these weights reach hundreds: six digits of them agree.
            assert np.abs(masks - wanted_masks.numpy()).max() < 1e-5 * np.abs(masks).max()
            assert np.abs(presence - wanted_presence.numpy()).max() < 1e-5


def test_free_text_is_encoded_as_the_bank_was(package):
    texts = json.loads((package / "model.json").read_text(encoding="utf-8"))["texts"]
    bank = np.fromfile(package / texts["bank"]["file"], dtype="<f4").reshape(-1, SIZES.width)
    free, row = texts["freeText"], texts["rows"][0]
    assert {prompt["modality"] for prompt in free["prompts"]} == {"CT", "MR", "PT"}
    ids = ClipTokenizer.read(package / free["merges"], SIZES.vocabulary).encode(row["text"])
    (embeddings,) = onnxruntime.InferenceSession(package / free["file"]).run(
        [free["output"]], {free["input"]: np.array([ids])}
    )
    assert embeddings.shape == (1, row["tokens"], SIZES.width)
    assert np.abs(embeddings[0] - bank[: row["tokens"]]).max() < 1e-5


def test_half_precision_changes_little(package, tmp_path):
    """For the image graph; the prompt graph is unchanged."""
    model = BiomedParse3D(SIZES).eval()
    model.load_state_dict(checkpoint())
    write_graphs(model, tmp_path, "fp16")
    assert (tmp_path / "image.onnx").stat().st_size < 0.75 * (package / "graphs" / "image.onnx").stat().st_size
    assert (tmp_path / "prompt.onnx").read_bytes() == (package / "graphs" / "prompt.onnx").read_bytes()
    image = np.random.default_rng(2).integers(0, 256, (1, 3, SIZES.image, SIZES.image)).astype(np.float32)
    half, whole = (
        onnxruntime.InferenceSession(folder / "image.onnx").run(None, {"image": image})
        for folder in (tmp_path, package / "graphs")
    )
    for a, b in zip(half, whole, strict=True):
        assert a.dtype == np.float32
        assert np.abs(a - b).max() < 0.02 * np.abs(b).max()


def test_a_prompt_gives_the_same_mask_alone_and_among_others():
    model = BiomedParse3D(SIZES).eval()
    model.load_state_dict(checkpoint())
    noise = [torch.from_numpy(part) for part in slice_noise(SIZES, 7, 1)]
    with torch.no_grad():
        features = ImageGraph(model)(torch.full((1, 3, SIZES.image, SIZES.image), 90.0))
        embeddings = torch.randn(3, 5, SIZES.width, generator=torch.Generator().manual_seed(6))
        together = PromptGraph(model)(*features, embeddings, *noise)
        alone = PromptGraph(model)(*features, embeddings[1:2], *noise)
    for both, one in zip(together, alone, strict=True):
        assert torch.allclose(both[1:2], one, rtol=0, atol=1e-5 * one.abs().max().item())


def test_the_package_is_small_and_complete(package):
    manifest = json.loads((package / "model.json").read_text())
    assert sum(file.stat().st_size for file in package.rglob("*") if file.is_file()) < 5e6
    tokens = sum(row["tokens"] for row in manifest["texts"]["rows"])
    assert (package / "embeddings.f32").stat().st_size == 4 * SIZES.width * tokens
    assert [noise["shape"] for noise in manifest["prompt"]["noise"]] == [list(shape) for shape in noise_shapes(SIZES)]


def test_every_class_has_a_code_and_asks_once_in_each_modality():
    targets, prompts = vocabulary_and_prompts()
    assert len(prompts) == 204
    asked = [(prompt["target"], prompt["modality"]) for prompt in prompts]
    assert len(set(asked)) == len(asked)
    assert {(known["id"], modality) for known in targets for modality in known["modalities"]} == set(asked)
    assert {prompt["text"] for prompt in prompts} >= {
        "Liver in abdominal CT",
        "Stroke lesion in brain MRI",
        "Lesion in whole body PET",
    }


def test_the_noise_is_uniform_and_never_the_same_in_two_slices():
    parts = slice_noise(Sizes(), 1, 4)
    assert [part.shape for part in parts] == noise_shapes(Sizes())
    values = np.concatenate([part.ravel() for part in parts])
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 1e-3
    assert abs(values.std() - 12**-0.5) < 1e-3
    assert not np.array_equal(parts[0], slice_noise(Sizes(), 1, 5)[0])


def test_texts_have_the_tokens_that_upstream_gives_them():
    fixture = json.loads(CLIP_TOKENS.read_text(encoding="utf-8"))
    tokenizer = ClipTokenizer([tuple(pair.split()) for pair in fixture["merges"]])
    assert [[text, tokenizer.encode(text)] for text, _ in fixture["cases"]] == fixture["cases"]


def test_pairs_are_merged_by_rank_and_long_texts_end_with_the_end():
    tokenizer = ClipTokenizer(MERGES)
    assert tokenizer.encode("liver") == [tokenizer.start, tokenizer.id["liver</w>"], tokenizer.end]
    assert tokenizer.encode("live") == [
        tokenizer.start,
        tokenizer.id["li"],
        tokenizer.id["v"],
        tokenizer.id["e</w>"],
        tokenizer.end,
    ]
    long = tokenizer.encode("a " * 200)
    assert (len(long), long[-1]) == (77, tokenizer.end)
