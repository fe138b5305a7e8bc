"""Writes the package `field-of-view`: the graph, what its numbers mean, and its card."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from package_files import write_checksums, write_json

from .atlas import CODES, Range
from .batches import DIVISOR, LEAST, PLACE_UNIT, STRIDE
from .card import card
from .graph import write_graph
from .measure import Thresholds
from .network import FieldOfViewNetwork
from .normalise import HIGH, LOW
from .normalise import LEAST as DARKEST
from .normalise import MOST as BRIGHTEST
from .scenes import SIDED, SPACING
from .tissues import KINDS

NAME, VERSION = "field-of-view", "0.1.0"
LICENCE = Path(__file__).resolve().parents[3] / "LICENSE"
MOST_BYTES = 2_000_000
THRESHOLDS = Thresholds(weight=1.0, residual=60.0)


def write_package(
    network: FieldOfViewNetwork, step: int, regions: Mapping[str, Range], organs: Mapping[str, Range], folder: Path
) -> None:
    """The graph, model.json and checksums, into a new or an old folder; `write_card` adds what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    write_graph(network, folder / "model.onnx")
    write_json(folder / "model.json", manifest(step, regions, organs))
    shutil.copyfile(LICENCE, folder / "LICENSE")
    write_checksums(folder)


def manifest(step: int, regions: Mapping[str, Range], organs: Mapping[str, Range]) -> dict:
    return {
        "name": NAME,
        "version": VERSION,
        "source": "Trained by models/tools/field_of_view on synthetic images of bodies and heads.",
        "steps": step,
        "licence": "Apache-2.0",
        "spacing": SPACING,
        "multiple": DIVISOR,
        "smallest": LEAST,
        "percentiles": [LOW, HIGH],
        "clip": [DARKEST, BRIGHTEST],
        "stride": STRIDE,
        "unit": PLACE_UNIT,
        "kinds": list(KINDS),
        "sided": list(SIDED),
        "regions": [
            {"name": name, "code": {"value": CODES[name][0], "meaning": CODES[name][1]}, **_rounded(own)}
            for name, own in regions.items()
        ],
        "organs": {target: _rounded(own) for target, own in organs.items()},
        "thresholds": asdict(THRESHOLDS),
    }


def _rounded(own: Range) -> dict[str, int]:
    return {"low": round(own.low), "high": round(own.high)}


def regions_of(package: Path) -> dict[str, Range]:
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    return {own["name"]: Range(own["low"], own["high"]) for own in manifest["regions"]}


def write_card(package: Path, measured: Mapping[str, dict]) -> None:
    """@param measured output of `measure`
    @raises ValueError if the package is too large
    """
    steps = json.loads((package / "model.json").read_text(encoding="utf-8"))["steps"]
    (package / "CARD.md").write_text(card(steps, measured), encoding="utf-8")
    write_checksums(package)
    size = sum(path.stat().st_size for path in package.iterdir())
    if size > MOST_BYTES:
        raise ValueError(f"{package} has {size} bytes; at most {MOST_BYTES} may ship")
