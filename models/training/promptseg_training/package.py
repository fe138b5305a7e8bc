"""Writes a model package of the family 'text-query' (server/src/segmenter/families/textQueryManifest.ts)."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .base_classes import BRAIN_CLASSES, CLASS_COUNT, CLASS_NAMES, SIDED_PAIRS
from .card import card
from .golden import MINIMUM_VOLUME_ML, golden_voxels, write_golden
from .inference import FOREGROUND, MARGIN, SIGMA_FRACTION, SIZE_MULTIPLE, SMALLEST_PART, START_MULTIPLE, STEP, WINDOW
from .intensity import CT_MANIFEST_STEPS, MANIFEST_STEPS
from .label_maps import read_label_maps, read_label_set
from .network import ImageNetwork, fixed_codes
from .onnx_graphs import embeddings_of_text, exported_network, write_image_graph, write_mask_graph, write_text_graph
from .settings import Settings
from .text_encoder import MAXIMUM_TOKENS, Knowledge
from .vocabulary import rows_of_targets, vocabulary
from .window_memory import peak_bytes

INTENSITY = {"MR": MANIFEST_STEPS, "CT": CT_MANIFEST_STEPS}
"""Steps of the normalisation for every modality that the model serves."""
MODALITIES = list(INTENSITY)
VERSION = "0.3.0"
TEXT_GRAPH = "graphs/text.onnx"
BANK = "embeddings.f32"
"""The codes that the image network was trained with, in the order of `rows`. The server asks the text graph, which must give the same."""


@dataclass(frozen=True)
class Trained:
    """A network and a text encoder to be exported, and what is known of them.

    evaluation, contrasts, knowledge  what `evaluate`, `contrasts` and `text` wrote; None if they were not run
    """

    network: ImageNetwork
    text: Knowledge
    settings: Settings
    step: int
    evaluation: dict | None
    contrasts: dict | None
    knowledge: dict | None


def write_package(trained: Trained, data: Path, folder: Path, threads: int) -> None:
    """@param data train/brain_label_maps/data: a held-out map makes the golden image, its licence becomes the package's
    @param folder must not exist: a package holds only what belongs to it
    @raises FileExistsError if it exists
    @raises ValueError if the text encoder takes a class's name for something else
    """
    folder.mkdir(parents=True)
    (folder / "graphs").mkdir()
    settings = trained.settings
    write_image_graph(trained.network, folder / "graphs" / "image.onnx")
    write_mask_graph(settings.dimension, folder / "graphs" / "mask.onnx")
    write_text_graph(trained.text, folder / TEXT_GRAPH)
    codes = fixed_codes(CLASS_COUNT, settings.dimension).numpy()
    embeddings = embeddings_of_text(folder / TEXT_GRAPH, list(CLASS_NAMES), threads)
    _refuse_other_embeddings(embeddings, codes)
    (folder / BANK).write_bytes(codes.astype("<f4").tobytes())

    labels = read_label_set(data)
    held_out = read_label_maps(data, labels, torch.device("cpu"), slice(-settings.held_out, None))
    network = exported_network(folder, embeddings, threads)
    write_golden(folder / "golden", golden_voxels(held_out, labels), network, settings.spacing, list(CLASS_NAMES), rows_of_targets())

    _write_json(folder / "vocabulary.json", vocabulary(MODALITIES))
    _write_json(folder / "model.json", manifest(trained, peak_bytes(folder / "graphs" / "image.onnx", WINDOW, threads)))
    told = card(trained.step, settings, trained.evaluation, trained.contrasts, trained.knowledge)
    (folder / "CARD.md").write_text(told, encoding="utf-8")
    shutil.copyfile(data.parent / "LICENSE.txt", folder / "LICENSE")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _refuse_other_embeddings(embeddings: np.ndarray, codes: np.ndarray) -> None:
    wrong = [name for name, own, code in zip(CLASS_NAMES, embeddings, codes, strict=True) if not np.allclose(own, code, atol=1e-5)]
    if wrong:
        raise ValueError(f"The text encoder takes these names for something else: {', '.join(wrong)}. Teach it longer (`text`).")


def manifest(trained: Trained, graph_bytes: int) -> dict:
    settings = trained.settings
    return {
        "schema": "promptseg-model/1",
        "id": "head",
        "name": "Head",
        "version": VERSION,
        "family": "text-query",
        "source": {
            "description": f"Trained by models/training on synthetic images of {20 - settings.held_out} label maps, {trained.step} steps "
            f"of batch {settings.batch}. No real image was trained on."
        },
        "licence": {"spdx": "Apache-2.0"},
        "intendedUse": "Research. Marks structures of the brain and tissues of the head in MR of any contrast, and in CT as far as CT "
        "shows them. Not for diagnosis; CARD.md says how well.",
        "researchUseOnly": True,
        "modalities": MODALITIES,
        "bodyRegions": ["head"],
        "algorithm": {
            "name": "Promptseg head",
            "version": VERSION,
            "source": "Promptseg",
            "familyCode": {"value": "123110", "scheme": "DCM", "meaning": "Artificial Intelligence"},
        },
        "evaluation": _evaluation(trained.evaluation),
        "selfTest": {"minimumDice": 0.97},
        "input": {
            "orientation": "RAS",
            "tensorAxes": "xyz",
            "spacing": [settings.spacing] * 3,
            "outside": "minimum",
            "intensity": INTENSITY,
        },
        "windows": {
            "size": list(WINDOW),
            "sizeMultiple": SIZE_MULTIPLE,
            "step": list(STEP),
            "padding": {"value": 0, "where": "end"},
            "blend": {"kind": "gaussian", "sigmaFraction": SIGMA_FRACTION},
            "startMultiple": START_MULTIPLE,
            "foreground": {"above": FOREGROUND, "margin": MARGIN},
            "mirrored": {"pairs": [list(pair) for pair in SIDED_PAIRS]},
        },
        "image": {"file": "graphs/image.onnx", "input": "image", "output": "features", "channels": settings.dimension},
        "rows": list(CLASS_NAMES),
        "targets": rows_of_targets(),
        "mask": {
            "kind": "graph",
            "embeddings": {
                "kind": "text-graph",
                "file": TEXT_GRAPH,
                "tokenizer": "utf8-bytes",
                "maximumTokens": MAXIMUM_TOKENS,
                "input": "tokens",
                "output": "embeddings",
                "dimension": settings.dimension,
            },
            "file": "graphs/mask.onnx",
            "featuresInput": "features",
            "queriesInput": "queries",
            "output": "logits",
        },
        "activation": {"kind": "softmax", "background": "zero-logit"},
        "decision": {"kind": "argmax", "connected": {"rows": list(BRAIN_CLASSES), "smallestPart": SMALLEST_PART}},
        "existence": {"minimumVolumeMl": MINIMUM_VOLUME_ML},
        "memory": {"graphBytes": graph_bytes},
    }


def _evaluation(evaluation: dict | None) -> list[dict]:
    if evaluation is None:
        return []
    source = "python -m promptseg_training evaluate"
    rows = [("mean of 17 structures", evaluation["mean"]["this model"]), *evaluation["structures"]["this model"].items()]
    return [
        {
            "dataset": "voxelmorph test scan (skull-stripped T1)",
            "target": name,
            "metric": "Dice",
            "value": round(value, 4),
            "source": source,
        }
        for name, value in rows
    ]


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
