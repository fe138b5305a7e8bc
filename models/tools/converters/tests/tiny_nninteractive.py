"""A small nnInteractive package with random weights: python tests/tiny_nninteractive.py FOLDER [fp32 | fp16]

Writes the folder of a model in the form of upstream's, reduced in width, and converts it. The masks mean nothing;
everything else is as with the published weights.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "upstream"))

from known_weights import known_weights

from converters.checkpoint import shapes_of
from converters.nninteractive import MODEL, published, write_nninteractive_package
from converters.nninteractive_folder import ARCHITECTURE, NETWORK, ModelFolder, read_folder
from converters.nninteractive_golden import organ
from converters.nninteractive_network import Configuration, NnInteractive
from converters.package import Published

CONFIGURATION = Configuration(widths=(4, 6, 8, 8), blocks=(1, 1, 2, 1), channels=8, window=(56, 64, 72))
MARKED = 0.01
"""Share of the voxels that the network marks: few enough not to change the border of its window."""


def plans(configuration: Configuration = CONFIGURATION) -> dict:
    """plans.json as nnU-Net's planner writes it, as far as it is read."""
    stages = len(configuration.widths)
    sizes = {
        "n_stages": stages,
        "features_per_stage": list(configuration.widths),
        "kernel_sizes": [[3, 3, 3]] * stages,
        "strides": [[1, 1, 1], *[[2, 2, 2]] * (stages - 1)],
        "n_blocks_per_stage": list(configuration.blocks),
        "n_conv_per_stage_decoder": [1] * (stages - 1),
    }
    return {
        "dataset_name": "Dataset001_Random",
        "plans_name": "random",
        "configurations": {
            "3d_fullres": {
                "patch_size": [8, 8, 8],
                "architecture": {
                    "network_class_name": NETWORK,
                    "arch_kwargs": {**sizes, **ARCHITECTURE},
                    "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
                },
            },
            "small": {"inherits_from": "3d_fullres", "patch_size": list(configuration.window)},
        },
    }


def tiny_state(configuration: Configuration = CONFIGURATION) -> dict[str, torch.Tensor]:
    """With upstream's names, the repeated ones too."""
    network = NnInteractive(configuration)
    own = known_weights(shapes_of(network))
    network.load_state_dict(own)
    bias = f"decoder.seg_layers.{len(configuration.widths) - 2}.bias"
    own[bias] = own[bias] - torch.tensor([0.0, _threshold(network.eval())])
    twice = dict(own)
    for name, tensor in own.items():
        if ".conv." in name or ".norm." in name:
            twice[name.replace(".conv.", ".all_modules.0.").replace(".norm.", ".all_modules.1.")] = tensor
    return twice | {f"decoder.{name}": tensor for name, tensor in twice.items() if name.startswith("encoder.")}


def _threshold(network: NnInteractive) -> float:
    """Beyond which MARKED of the voxels are."""
    c = network.configuration
    image = torch.zeros(1, c.channels, *c.window)
    hu = organ(c.window).astype(np.float32)
    image[(0, 0, *(slice(0, length) for length in hu.shape))] = torch.from_numpy((hu - hu.mean()) / hu.std())
    with torch.no_grad():
        logits = network(image)[0]
    # Rounded, so that it is the same with every version of PyTorch.
    return round(float(np.quantile((logits[1] - logits[0]).numpy(), 1 - MARKED)), 2)


def write_folder(folder: Path, state: dict[str, torch.Tensor] | None = None) -> Path:
    """The folder of a model, as its authors publish it."""
    (folder / "fold_0").mkdir(parents=True)
    (folder / "plans.json").write_text(json.dumps(plans()), encoding="utf-8")
    (folder / "dataset.json").write_text(
        json.dumps({"channel_names": {"0": "image"}, "labels": {"background": 0, "object": 1}}), encoding="utf-8"
    )
    (folder / "inference_session_class.json").write_text(
        json.dumps({"point_radius": 4, "preferred_scribble_thickness": [2, 2, 2], "interaction_decay": 0.98}),
        encoding="utf-8",
    )
    (folder / "LICENSE").write_text("A licence for tests\nNothing else.\n", encoding="utf-8")
    training = {
        "trainer_name": "nnInteractiveTrainer_stub",
        # nnU-Net's trainer logs NumPy numbers, and keeps how it was started.
        "logging": {"losses": [np.float32(0.1)]},
        "init_args": {"configuration": "small", "fold": 0, "device": torch.device("cpu")},
        "inference_allowed_mirroring_axes": (0, 1, 2),
    }
    torch.save(
        {"network_weights": tiny_state() if state is None else state, **training},
        folder / "fold_0" / "checkpoint_final.pth",
    )
    return folder


def tiny_model(folder: ModelFolder) -> Published:
    return replace(published(folder), id=f"tiny-{MODEL.id}", name="nnInteractive tiny, random weights")


def write_tiny_nninteractive(out: Path, precision: str = "fp32") -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = read_folder(write_folder(Path(scratch) / "model"))
        arguments = argparse.Namespace(out=out, precision=precision, licence=None)
        write_nninteractive_package(tiny_model(folder), folder, arguments)


if __name__ == "__main__":
    write_tiny_nninteractive(Path(sys.argv[1]), *sys.argv[2:])
