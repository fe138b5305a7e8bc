"""MedImageParse3D (BiomedParse v2, BoltzFormer): checkpoint → model package of the family biomedparse-3d.

python -m converters convert medimageparse3d --checkpoint biomedparse_v2.ckpt --merges merges.txt --out medimageparse3d
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import torch

from .biomedparse_3d_golden import write_self_test
from .biomedparse_3d_network import BiomedParse3D, ImageGraph, PromptGraph, Sizes, noise_shapes
from .biomedparse_3d_targets import CLASSES, CT_WINDOWS, prompt_of
from .biomedparse_common import add_arguments as add_arguments
from .biomedparse_common import export_graphs, read_tokenizer, write_texts
from .checkpoint import matched, read_checkpoint, shapes_of, without_prefix
from .package import Published, finish_package, identity, start_package
from .vocabulary import normalized, target, with_synonyms

MODEL = Published(
    id="medimageparse3d",
    name="MedImageParse3D (BiomedParse v2)",
    algorithm="MedImageParse3D",
    source="Microsoft",
    repository="https://github.com/microsoft/BiomedParse",
    commit="f571d5ccaa4f8c0479bb89e390a7ef0dfc0736f4",
    licence={
        "text": (
            "CC-BY-NC-SA-4.0 for the weights on Hugging Face (microsoft/BiomedParse); the Azure model card "
            "of MedImageParse3D says MIT."
        )
    },
    intended_use=(
        "Research: finding and outlining anatomy and lesions in CT, MR and PET from text, slice by "
        "slice with both neighbours."
    ),
    modalities=("CT", "MR", "PT"),
)
FREE_TEXT_PROMPTS = [
    {"modality": "CT", "ending": " in CT", "window": "soft-tissue"},
    {"modality": "MR", "ending": " in MRI"},
    {"modality": "PT", "ending": " in whole body PET"},
]
"""Endings of its training sentences, without a site, which is unknown for free text."""
NOISE_SEED = 20250611
PROMPTS_PER_RUN = 8
# Measured in onnxruntime-node on a CPU: both graphs at the published sizes, random weights, one slice and
# PROMPTS_PER_RUN prompts.
GRAPH_BYTES = 2_100_000_000


def convert(_name: str, arguments: Namespace) -> None:
    state = read_checkpoint(arguments.checkpoint, _key_of_state(arguments.checkpoint))
    write_package(state, arguments, Sizes())


def _key_of_state(checkpoint: Path) -> str | None:
    """Training checkpoints contain the weights and the optimiser's state; a checkpoint reduced to the weights has no
    such key.
    """
    content = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=True)
    return "state_dict" if isinstance(content, dict) and "state_dict" in content else None


def write_package(state: dict[str, torch.Tensor], arguments: Namespace, sizes: Sizes) -> None:
    """
    state  tensors by upstream's names, with or without the prefix "model."
    sizes  of the network; other than the published ones for tests
    """
    model = BiomedParse3D(sizes).eval()
    model.load_state_dict(matched(without_prefix(state, "model."), shapes_of(model)))
    tokenizer = read_tokenizer(arguments.merges, sizes.vocabulary)
    folder, precision = arguments.out, arguments.precision
    start_package(folder)
    write_graphs(model, folder / "graphs", precision)
    targets, prompts = vocabulary_and_prompts()
    texts = write_texts(model, tokenizer, prompts, arguments, FREE_TEXT_PROMPTS)
    manifest = {
        **identity(MODEL, arguments.checkpoint, minimum_dice=0.98 if precision == "fp16" else 0.995),
        "family": "biomedparse-3d",
        "input": {"size": sizes.image, "ctWindows": CT_WINDOWS, "percentiles": [0.5, 99.5]},
        "image": {"file": "graphs/image.onnx", "input": ImageGraph.INPUT, "outputs": list(ImageGraph.OUTPUTS)},
        "prompt": {
            "file": "graphs/prompt.onnx",
            "features": list(ImageGraph.OUTPUTS),
            "embeddings": "embeddings",
            "noise": [
                {"input": name, "shape": list(shape)}
                for name, shape in zip(("noise_32", "noise_16", "noise_8"), noise_shapes(sizes), strict=True)
            ],
            "maskOutput": PromptGraph.OUTPUTS[0],
            "presenceOutput": PromptGraph.OUTPUTS[1],
            "promptsPerRun": PROMPTS_PER_RUN,
        },
        "noiseSeed": NOISE_SEED,
        "texts": texts,
        "decision": {"presence": 0.5, "overlap": 0.5},
        "memory": {"graphBytes": GRAPH_BYTES},
    }  # fmt: skip
    write_self_test(folder, model, tokenizer, prompts, NOISE_SEED)
    finish_package(folder, MODEL, manifest, {"targets": targets, "groups": []}, card(arguments), arguments.licence)


def write_graphs(model: BiomedParse3D, folder: Path, precision: str) -> None:
    """
    The prompt graph needs float32: its decoder draws at random, and half precision loses 1 − 1/4096 to a power. It is
    cheap compared with the image graph.
    """

    def inputs(features):
        noise = [torch.rand(shape) for shape in noise_shapes(model.sizes)]
        return dict(zip(PromptGraph.INPUTS, (*features, torch.zeros(2, 5, model.sizes.width), *noise), strict=True))

    export_graphs(ImageGraph(model), PromptGraph(model), model.sizes.image, inputs, folder, precision)


def vocabulary_and_prompts() -> tuple[list[dict], list[dict]]:
    """Targets of the vocabulary, and for each target and modality its prompt."""
    targets: dict[tuple, dict] = {}
    prompts = []
    for classes in CLASSES:
        for name in classes.names:
            made = target(name, [classes.modality], name=normalized(name))
            concept = made["concept"]
            meaning = (
                concept["type"]["scheme"],
                concept["type"]["value"],
                concept.get("laterality"),
                str(concept.get("anatomicRegion")),
            )
            known = targets.setdefault(meaning, made)
            if classes.modality not in known["modalities"]:
                known["modalities"].append(classes.modality)
            row = {"target": known["id"], "modality": classes.modality, "text": prompt_of(name, classes.words)}
            prompts.append({**row, "window": classes.window} if classes.window else row)
    return with_synonyms(list(targets.values())), prompts


def card(arguments: Namespace) -> str:
    free_text = (
        "other words, used verbatim; accuracy unknown" if arguments.free_text else "no; converted without --free-text"
    )
    windows = ", ".join(f"{name} W{w['width']} L{w['level']}" for name, w in CT_WINDOWS.items())
    return f"""# {MODEL.name}

{MODEL.intended_use} Converted from {arguments.checkpoint.name} ({arguments.precision}).

- Prompts: vocabulary (the classes of the CVPR 2025 challenge in CT, MR and PET), each as "<class> in <site>
  <modality>".
- Free text: {free_text}.
- CT windows: {windows}; each target has its window.
- Every slice is searched for a target. The model estimates for each slice whether the target is present; below 0.5 it
  marks nothing.
- The model draws random numbers at inference. Here they come from a fixed seed, so the same request gives the same
  result.

Published accuracy (AMOS22, mean Dice, from the model card; not measured by us): CT 0.900, MRI 0.849.
"""
