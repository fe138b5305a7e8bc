"""Writes a model package of the family 'text-query' (server/src/segmenter/families/textQuery/manifest.ts)."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from int8.package import CARD_SECTION, IMAGES, write_int8_graph
from package_files import write_checksums, write_json
from package_files.repeatability import repeatability_of, repeatability_section

from .base_classes import BRAIN_CLASSES, CLASS_COUNT, CLASS_NAMES, SIDED_PAIRS
from .card import card
from .generator import Generator
from .golden import MINIMUM_VOLUME_ML, golden_voxels, write_head
from .inference import FOREGROUND, MARGIN, SIGMA_FRACTION, SIZE_MULTIPLE, SMALLEST_PART, START_MULTIPLE, STEP, WINDOW
from .intensity import CT_MANIFEST_STEPS, MANIFEST_STEPS
from .joined_matrices import write_graph
from .label_maps import read_label_maps, read_label_set
from .manifest import Connected, Model, Windows, measured, text_query_manifest
from .network import ImageNetwork, fixed_codes
from .onnx_graphs import embeddings_of_text, exported_network, write_text_graph
from .settings import Settings
from .text_encoder import MAXIMUM_TOKENS, Knowledge
from .vocabulary import rows_of_targets, vocabulary
from .window_memory import peak_bytes

INTENSITY = {"MR": MANIFEST_STEPS, "CT": CT_MANIFEST_STEPS}
"""Steps of the normalisation for every modality that the model serves."""
MODALITIES = list(INTENSITY)
VERSION = "0.3.7"
CALIBRATION_SEED, CALIBRATION_SHAPE = 77, (96, 112, 96)
TEXT_GRAPH = "graphs/text.onnx"
BANK = "embeddings.f32"
"""The codes used in training the image network, in the order of `rows`. The server uses the text graph, which must
compute the same codes.
"""


@dataclass(frozen=True)
class Trained:
    """A network and a text encoder for export, and their measurements.

    evaluation, contrasts, knowledge  output of `evaluate`, `contrasts` and `text`; None if they were not run
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
    @param folder must not exist, so that the package contains nothing else
    @raises FileExistsError if it exists
    @raises ValueError if the text encoder misunderstands the name of a class
    """
    folder.mkdir(parents=True)
    (folder / "graphs").mkdir()
    settings = trained.settings
    image_graph = folder / "graphs" / "image.onnx"
    write_graph(trained.network, image_graph)
    write_int8_graph(folder, calibration_images(data, settings))
    write_text_graph(trained.text, folder / TEXT_GRAPH)
    codes = fixed_codes(CLASS_COUNT, settings.dimension).numpy()
    embeddings = embeddings_of_text(folder / TEXT_GRAPH, list(CLASS_NAMES), threads)
    _refuse_other_embeddings(embeddings, codes)
    (folder / BANK).write_bytes(codes.astype("<f4").tobytes())

    labels = read_label_set(data)
    held_out = read_label_maps(data, labels, torch.device("cpu"), slice(-settings.held_out, None))
    network = exported_network(folder, embeddings, threads)
    write_head(
        folder,
        golden_voxels(held_out, labels),
        network,
        settings.spacing,
        list(CLASS_NAMES),
        rows_of_targets(),
    )

    write_json(folder / "vocabulary.json", vocabulary(MODALITIES))
    repeatability = repeatability_of(image_graph)
    memory = peak_bytes(image_graph, WINDOW, embeddings.shape, threads)
    write_json(folder / "model.json", manifest(trained, memory, repeatability))
    text = card(trained.step, settings, trained.evaluation, trained.contrasts, trained.knowledge)
    (folder / "CARD.md").write_text(text + CARD_SECTION + repeatability_section(repeatability), encoding="utf-8")
    shutil.copyfile(data.parent / "LICENSE.txt", folder / "LICENSE")
    write_checksums(folder)


def calibration_images(data: Path, settings: Settings) -> list[np.ndarray]:
    """Heads of training in all contrasts, for the int8 graph: float32 [x, y, z] each.

    @param data train/brain_label_maps/data
    """
    labels = read_label_set(data)
    maps = read_label_maps(data, labels, torch.device("cpu"), slice(0, -settings.held_out))
    generator = Generator(maps, labels, CALIBRATION_SHAPE, settings.spacing, torch.device("cpu"))
    return [generator.draw((CALIBRATION_SEED, number), 1.0).image.numpy() for number in range(IMAGES)]


def _refuse_other_embeddings(embeddings: np.ndarray, codes: np.ndarray) -> None:
    wrong = [
        name
        for name, own, code in zip(CLASS_NAMES, embeddings, codes, strict=True)
        if not np.allclose(own, code, atol=1e-5)
    ]
    if wrong:
        raise ValueError(f"The text encoder misunderstands these names: {', '.join(wrong)}. Train it longer (`text`).")


def manifest(trained: Trained, graph_bytes: int, repeatability: Mapping | None) -> dict:
    settings = trained.settings
    model = Model(
        id="head",
        name="Head",
        version=VERSION,
        source=(
            f"Trained by models/tools/training on synthetic images of {20 - settings.held_out} label maps, "
            f"{trained.step} steps of batch {settings.batch}. No real image was trained on."
        ),
        intended_use=(
            "Research. Marks structures of the brain and tissues of the head in MR of any contrast, and in CT as far "
            "as CT shows them. Not for diagnosis; CARD.md says how well."
        ),
        modalities=MODALITIES,
        body_region="head",
        evaluation=_evaluation(trained.evaluation),
        repeatability=repeatability,
    )
    embeddings = {
        "kind": "text-graph",
        "file": TEXT_GRAPH,
        "tokenizer": "utf8-bytes",
        "maximumTokens": MAXIMUM_TOKENS,
        "input": "tokens",
        "output": "embeddings",
        "dimension": settings.dimension,
    }
    return text_query_manifest(
        model,
        {"spacing": [settings.spacing] * 3, "outside": "minimum", "intensity": INTENSITY},
        Windows(WINDOW, SIZE_MULTIPLE, STEP, SIGMA_FRACTION, START_MULTIPLE, FOREGROUND, MARGIN, mirrored=SIDED_PAIRS),
        rows_of_targets(),
        CLASS_NAMES,
        embeddings,
        Connected(BRAIN_CLASSES, SMALLEST_PART),
        MINIMUM_VOLUME_ML,
        graph_bytes,
    )


def _evaluation(evaluation: dict | None) -> list[dict]:
    if evaluation is None:
        return []
    rows = [
        ("mean of 17 structures", evaluation["mean"]["this model"]),
        *evaluation["structures"]["this model"].items(),
    ]
    return measured("voxelmorph test scan (skull-stripped T1)", rows, "python -m training evaluate")
