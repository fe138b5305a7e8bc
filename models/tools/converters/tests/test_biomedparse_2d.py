"""BiomedParse v1 with random weights: upstream's numbers are in facts/ and, of upstream/biomedparse_2d_stages.py,
beside the family."""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from tiny_biomedparse_2d import SIZES, checkpoint, make

from converters.biomedparse_2d import UNUSED, vocabulary_and_prompts, write_graphs
from converters.biomedparse_2d_network import BiomedParse2D, ImageGraph, PromptGraph, Sizes
from converters.checkpoint import CheckpointError, matched, shapes_of
from converters.existence import existence_probability
from converters.single_images import between_percentiles, network_image, on_own_pixels, probabilities, windowed

CONVERTERS = Path(__file__).resolve().parents[1]
PICTURE = (
    CONVERTERS.parents[2] / "server" / "src" / "segmenter" / "families" / "biomedparse" / "testing" / "2d_picture.json"
)


def facts(name: str):
    return json.loads((CONVERTERS / "facts" / f"{name}.json").read_text(encoding="utf-8"))


def test_its_tensors_are_named_and_shaped_as_upstreams():
    with torch.device("meta"):
        ours = shapes_of(BiomedParse2D(Sizes()))
    assert {name: list(shape) for name, shape in ours.items()} == facts("biomedparse_2d")["needed"]


def test_what_of_a_checkpoint_is_left_aside_is_known_by_name():
    unused = facts("biomedparse_2d")["unused"]
    assert {name.split(".")[-1] for name in unused if "biomed_encoder" not in name} >= {
        "dilation_kernel",
        "empty_weight",
    }
    assert all(any(re.fullmatch(pattern, name) for pattern in UNUSED) for name in unused)
    for pattern in UNUSED:
        assert any(re.fullmatch(pattern, name) for name in unused)
        assert not any(re.fullmatch(pattern, name) for name in facts("biomedparse_2d")["needed"])


def test_it_computes_what_upstream_computes():
    """As measured with the published widths; the figures come from upstream/biomedparse_2d_forward.py."""
    cases = facts("biomedparse_2d_forward")
    assert {(case["size"], case["prompts"]) for case in cases} == {(256, 1), (256, 3), (1024, 1), (1024, 3)}
    for case in cases:
        for ours in ("definition", "onnxruntimeNode"):
            assert case[ours] < 1e-4
            assert case[f"{ours}Similarity"] < 1e-5
        assert case["greatestLogit"] > 1
        assert case["pixelsMarked"] > 0


@pytest.mark.parametrize("change", ["missing", "extra", "misshapen"])
def test_another_checkpoint_is_refused_and_says_which_tensor(change):
    state = checkpoint()
    name = "sem_seg_head.predictor.query_feat.weight"
    if change == "missing":
        del state[name]
    elif change == "extra":
        name = "sem_seg_head.predictor.bbox_embed.weight"
        state[name] = torch.zeros(4, 4)
    else:
        state[name] = state[name][:3]
    with pytest.raises(CheckpointError, match=re.escape(name)):
        matched(state, shapes_of(BiomedParse2D(SIZES)), UNUSED)


@pytest.fixture(scope="module")
def model() -> BiomedParse2D:
    made = BiomedParse2D(SIZES).eval()
    made.load_state_dict(matched(checkpoint(), shapes_of(made), UNUSED))
    return made


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "biomedparse"
    make(folder)
    return folder


def any_image() -> torch.Tensor:
    return torch.from_numpy(
        np.random.default_rng(2).integers(0, 256, (1, 3, SIZES.image, SIZES.image)).astype(np.float32)
    )


def test_the_graphs_compute_what_the_definition_computes(package, model):
    sessions = {name: onnxruntime.InferenceSession(package / "graphs" / f"{name}.onnx") for name in ("image", "prompt")}
    features = sessions["image"].run(None, {"image": any_image().numpy()})
    with torch.no_grad():
        wanted = ImageGraph(model)(any_image())
        assert max(np.abs(a - b.numpy()).max() for a, b in zip(features, wanted, strict=True)) < 1e-4
        for prompts, tokens in ((1, 4), (3, 9)):
            embeddings = torch.randn(prompts, tokens, SIZES.width, generator=torch.Generator().manual_seed(prompts))
            inputs = dict(zip(PromptGraph.INPUTS, (*features, embeddings.numpy()), strict=True))
            masks, similarity = sessions["prompt"].run(None, inputs)
            wanted_masks, wanted_similarity = PromptGraph(model)(
                *(torch.from_numpy(each) for each in features), embeddings
            )
            assert masks.shape == (prompts, SIZES.image // 4, SIZES.image // 4)
            assert np.abs(masks - wanted_masks.numpy()).max() < 1e-5 * np.abs(masks).max()
            assert np.abs(similarity - wanted_similarity.numpy()).max() < 1e-5
            assert np.abs(similarity).max() <= 1


def test_half_precision_changes_little(package, model, tmp_path):
    """For the image graph; the prompt graph is unchanged."""
    write_graphs(model, tmp_path, "fp16")
    assert (tmp_path / "image.onnx").stat().st_size < 0.75 * (package / "graphs" / "image.onnx").stat().st_size
    assert (tmp_path / "prompt.onnx").read_bytes() == (package / "graphs" / "prompt.onnx").read_bytes()
    half, whole = (
        onnxruntime.InferenceSession(folder / "image.onnx").run(None, {"image": any_image().numpy()})
        for folder in (tmp_path, package / "graphs")
    )
    for a, b in zip(half, whole, strict=True):
        assert a.dtype == np.float32
        assert np.abs(a - b).max() < 0.02 * np.abs(b).max()


def test_a_prompt_gives_the_same_mask_alone_and_among_others(model):
    embeddings = torch.randn(3, 5, SIZES.width, generator=torch.Generator().manual_seed(6))
    with torch.no_grad():
        features = ImageGraph(model)(any_image())
        together = PromptGraph(model)(*features, embeddings)
        alone = PromptGraph(model)(*features, embeddings[1:2])
    for both, one in zip(together, alone, strict=True):
        assert torch.allclose(both[1:2], one, rtol=0, atol=1e-5 * one.abs().max().item())


def test_the_package_is_small_and_complete(package):
    manifest = json.loads((package / "model.json").read_text())
    assert sum(file.stat().st_size for file in package.rglob("*") if file.is_file()) < 5e6
    rows = manifest["texts"]["rows"]
    assert (package / "embeddings.f32").stat().st_size == 4 * SIZES.width * sum(row["tokens"] for row in rows)
    assert {row["modality"] for row in rows} == set(manifest["modalities"])
    assert all((row.get("window") in manifest["input"]["ctWindows"]) == (row["modality"] == "CT") for row in rows)
    assert {prompt["modality"] for prompt in manifest["texts"]["freeText"]["prompts"]} == set(manifest["modalities"])
    # The self-test has one mask that must be found and one that must not.
    golden = json.loads((package / "golden" / "golden.json").read_text())
    assert {expected is None for expected in golden["expected"].values()} == {True, False}


def test_every_object_has_a_code_and_is_asked_once_in_each_modality():
    targets, prompts = vocabulary_and_prompts()
    asked = [(prompt["target"], prompt["modality"]) for prompt in prompts]
    assert len(set(asked)) == len(asked)
    assert {(known["id"], modality) for known in targets for modality in known["modalities"]} == set(asked)
    # Upstream's 82 without four of the eight of histology and the right middle lobe's second name, and with the lesions
    # of dermoscopy.
    assert len(targets) == 78
    assert {prompt["text"] for prompt in prompts} >= {
        "liver in abdomen CT",
        "postcava in abdomen MRI",
        "tumor in liver CT",
        "edema in brain MRI-FLAIR",
        "left lung in chest X-Ray",
        "polyp in colon endoscope",
        "neoplastic cells in pathology",
    }


def test_every_distribution_of_upstream_belongs_to_an_object_but_those_that_nobody_asks():
    _, prompts = vocabulary_and_prompts()
    known = facts("biomedparse_2d_existence")["distributions"]
    assert all(len(pairs) == 4 for objects in known.values() for pairs in objects.values())
    used = [each for prompt in prompts for each in prompt.get("existence", ())]
    unasked = {
        f"{name} in {kind}"
        for kind, objects in known.items()
        for name, beta in objects.items()
        if {"imageType": kind, "beta": beta} not in used
    }
    # The liver is requested in one window.
    assert unasked == {"liver (non abdomen window) in CT-Abdomen"}


def test_a_picture_is_read_resized_and_judged_as_upstream_does():
    """The fixture has upstream's numbers for a picture of 1501 × 1120 that is reduced, with masks that the test knows
    too.
    """
    upstream = json.loads(PICTURE.read_text(encoding="utf-8"))
    rows, columns = upstream["shape"][1:]
    row, column, channel = np.ogrid[:rows, :columns, :3]
    picture = (((row * row + 3 * column * column + 977 * row * (channel + 1)) >> 9) & 255).astype(np.uint8)
    image = network_image(picture, 1024)
    assert abs(int(image.astype(np.int64).sum()) - upstream["images"]["bytes"]) <= upstream["images"]["nearWhole"]
    for c, r, x, value in upstream["images"]["at"]:
        assert image[r, x, c] == int(value)
    means = image.reshape(256, 4, 256, 4, 3).mean((1, 3), dtype=np.float32)
    said = upstream["slices"][0]
    for n, prompt in enumerate(upstream["prompts"]):
        logits = (means @ np.array(prompt["weights"], np.float32) + np.float32(prompt["constant"])).astype(np.float32)
        assert abs(int((on_own_pixels(logits, rows, columns) > 0.5).sum()) - said["marked"][n]) <= 3
        chance = existence_probability(probabilities(logits, 1024, 1024), image, [prompt["existence"]])
        assert chance == pytest.approx(said["probability"][n], rel=1e-4, abs=1e-9)


def test_a_slice_is_stretched_by_its_own_least_and_greatest():
    assert windowed(np.array([[-1000, 50, 150], [100, 0, 90]]), 50, 400).tolist() == [
        [0, 170, 255],
        [212.5, 127.5, 204],
    ]
    assert between_percentiles(np.zeros((3, 4))).tolist() == [[0] * 4] * 3
    flat = network_image(windowed(np.full((5, 8), 30), 50, 400), 32)
    assert flat.shape == (32, 32, 3)
    assert not flat.any()


def test_nothing_marked_is_nothing_there():
    assert existence_probability(np.full((4, 4), 0.5), np.zeros((4, 4, 3), np.uint8), [[[2, 2]] * 4]) == 0
