"""nnInteractive: from the folder of a published model to a package of the family 'nninteractive'
(server/src/segmenter/families/nninteractive/manifest.ts)."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from math import prod
from pathlib import Path

import torch

from .checkpoint import matched, shapes_of, without_copies, without_prefix
from .nninteractive_card import card
from .nninteractive_folder import COMPARED_WITH, ModelFolder, Prompts, read_folder
from .nninteractive_golden import golden_of, write_nninteractive_golden
from .nninteractive_network import Configuration, NnInteractive, PartLogits
from .onnx_export import export_graph
from .package import Published, finish_package, identity, start_package
from .voxtell import COPIES

# Of inference_session.py: arguments of `_detect_change_at_border`, `zoom_out_growth_factor` and MAX_AUTOZOOM_FACTOR.
ZOOM = {"growth": 1.5, "most": 4, "change": {"voxels": 1500, "leastVoxels": 100, "share": 0.2}}
# `_compute_local_diff_map` opens with 5 voxels; `_plan_refinement_bboxes` has margin and max_depth.
REFINEMENT = {"opening": 2, "margin": 24, "halvings": 3}
MAPS_AT_THE_PEAK = 7
"""Memory of one window in units of its finest feature map, besides the weights: as VoxTell, which has the same
encoder."""
LICENCE = {"spdx": "CC-BY-NC-SA-4.0"}

MODEL = Published(
    id="nninteractive",
    name="nnInteractive",
    algorithm="nnInteractive",
    source="German Cancer Research Center (DKFZ)",
    repository="https://github.com/MIC-DKFZ/nnInteractive",
    commit=f"{COMPARED_WITH} on PyPI",
    licence=LICENCE,
    intended_use=(
        "Research, not commercial. Marks in 3-D, in CT, MR and PET, what somebody clicks on, and corrects a mask by "
        "clicks. It knows no names. Not for diagnosis; CARD.md says what is known of its accuracy."
    ),
    modalities=("CT", "MR", "PT"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "--checkpoint is the whole folder of a model, with plans.json and fold_0/checkpoint_final.pth."


def convert(name: str, arguments: argparse.Namespace) -> None:
    folder = read_folder(arguments.checkpoint)
    write_nninteractive_package(published(folder), folder, arguments)


def published(folder: ModelFolder) -> Published:
    """Weights that are not the authors' own have the licence that came with them."""
    if folder.official:
        return MODEL
    first = folder.licence.read_text(encoding="utf-8").strip().split("\n")[0] if folder.licence else ""
    return replace(MODEL, licence={"text": first or "None came with the weights; see where you got them."})


def nninteractive_network(configuration: Configuration, state: Mapping[str, torch.Tensor]) -> NnInteractive:
    """@raises CheckpointError"""
    network = NnInteractive(configuration)
    state = without_copies(without_prefix(state, "_orig_mod."), COPIES)
    network.load_state_dict(matched(state, shapes_of(network)))
    return network.eval().requires_grad_(False)


def write_nninteractive_package(model: Published, folder: ModelFolder, arguments: argparse.Namespace) -> None:
    network = nninteractive_network(folder.configuration, folder.state)
    golden = golden_of(network, folder.prompts, ZOOM["change"])
    start_package(arguments.out)
    write_window_graph(network, arguments.out / "graphs" / "window.onnx", arguments.precision)
    write_nninteractive_golden(arguments.out, golden)
    manifest = {
        **identity(model, folder.checkpoint, minimum_dice=0.9),
        **nninteractive_manifest(network, folder.prompts),
    }
    licence = arguments.licence or folder.licence
    finish_package(arguments.out, model, manifest, None, card(model, network, arguments.precision), licence)


def write_window_graph(network: NnInteractive, path: Path, precision: str) -> None:
    """`image` [1, channels, z, y, x] → `logits` [z, y, x], for the network's window."""
    c = network.configuration
    # A small example is enough: no operator depends on the size.
    side = 2 ** len(c.widths)
    export_graph(
        PartLogits(network),
        {"image": torch.zeros(1, c.channels, side, side, side)},
        ["logits"],
        path,
        dynamic={"image": {2: "z", 3: "y", 4: "x"}, "logits": {0: "z", 1: "y", 2: "x"}},
        shapes={"image": [1, c.channels, *c.window], "logits": list(c.window)},
        precision=precision,
    )


def nninteractive_manifest(network: NnInteractive, prompts: Prompts) -> dict:
    c = network.configuration
    parameters = sum(tensor.numel() for tensor in network.state_dict().values())
    return {
        "family": "nninteractive",
        "window": list(c.window[::-1]),
        "graph": {"file": "graphs/window.onnx", "input": "image", "output": "logits"},
        "channels": {"count": prompts.channels, "mask": prompts.mask, "clicks": list(prompts.clicks)},
        "clicks": {"radius": prompts.radius, "decay": prompts.decay},
        "zoom": ZOOM,
        "refinement": REFINEMENT,
        "memory": {"graphBytes": round(4 * parameters + MAPS_AT_THE_PEAK * 4 * c.widths[0] * prod(c.window))},
    }
