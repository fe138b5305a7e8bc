"""Upstream's BiomedParse v2 with random weights, for the comparisons in this folder. This repository contains none of
its code.

Needs a checkout of upstream's v2 code (the branch v2 of github.com/microsoft/BiomedParse, or a copy of it), its
requirements.txt, and timm, fvcore, safetensors, pillow, transformers, hydra-core. Four small parts of detectron2 are
used; they are replaced here.
"""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

import torch
from torch import nn


class Convolution(nn.Conv2d):
    def __init__(self, *arguments, norm=None, activation=None, **named):
        super().__init__(*arguments, **named)
        self.norm, self.activation = norm, activation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = super().forward(x)
        for after in (self.norm, self.activation):
            x = x if after is None else after(x)
        return x


def put_in_place_of_detectron2() -> None:
    layers, modeling = ModuleType("detectron2.layers"), ModuleType("detectron2.modeling")
    layers.Conv2d = Convolution
    layers.get_norm = lambda norm, width: nn.GroupNorm(32, width) if norm == "GN" else None
    layers.ShapeSpec = layers.DeformConv = object
    modeling.Backbone = nn.Module
    for module in (ModuleType("detectron2"), layers, modeling):
        module.__spec__ = ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module


def clip_tokenizer(merges: Path):
    """The tokenizer of openai/clip-vit-base-patch32, as in the transformers package, from CLIP's own list of byte
    pairs.
    """
    return clip_tokenizer_of(gzip.decompress(merges.read_bytes()).decode().split("\n")[1 : 49152 - 256 - 2 + 1])


def clip_tokenizer_of(pairs: list[str]):
    """The same with another list of byte pairs."""
    from transformers import CLIPTokenizer
    from transformers.models.clip.tokenization_clip import bytes_to_unicode

    characters = list(bytes_to_unicode().values())
    tokens = [
        *characters,
        *(c + "</w>" for c in characters),
        *("".join(pair.split()) for pair in pairs),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    folder = Path(mkdtemp())
    (folder / "vocab.json").write_text(json.dumps({token: n for n, token in enumerate(tokens)}), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(pairs) + "\n", encoding="utf-8")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), pad_token="<|endoftext|>")


def build(upstream: Path, tokenizer, seed: int = 0) -> nn.Module:
    """The published configuration (configs/model/biomedparse_3D.yaml) with random weights; layer scale too, which
    would start near 0."""
    put_in_place_of_detectron2()
    sys.path.insert(0, str(upstream))

    def of(module: str, name: str):
        return getattr(importlib.import_module(f"src.model.{module}"), name)

    torch.manual_seed(seed)
    backbone = of("backbone.focal", "D2FocalNet")(
        pretrain_img_size=224, embed_dim=192, depths=[2, 2, 18, 2], drop_path_rate=0.3, focal_levels=[4] * 4,
        focal_windows=[3] * 4, use_conv_embed=True, use_postln=True, scaling_modulator=True, use_layerscale=True,
    )  # fmt: skip
    pixels = of("pixel_decoder.transformer_encoder_fpn", "TransformerEncoderPixelDecoder")(
        transformer_dropout=0.0, conv_dim=512, mask_dim=512, norm="GN", mask_on=True
    )
    encoder = of("transformer_decoder.language_encoders.language_transformer", "get_transformer_encoder")(
        {"CONTEXT_LENGTH": 77, "VOCAB_SIZE": 49408, "WIDTH": 512, "LAYERS": 12, "HEADS": 8, "AUTOGRESSIVE": True}, True
    )
    language = of("transformer_decoder.language_encoders.seem_language_encoder", "SEEMLanguageEncoder")(
        tokenizer, "clip", encoder, nn.Parameter(torch.randn(512, 512) / 512**0.5), 77
    )
    # Scores against classes do not affect masks; 17 classes in 80 sentences each would take minutes on a CPU.
    language.get_text_embeddings = lambda *_, **__: None
    decoder = of("transformer_decoder.boltzformer_cls_decoder", "BoltzFormerTextDecoder")(
        language, in_channels=512, hidden_dim=512, dim_proj=512, num_queries=16, dec_layers=9, mask_dim=512,
        pre_self_attention=True,
        boltzmann_sampling={"mask_threshold": 1.1, "do_boltzmann": True, "sample_ratio": 0.1, "base_temp": 1},
    )  # fmt: skip
    model = of("biomedparse_3D", "BiomedParseModel")(
        backbone, of("biomedparse_3D", "MaskFormerHead")(pixels, decoder), convolute_outputs=False, edge_queries=4
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "gamma_" in name:
                parameter.uniform_(0.3, 1)
            elif "norm" in name or "ln_" in name:
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.add_(0.05 * torch.randn_like(parameter))
    return model.eval()
