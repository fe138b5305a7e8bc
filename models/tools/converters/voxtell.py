"""VoxTell: from its checkpoint to a package of the family 'voxtell'
(server/src/segmenter/families/voxtell/manifest.ts)."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .checkpoint import matched, read_checkpoint, shapes_of, without_copies, without_prefix
from .onnx_export import export_graph
from .package import Published, finish_package, identity, start_package
from .vocabulary import LONGEST_NAME, slug, target, with_synonyms
from .voxtell_card import card
from .voxtell_golden import write_voxtell_golden
from .voxtell_network import REDUCTION, Configuration, VoxTell, WindowLogits
from .voxtell_texts import TextBank, bank_of_texts, read_bank

ENTRY = "network_weights"
MODALITIES = ("CT", "MR", "PT")
COPIES = {
    r"decoder\.(encoder\..*)": r"\1",
    r"(.*)\.all_modules\.0\.(weight|bias)": r"\1.conv.\2",
    r"(.*)\.all_modules\.1\.(weight|bias)": r"\1.norm.\2",
}
"""Upstream registers the encoder in the decoder again, and every convolution and its norm twice."""
UNUSED = (r"transformer_decoder\.layers\.\d+\.(self_attn|norm1)\..*", r"decoder\.seg_layers\..*")
"""Self-attention that upstream never calls, and the heads of deep supervision."""
NUMBERS_OF_NUMPY = [
    np.dtype,
    *((np._core.multiarray.scalar, f"numpy.{core}.multiarray.scalar") for core in ("core", "_core")),
    *(type(np.dtype(kind)) for kind in ("f4", "f8", "i4", "i8")),
]
"""Types in the log of nnU-Net's checkpoints besides plain numbers. Opening them runs no code of the file."""
PROMPTS_PER_RUN = 4
MAPS_AT_THE_PEAK = 7
"""Memory of one window without prompts in units of its finest feature map: a CPU took 5.9 in addition to the weights
for a window of 96³.
"""
MAPS_PER_PROMPT = 5
"""Additional memory per prompt: 4.6 were measured there."""


@dataclass(frozen=True)
class Weights:
    """A loaded network, its texts, and its checkpoint."""

    network: VoxTell
    bank: TextBank
    checkpoint: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    texts = parser.add_mutually_exclusive_group(required=True)
    texts.add_argument(
        "--bank",
        type=Path,
        help="text_embeddings.npz published by VoxTell's authors: texts and their embeddings",
    )
    texts.add_argument(
        "--text-encoder",
        type=Path,
        help="folder of Qwen3-Embedding-4B: embeds the texts of --texts (16 GB; needs transformers)",
    )
    parser.add_argument("--texts", type=Path, help="with --text-encoder: file with one text per line")


def convert(name: str, arguments: argparse.Namespace) -> None:
    weights = read_weights(Configuration(), arguments)
    write_voxtell_package(published(name), weights, arguments)


def read_weights(configuration: Configuration, arguments: argparse.Namespace) -> Weights:
    """@raises CheckpointError"""
    with torch.serialization.safe_globals(NUMBERS_OF_NUMPY):
        state = read_checkpoint(arguments.checkpoint, ENTRY)
    network = voxtell_network(configuration, state)
    bank = read_bank(arguments.bank) if arguments.bank else bank_of_texts(arguments.text_encoder, arguments.texts)
    bank.require(configuration.text_dimension)
    return Weights(network, bank, arguments.checkpoint)


def voxtell_network(configuration: Configuration, state: Mapping[str, torch.Tensor]) -> VoxTell:
    """@raises CheckpointError"""
    network = VoxTell(configuration)
    state = without_copies(without_prefix(state, "_orig_mod."), COPIES)
    network.load_state_dict(matched(state, shapes_of(network), UNUSED))
    return network.eval().requires_grad_(False)


def published(name: str) -> Published:
    return Published(
        id=name,
        name="VoxTell",
        algorithm="VoxTell",
        source="German Cancer Research Center (DKFZ)",
        repository="https://github.com/MIC-DKFZ/VoxTell",
        commit="8ef0332",
        licence={
            "text": (
                "That of the code is Apache-2.0. The weights come with a licence of their own; see where you got them."
            )
        },
        intended_use=(
            "Research. Marks anatomy and lesions of the whole body in CT, MR and PET by the texts of "
            "its vocabulary. "
            "Not for diagnosis; CARD.md says what is known of its accuracy."
        ),
        modalities=MODALITIES,
    )


def write_voxtell_package(model: Published, weights: Weights, arguments: argparse.Namespace) -> None:
    folder: Path = arguments.out
    targets, left_out = voxtell_targets(weights.bank.texts)
    if left_out:
        print(
            f"Left out, without a code in models/tools/terminology/concepts.json: {', '.join(left_out)}",
            file=sys.stderr,
        )
    asked = weights.bank.only([known["modelTerm"] for known in targets])
    start_package(folder)
    write_window_graph(weights.network, folder / "graphs" / "window.onnx", arguments.precision)
    (folder / "embeddings.f32").write_bytes(asked.embeddings.astype("<f4").tobytes())
    write_voxtell_golden(folder, weights.network, asked.embeddings, [known["id"] for known in targets])
    manifest = {
        **identity(model, weights.checkpoint, minimum_dice=0.9),
        **voxtell_manifest(weights.network, asked.texts),
        "targets": {known["id"]: known["modelTerm"] for known in targets},
    }
    finish_package(
        folder, model, manifest, {"targets": targets, "groups": []}, card(model, arguments.precision), arguments.licence
    )


def write_window_graph(network: VoxTell, path: Path, precision: str) -> None:
    """`image` [1, 1, z, y, x] and `queries` [prompts, dimension] → `logits` [z, y, x, prompts], for the network's
    window."""
    c = network.configuration
    # A small example is enough: only the positions of the tokens depend on the size, and they are inserted afterwards.
    side = 64
    export_graph(
        WindowLogits(network),
        {
            "image": torch.zeros(1, 1, side, side, side),
            "queries": torch.zeros(3, c.text_dimension),
            "position": torch.zeros((side // REDUCTION) ** 3, 1, c.dimension),
        },
        ["logits"],
        path,
        dynamic={
            "image": {2: "z", 3: "y", 4: "x"},
            "queries": {0: "prompts"},
            "position": {0: "tokens"},
            "logits": {0: "z", 1: "y", 2: "x", 3: "prompts"},
        },
        constants={"position": network.pos_embed.numpy()},
        shapes={"image": [1, 1, *[c.window] * 3], "logits": [*[c.window] * 3, "prompts"]},
        precision=precision,
    )


def voxtell_targets(texts: list[str]) -> tuple[list[dict], list[str]]:
    """A target for every text with a coded meaning, and the texts without one: a finding without a code cannot become a
    conformant segment.
    """
    targets: dict[str, dict] = {}
    left_out = []
    for text in texts:
        try:
            if len(text) > LONGEST_NAME or slug(text) in targets:
                raise LookupError
            targets[slug(text)] = target(text, MODALITIES)
        except LookupError:
            left_out.append(text)
    return with_synonyms(list(targets.values())), left_out


def voxtell_manifest(network: VoxTell, texts: list[str]) -> dict:
    c = network.configuration
    finest_map = 4 * c.widths[0] * c.window**3
    parameters = sum(tensor.numel() for tensor in network.state_dict().values())
    return {
        "family": "voxtell",
        "input": {
            "orientation": "RAS",
            "intensity": {modality: [{"step": "z-score", "scope": "all"}] for modality in MODALITIES},
        },
        "window": [c.window] * 3,
        "graph": {
            "file": "graphs/window.onnx",
            "image": "image",
            "queries": "queries",
            "output": "logits",
            "promptsPerRun": PROMPTS_PER_RUN,
        },
        "texts": texts,
        "queries": {"kind": "bank", "file": "embeddings.f32", "dimension": c.text_dimension},
        "threshold": 0.5,
        "existence": {"minimumVolumeMl": 0},
        "memory": {
            "graphBytes": round(4 * parameters + MAPS_AT_THE_PEAK * finest_map),
            "bytesPerPrompt": MAPS_PER_PROMPT * finest_map,
        },
    }
