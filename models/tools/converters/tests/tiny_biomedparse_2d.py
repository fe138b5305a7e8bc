"""A model package of the family biomedparse-2d with random weights, small enough for tests (under 1 MB).

python tiny_biomedparse_2d.py FOLDER
"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tiny_biomedparse_3d import MERGES, random_state

from converters.biomedparse_2d import write_package
from converters.biomedparse_2d_network import BiomedParse2D, Sizes
from converters.clip_tokenizer import ClipTokenizer

SIZES = Sizes(
    image=64, embed=8, depths=(1, 1, 1, 1), width=32, feedforward=64, encoder_layers=1, decoder_layers=3, queries=12,
    text_layers=1, vocabulary=514 + len(MERGES),
)  # fmt: skip


def checkpoint(seed: int = 3) -> dict[str, torch.Tensor]:
    """With two unused tensors."""
    state = random_state(BiomedParse2D(SIZES), seed)
    state["dilation_kernel"] = torch.ones(1, 1, 3, 3)
    state["sem_seg_head.predictor.lang_encoder.biomed_encoder.pooler.dense.bias"] = torch.zeros(4)
    return state


def make(folder: Path, precision: str = "fp32") -> None:
    with TemporaryDirectory() as temporary:
        file, merges = Path(temporary) / "tiny.pt", Path(temporary) / "merges.txt"
        torch.save(checkpoint(), file)
        ClipTokenizer(MERGES).write(merges)
        arguments = Namespace(
            checkpoint=file, merges=merges, out=folder, precision=precision, licence=None, free_text=True
        )
        write_package(checkpoint(), arguments, SIZES)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
