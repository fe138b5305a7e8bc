"""BiomedParse v1 (SEEM): checkpoint → model package of the family biomedparse-2d.

python -m converters convert biomedparse --checkpoint biomedparse_v1.pt --merges merges.txt --out biomedparse
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import torch

from .biomedparse_2d_card import card
from .biomedparse_2d_golden import write_self_test
from .biomedparse_2d_network import BiomedParse2D, ImageGraph, PromptGraph, Sizes
from .biomedparse_2d_targets import CT_WINDOWS, MODALITIES, OBJECTS, existence_of, prompt_of
from .biomedparse_common import add_arguments as add_arguments
from .biomedparse_common import export_graphs, read_tokenizer, write_texts
from .checkpoint import matched, read_checkpoint, shapes_of
from .existence import MINIMUM_PROBABILITY
from .package import Published, finish_package, identity, start_package
from .vocabulary import target, with_synonyms

MODEL = Published(
    id="biomedparse",
    name="BiomedParse (v1)",
    algorithm="BiomedParse",
    source="Microsoft",
    repository="https://github.com/microsoft/BiomedParse",
    commit="750eb40d4624398561fe586418101f48ae9b0f1d",
    licence={
        "text": "CC-BY-NC-SA-4.0 for the weights on Hugging Face (microsoft/BiomedParse); the code is Apache-2.0."
    },
    intended_use=(
        "Research: finding and outlining organs and lesions from text in single images (CT, MR, X-ray, "
        "ultrasound, fundus, OCT, endoscopy, "
        "dermoscopy, tiles of whole slides), and slice by slice in CT and MR."
    ),
    modalities=MODALITIES,
)
UNUSED = (
    # PubMedBERT, which the published configuration loads but never uses (TOKENIZER: clip).
    r"sem_seg_head\.predictor\.lang_encoder\.biomed_encoder\..*",
    # For clicks and strokes, and for enlarging a clicked mask; unused by text prompts.
    r"sem_seg_head\.predictor\.(pn_indicator|spatial_embed|spatial_featured)\.weight",
    r"sem_seg_head\.predictor\.mask_sptial_embed\.[012]",
    r"dilation_kernel",
    # For the loss.
    r"criterion\.empty_weight",
)
"""Tensors that a checkpoint may contain and text prompts do not need; facts/biomedparse_2d.json lists them."""
FREE_TEXT_PROMPTS = [
    {"modality": "CT", "ending": " in CT", "window": "abdomen"},
    {"modality": "MR", "ending": " in MRI"},
    {"modality": "CR", "ending": " in chest X-Ray"},
    {"modality": "DX", "ending": " in chest X-Ray"},
    {"modality": "US", "ending": " in ultrasound"},
    {"modality": "OP", "ending": " in retinal fundus"},
    {"modality": "OPT", "ending": " in retinal OCT"},
    {"modality": "ES", "ending": " in colon endoscope"},
    {"modality": "XC", "ending": " in skin dermoscopy"},
    {"modality": "SM", "ending": " in pathology"},
]
"""Endings of its training prompts, without the site if there were several."""
PROMPTS_PER_RUN = 4
# Measured in onnxruntime-node on a CPU: both graphs at the published sizes, random weights, one image and
# PROMPTS_PER_RUN prompts.
GRAPH_BYTES = 3_900_000_000


def convert(_name: str, arguments: Namespace) -> None:
    write_package(read_checkpoint(arguments.checkpoint), arguments, Sizes())


def write_package(state: dict[str, torch.Tensor], arguments: Namespace, sizes: Sizes) -> None:
    """
    state  tensors by upstream's names
    sizes  of the network; other than the published ones for tests
    """
    model = BiomedParse2D(sizes).eval()
    model.load_state_dict(matched(state, shapes_of(model), UNUSED))
    tokenizer = read_tokenizer(arguments.merges, sizes.vocabulary)
    folder, precision = arguments.out, arguments.precision
    start_package(folder)
    write_graphs(model, folder / "graphs", precision)
    targets, prompts = vocabulary_and_prompts()
    texts = write_texts(model, tokenizer, prompts, arguments, FREE_TEXT_PROMPTS)
    manifest = {
        **identity(MODEL, arguments.checkpoint, minimum_dice=0.98 if precision == "fp16" else 0.995),
        "family": "biomedparse-2d",
        "input": {"size": sizes.image, "ctWindows": CT_WINDOWS, "percentiles": [0.5, 99.5]},
        "image": {"file": "graphs/image.onnx", "input": ImageGraph.INPUT, "outputs": list(ImageGraph.OUTPUTS)},
        "prompt": {
            "file": "graphs/prompt.onnx",
            "features": list(ImageGraph.OUTPUTS),
            "embeddings": "embeddings",
            "maskOutput": PromptGraph.OUTPUTS[0],
            "promptsPerRun": PROMPTS_PER_RUN,
        },
        "texts": texts,
        "decision": {"probability": 0.5, "existence": {"minimumProbability": MINIMUM_PROBABILITY}, "overlap": 0.5},
        "memory": {"graphBytes": GRAPH_BYTES},
    }  # fmt: skip
    write_self_test(folder, model, tokenizer, prompts)
    finish_package(
        folder, MODEL, manifest, {"targets": targets, "groups": []}, card(MODEL, arguments), arguments.licence
    )


def write_graphs(model: BiomedParse2D, folder: Path, precision: str) -> None:
    """
    The prompt graph needs float32: the sign of a mask decides where a query attends, and half precision changes it near
    the edge. It is cheap compared with the image graph.
    """

    def inputs(features):
        return dict(zip(PromptGraph.INPUTS, (*features, torch.zeros(2, 5, model.sizes.width)), strict=True))

    export_graphs(ImageGraph(model), PromptGraph(model), model.sizes.image, inputs, folder, precision)


def vocabulary_and_prompts() -> tuple[list[dict], list[dict]]:
    """Targets of the vocabulary, and for each target and modality the prompt, its window and the properties of a true
    mask.
    """
    targets: dict[str, dict] = {}
    prompts = []
    for objects in OBJECTS:
        for name in objects.names:
            known = targets.setdefault(name, target(name, []))
            existence = existence_of(name, objects.image_types)
            for modality in objects.modalities:
                known["modalities"].append(modality)
                row = {"target": known["id"], "modality": modality, "text": prompt_of(name, objects.words)}
                window = {"window": objects.window} if objects.window else {}
                prompts.append({**row, **window, **({"existence": existence} if existence else {})})
    return with_synonyms(list(targets.values())), prompts
