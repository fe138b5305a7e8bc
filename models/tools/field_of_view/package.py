"""Writes the package `field-of-view`: the graph, what its numbers mean, and its card."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from package_files import write_checksums, write_json

from .atlas import CODES, Range
from .batches import DIVISOR, LEAST
from .card import card
from .graph import write_graph
from .heights import BINS, FIRST, ROW_SLICES, STEP
from .network import FieldOfViewNetwork
from .normalise import HIGH, LOW
from .normalise import LEAST as DARKEST
from .normalise import MOST as BRIGHTEST
from .scenes import SPACING
from .tissues import KINDS

SCHEMA, NAME, VERSION = "promptseg-field-of-view/1", "field-of-view", "0.1.0"
LICENCE = Path(__file__).resolve().parents[3] / "LICENSE"
MANIFEST = "field-of-view.json"
MOST_BYTES = 2_000_000
THRESHOLDS = {"upright": 0.5, "body": 0.85, "kind": 0.9}


def write_package(
    network: FieldOfViewNetwork, regions: Mapping[str, Range], structures: Mapping[str, Range], folder: Path
) -> None:
    """The graph, its manifest and checksums, into a new or an old folder; `write_card` adds what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(network, folder / "model.onnx")
    write_json(folder / MANIFEST, manifest(regions, structures))
    shutil.copyfile(LICENCE, folder / "LICENSE")
    write_checksums(folder)


def manifest(regions: Mapping[str, Range], structures: Mapping[str, Range]) -> dict:
    """@param structures SNOMED code → heights between which the structure is found"""
    return {
        "schema": SCHEMA,
        "name": NAME,
        "version": VERSION,
        "license": "Apache-2.0",
        "graph": "model.onnx",
        "spacingMillimetres": SPACING,
        "multiple": DIVISOR,
        "smallest": LEAST,
        "percentiles": [LOW, HIGH],
        "clip": [DARKEST, BRIGHTEST],
        "rowSlices": ROW_SLICES,
        "bins": {"first": FIRST, "step": STEP, "count": BINS},
        "kinds": list(KINDS),
        "regions": [
            {"name": name, "code": {"value": CODES[name][0], "meaning": CODES[name][1]}, **_rounded(own)}
            for name, own in regions.items()
        ],
        "structures": [{"code": code, **_rounded(own)} for code, own in structures.items()],
        "thresholds": THRESHOLDS,
    }


def _rounded(own: Range) -> dict[str, int]:
    return {"low": round(own.low), "high": round(own.high)}


def regions_of(package: Path) -> dict[str, Range]:
    found = json.loads((package / MANIFEST).read_text(encoding="utf-8"))
    return {own["name"]: Range(own["low"], own["high"]) for own in found["regions"]}


def write_card(package: Path, step: int, measured: Mapping[str, dict]) -> None:
    """@param step of the run
    @param measured output of `measure`
    @raises ValueError if the package is too large
    """
    (package / "CARD.md").write_text(card(step, measured, THRESHOLDS["body"]), encoding="utf-8")
    write_checksums(package)
    size = sum(path.stat().st_size for path in package.iterdir())
    if size > MOST_BYTES:
        raise ValueError(f"{package} has {size} bytes; at most {MOST_BYTES} may ship")
