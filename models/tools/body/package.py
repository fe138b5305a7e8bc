"""Writes the model package `body` of the family 'text-query' (docs/develop/model-packages.md)."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from int8.package import CARD_SECTION, IMAGES, write_int8_graph
from package_files import write_checksums, write_json
from package_files.repeatability import repeatability_of, repeatability_section
from training.joined_matrices import write_graph
from training.manifest import Connected, Model, Windows, measured, text_query_manifest
from training.network import fixed_codes
from training.onnx_graphs import exported_network
from training.window_memory import peak_bytes

from .bodies import Body
from .card import card
from .evaluate import shipped_classes, why_not_shipped
from .golden import MINIMUM_VOLUME_ML, golden_voxels, write_trunk
from .images import ImageGenerator
from .inference import FOREGROUND, MARGIN, SIGMA_FRACTION, SIZE_MULTIPLE, SMALLEST_PART, START_MULTIPLE, STEP, WINDOW
from .labels import CLASS_COUNT, CLASS_NAMES
from .network import HIGHEST, LOWEST, BodyNetwork, scaled
from .settings import Settings
from .vocabulary import rows_of_targets, vocabulary

VERSION = "0.3.1"
CALIBRATION_SEED, CALIBRATION_SHAPE = 77, (112, 80, 80)
BANK = "embeddings.f32"
LICENCE = Path(__file__).resolve().parents[3] / "LICENSE"


@dataclass(frozen=True)
class Trained:
    """A network to be exported.

    scans  result of `evaluate`; decides which classes ship
    """

    network: BodyNetwork
    settings: Settings
    step: int
    scans: dict
    averaged: tuple[int, ...] = ()


def write_package(trained: Trained, body: Body, bodies: list[Body], folder: Path, threads: int) -> None:
    """@param body one that was not used for training: its CT becomes the self-test
    @param bodies of training: their CT calibrates the int8 graph
    @param folder must not exist, so that the package contains nothing else
    @raises FileExistsError if it exists
    @raises ValueError if no class is accurate enough
    """
    shipped = shipped_classes(trained.scans)
    targets = rows_of_targets(shipped)
    if not targets:
        raise ValueError("No class is accurate enough on the development scans, so nothing can ship.")
    folder.mkdir(parents=True)
    (folder / "graphs").mkdir()
    image_graph = folder / "graphs" / "image.onnx"
    write_graph(trained.network, image_graph)
    write_int8_graph(folder, calibration_images(bodies, trained.settings.spacing))
    codes = fixed_codes(CLASS_COUNT, trained.settings.dimension).numpy()
    (folder / BANK).write_bytes(codes.astype("<f4").tobytes())
    network = exported_network(folder, codes, threads)
    write_trunk(folder, golden_voxels(body), network, trained.settings.spacing, list(CLASS_NAMES), targets)
    words = vocabulary(shipped, lambda structure: why_not_shipped(structure.classes, trained.scans))
    write_json(folder / "vocabulary.json", words)
    memory = peak_bytes(image_graph, WINDOW, codes.shape, threads)
    repeatability = repeatability_of(image_graph)
    write_json(folder / "model.json", manifest(trained, targets, memory, repeatability))
    text = card(trained.step, trained.settings, trained.scans, trained.averaged)
    (folder / "CARD.md").write_text(text + CARD_SECTION + repeatability_section(repeatability), encoding="utf-8")
    shutil.copyfile(LICENCE, folder / "LICENSE")
    write_checksums(folder)


def calibration_images(bodies: list[Body], spacing: float) -> list[np.ndarray]:
    """CT of the bodies, as the image graph gets it, for the int8 graph: float32 [x, y, z] each."""
    generator = ImageGenerator(bodies, CALIBRATION_SHAPE, spacing)
    return [scaled(generator.draw((CALIBRATION_SEED, number)).image).numpy() for number in range(IMAGES)]


def manifest(trained: Trained, targets: dict[str, list[str]], graph_bytes: int, repeatability: Mapping | None) -> dict:
    settings = trained.settings
    model = Model(
        id="body",
        name="Body",
        version=VERSION,
        source=(
            f"Trained by models/tools/body on synthetic CT of bodies made from body meshes, {trained.step} steps. "
            "No real image was trained on."
        ),
        intended_use=(
            "Research. Marks organs, bones and muscles of the trunk in CT. Not for diagnosis; CARD.md says how well, "
            "and what it does not name."
        ),
        modalities=["CT"],
        body_region="trunk",
        evaluation=_evaluation(trained.scans),
        repeatability=repeatability,
    )
    intensity = [{"step": step, "low": LOWEST, "high": HIGHEST} for step in ("clip", "scale")]
    return text_query_manifest(
        model,
        {"spacing": [settings.spacing] * 3, "outside": LOWEST, "intensity": intensity},
        Windows(WINDOW, SIZE_MULTIPLE, STEP, SIGMA_FRACTION, START_MULTIPLE, FOREGROUND, MARGIN),
        targets,
        CLASS_NAMES,
        {"kind": "bank", "file": BANK, "dimension": settings.dimension},
        Connected(CLASS_NAMES, SMALLEST_PART),
        MINIMUM_VOLUME_ML,
        graph_bytes,
    )


def _evaluation(scans: dict) -> list[dict]:
    """The mean over the shipped classes first: the panel shows it in its list of models."""
    shipped = shipped_classes(scans)
    entries = []
    for scan, classes in scans.items():
        own = [dice for name, (dice, _, _) in classes.items() if name in shipped]
        rows = [(f"mean of the {len(own)} classes that are shipped", sum(own) / len(own))] if own else []
        rows += [(name, dice) for name, (dice, _, _) in classes.items()]
        entries += measured(f"{scan} (labels of another program)", rows, "python -m body evaluate")
    return entries
