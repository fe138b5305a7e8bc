"""A small SAT package with random weights: python tests/tiny_sat.py FOLDER [graph | bank] [fp32 | fp16]

Writes random checkpoints in upstream's format, reduced in width, and converts them. The masks mean nothing; everything
else is as with the published weights.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from converters.mpnet import TextConfiguration, TextEncoder
from converters.package import Published
from converters.sat import published, read_weights, write_sat_package
from converters.sat_network import Configuration, Sat

CONFIGURATION = Configuration(
    widths=(6, 6, 8, 12, 16, 24),
    convolutions=1,
    token_hidden=48,
    mask_hidden=24,
    dimension=48,
    feed_forward=64,
    # On WebGPU without a GPU a window of 96 x 96 x 32 took 51 s of processor time.
    window=(64, 32, 32),
)
PIECES = [
    *"<s> <pad> </s> [UNK] [CLS] [SEP] liver spleen kidney left right aorta lung brain ##stem tumor".split(),
    *"bone ( ) l ##1 1".split(),
]
TEXT = TextConfiguration(dimension=48, layers=2, heads=4, feed_forward=64, pieces=len(PIECES), positions=258)
TERMS = {
    "CT": ["liver", "spleen", "left kidney", "right kidney", "aorta", "left lung", "right lung", "bone"],
    "MR": ["liver", "spleen", "left kidney", "right kidney", "brainstem", "brain"],
    "PT": ["tumor"],
}


def tiny_weights() -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """State of network and text encoder with upstream's names, including tensors that inference does not need."""
    torch.manual_seed(5)
    network = spread(Sat(CONFIGURATION))
    for name in [name for name in network if ".convs." in name]:
        network[name.replace(".conv.", ".all_modules.0.").replace(".norm.", ".all_modules.1.")] = network[name]
    network["mid_mask_embed_proj.0.0.weight"] = torch.zeros(2, 2)
    encoder = spread(TextEncoder(TEXT))
    encoder["text_tower.biolord.pooler.dense.weight"] = torch.zeros(2, 2)
    return network, encoder


def write_checkpoints(folder: Path) -> argparse.Namespace:
    """checkpoint, text_encoder and tokenizer, as arguments of a conversion."""
    paths = {name: folder / f"{name}.pth" for name in ("checkpoint", "text_encoder")}
    for path, state in zip(paths.values(), tiny_weights(), strict=True):
        torch.save({"model_state_dict": {f"module.{name}": tensor for name, tensor in state.items()}, "step": 1}, path)
    tokenizer = folder / "vocab.txt"
    tokenizer.write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return argparse.Namespace(**paths, tokenizer=tokenizer, licence=None)


def spread(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Random weights with more variation than PyTorch's, so that prompts give different masks."""
    return {
        name: tensor * 2 if name.endswith("weight") and tensor.ndim > 1 else tensor
        for name, tensor in module.state_dict().items()
    }


def tiny_model() -> Published:
    nano = published("sat-nano")
    return Published(**{**nano.__dict__, "id": "sat-tiny", "name": "SAT tiny, random weights"})


def write_tiny_sat(folder: Path, queries: str = "bank", precision: str = "fp32") -> None:
    with tempfile.TemporaryDirectory() as checkpoints:
        arguments = write_checkpoints(Path(checkpoints))
        arguments.out, arguments.queries, arguments.precision = folder, queries, precision
        write_sat_package(tiny_model(), read_weights(CONFIGURATION, TEXT, arguments), TERMS, arguments)


if __name__ == "__main__":
    write_tiny_sat(Path(sys.argv[1]), *(sys.argv[2:] or ["graph"]))
