"""A small VoxTell package with random weights: python tests/tiny_voxtell.py FOLDER [fp32 | fp16]

Writes a random checkpoint in the format of upstream's trainer, reduced in width, and converts it. The masks mean
nothing; everything else is as with the published weights.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from converters import onnx_export
from converters.package import Published
from converters.sat_network import token_positions
from converters.voxtell import published, read_weights, write_voxtell_package
from converters.voxtell_network import Configuration, VoxTell

CONFIGURATION = Configuration(
    widths=(6, 6, 8, 10, 12, 12),
    blocks=(1, 1, 2, 1, 1, 1),
    maps=3,
    dimension=48,
    text_dimension=40,
    text_hidden=24,
    map_hidden=24,
    heads=4,
    layers=2,
    feed_forward=32,
    window=64,
)
LABELS = ["Liver", "spleen", "left kidney", "right kidney", "aorta", "a text without a code", "bone", "LIVER"]


def tiny_state() -> dict[str, torch.Tensor]:
    """With upstream's names, including tensors that inference does not need and repeated ones."""
    torch.manual_seed(11)
    own = VoxTell(CONFIGURATION).state_dict()
    # Weights with more variation than PyTorch's, so that texts give different masks.
    own = {name: tensor * 2 if name.endswith("weight") and tensor.ndim > 1 else tensor for name, tensor in own.items()}
    # One token per 16 voxels; SAT has one per 32.
    own["pos_embed"] = token_positions((2 * CONFIGURATION.window,) * 3, CONFIGURATION.dimension)
    twice = dict(own)
    for name, tensor in own.items():
        if ".conv." in name or ".norm." in name:
            twice[name.replace(".conv.", ".all_modules.0.").replace(".norm.", ".all_modules.1.")] = tensor
    twice |= {f"decoder.{name}": tensor for name, tensor in twice.items() if name.startswith("encoder.")}
    unused = (
        "decoder.seg_layers.0.weight",
        "transformer_decoder.layers.0.norm1.bias",
        "transformer_decoder.layers.1.self_attn.in_proj_bias",
    )
    return twice | {name: torch.zeros(2) for name in unused}


def write_checkpoint(folder: Path) -> argparse.Namespace:
    """checkpoint and bank, as arguments of a conversion."""
    checkpoint, bank = folder / "checkpoint_final.pth", folder / "text_embeddings.npz"
    # nnU-Net's trainer logs NumPy numbers next to the weights.
    training = {
        "_best_ema": np.float64(0.5),
        "logging": {"losses": [np.float32(0.1)]},
        "init_args": {"fold": 0},
        "current_epoch": 3,
    }
    torch.save({"network_weights": tiny_state(), **training}, checkpoint)
    embeddings = (
        np.random.default_rng(5).standard_normal((len(LABELS), CONFIGURATION.text_dimension)).astype(np.float16)
    )
    np.savez(bank, labels=np.array(LABELS), embeddings=embeddings)
    return argparse.Namespace(checkpoint=checkpoint, bank=bank, text_encoder=None, texts=None, licence=None)


def tiny_model() -> Published:
    return Published(**{**published("voxtell").__dict__, "id": "voxtell-tiny", "name": "VoxTell tiny, random weights"})


def write_tiny_voxtell(folder: Path, precision: str = "fp32") -> None:
    # In its published size the graph is too large for one file, so here too its weights are in a separate file.
    with tempfile.TemporaryDirectory() as checkpoints, patch.object(onnx_export, "EXTERNAL_BEYOND", 0):
        arguments = write_checkpoint(Path(checkpoints))
        arguments.out, arguments.precision = folder, precision
        write_voxtell_package(tiny_model(), read_weights(CONFIGURATION, arguments), arguments)


if __name__ == "__main__":
    write_tiny_voxtell(Path(sys.argv[1]), *sys.argv[2:])
