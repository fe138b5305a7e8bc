"""Upstream's BiomedParse v1 with random weights, for the comparisons in this folder. This repository contains none of
its code.

Needs a checkout of github.com/microsoft/BiomedParse (branch main), its requirements.txt, and timm, fvcore, einops,
pillow, pyyaml, torchvision, transformers, scikit-image, nibabel, huggingface_hub. Its other imports, unneeded for text
prompts, are replaced here.
"""

from __future__ import annotations

import importlib
import sys
from collections import namedtuple
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import torch
from biomedparse_v2 import Convolution
from torch import nn

CONFIGURATIONS = {"inference": "configs/biomedparse_inference.yaml", "training": "configs/biomed_seg_lang_v1.yaml"}
ABSENT = (
    "cv2", "detectron2", "detectron2.data", "detectron2.data.datasets.builtin_meta", "detectron2.utils",
    "detectron2.utils.colormap",
    "detectron2.utils.comm", "detectron2.utils.file_io", "detectron2.utils.memory", "kornia", "kornia.contrib",
    "matplotlib", "matplotlib.colors", "mpi4py", "nltk", "nltk.stem", "nltk.stem.lancaster", "SimpleITK",
)  # fmt: skip


class Images:
    """Replaces detectron2's ImageList, for images of one size that need no padding."""

    def __init__(self, images: torch.Tensor):
        self.tensor = images

    @staticmethod
    def from_tensors(images: list[torch.Tensor], _divisibility: int) -> Images:
        return Images(torch.stack(images))


def use(upstream: Path) -> None:
    """Puts upstream's packages on the path, and small replacements for missing ones."""
    for name in ABSENT:
        sys.modules.setdefault(name, MagicMock(__spec__=ModuleSpec(name, None), __path__=[]))
    # Upstream draws with 16 colours from a list.
    sys.modules["matplotlib"].colors.TABLEAU_COLORS, sys.modules["matplotlib"].colors.BASE_COLORS = (
        dict.fromkeys(range(16)),
        {},
    )
    layers, modeling, structures = (ModuleType(f"detectron2.{name}") for name in ("layers", "modeling", "structures"))
    layers.Conv2d = Convolution
    layers.get_norm = lambda norm, width: nn.GroupNorm(32, width) if norm == "GN" else None
    layers.cat, layers.shapes_to_tensor, layers.DeformConv = torch.cat, None, object
    layers.ShapeSpec = modeling.ShapeSpec = namedtuple("ShapeSpec", ("channels", "stride"))
    modeling.Backbone, modeling.BACKBONE_REGISTRY = nn.Module, None
    structures.ImageList = Images
    for name in ("Boxes", "Instances", "BitMasks", "BoxMode", "ROIMasks"):
        setattr(structures, name, object)
    for module in (layers, modeling, structures):
        module.__spec__ = ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module
    # Upstream requests the GPU wherever it makes a tensor.
    torch.cuda.current_device = lambda: torch.get_default_device()
    torch.Tensor.cuda = lambda self, *_, **__: self
    sys.path.insert(0, str(upstream))


def build(
    upstream: Path, tokenizer, configuration: str = "inference", seed: int = 0, pubmed_bert: nn.Module | None = None
) -> nn.Module:
    """The published configuration with random weights; layer scale too, which would start near 0.

    tokenizer    see biomedparse_v2.clip_tokenizer
    pubmed_bert  replaces the encoder that upstream downloads and never uses
    """
    use(upstream)
    import transformers

    transformers.AutoModel.from_pretrained = lambda *_: pubmed_bert or nn.Identity()
    transformers.CLIPTokenizer.from_pretrained = lambda *_: tokenizer
    options = importlib.import_module("utilities.arguments").load_opt_from_config_files(
        [str(upstream / CONFIGURATIONS[configuration])]
    )
    torch.manual_seed(seed)
    model = importlib.import_module("modeling").build_model(options)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "gamma_" in name:
                parameter.uniform_(0.3, 1)
            elif "norm" in name or "ln_" in name:
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.add_(0.05 * torch.randn_like(parameter))
            elif name.endswith(("class_embed", "lang_proj")):
                parameter.normal_(std=parameter.shape[0] ** -0.5)
    # Scores against classes do not affect masks; 17 classes in 80 sentences each would take minutes on a CPU.
    model.sem_seg_head.predictor.lang_encoder.compute_similarity = lambda embedding: embedding.new_zeros(
        *embedding.shape[:2], 1
    )
    return model.eval()
