"""The figures of shipped packages are those measured with their weights, and other weights have none."""

import json
from pathlib import Path

import pytest

from package_files.repeatability import repeatability_of, repeatability_section

MODELS = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["head", "body"])
def test_shipped_packages_state_what_was_measured_with_their_weights(name: str) -> None:
    package = MODELS / name
    measured = repeatability_of(package / "graphs" / "image.onnx")
    assert measured is not None
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    assert manifest["repeatability"] == measured
    assert set(measured["percent"]) <= set(manifest["targets"])
    assert (package / "CARD.md").read_text(encoding="utf-8").endswith(repeatability_section(measured))


def test_other_weights_have_no_figures(tmp_path: Path) -> None:
    graph = tmp_path / "image.onnx"
    graph.write_bytes(b"other weights")
    assert repeatability_of(graph) is None
    assert repeatability_section(None) == ""
