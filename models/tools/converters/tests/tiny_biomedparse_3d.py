"""A model package of the family biomedparse-3d with random weights, small enough for tests (under 1 MB).

python tiny_biomedparse_3d.py FOLDER
"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from converters.biomedparse_3d import write_package
from converters.biomedparse_3d_network import BiomedParse3D, Sizes
from converters.clip_tokenizer import ClipTokenizer

MERGES = [("l", "i"), ("v", "er</w>"), ("e", "r</w>"), ("c", "t</w>"), ("i", "n</w>"), ("li", "ver</w>")]
SIZES = Sizes(
    image=64, embed=8, depths=(1, 1, 1, 1), width=32, feedforward=64, encoder_layers=1, decoder_layers=3, text_layers=1,
    vocabulary=514 + len(MERGES),
)  # fmt: skip


def random_state(module: torch.nn.Module, seed: int) -> dict[str, torch.Tensor]:
    """Tensors with a module's shapes: norms near one, matrices scaled so that signals keep their size."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for name, value in module.state_dict().items():
        noise = torch.randn(value.shape, generator=generator)
        if value.dim() > 1 and "embed" not in name and "query" not in name:
            state[name] = noise / value[0].numel() ** 0.5
        elif name.endswith("bias"):
            state[name] = 0.1 * noise
        else:
            state[name] = 1 + 0.2 * noise if value.dim() < 2 else noise
    return state


def checkpoint(seed: int = 3) -> dict[str, torch.Tensor]:
    state = random_state(BiomedParse3D(SIZES), seed)
    state["pixel_mean"], state["pixel_std"] = torch.full((1, 3, 1, 1), 114.495), torch.full((1, 3, 1, 1), 57.63)
    return state


def make(folder: Path, precision: str = "fp32") -> None:
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "tiny.ckpt"
        state = {f"model.{name}": value for name, value in checkpoint().items()}
        torch.save({"state_dict": state}, file)
        merges = Path(temporary) / "merges.txt"
        ClipTokenizer(MERGES).write(merges)
        arguments = Namespace(
            checkpoint=file, merges=merges, out=folder, precision=precision, licence=None, free_text=True
        )
        write_package(state, arguments, SIZES)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
