"""The int8 graph of a model package of the family 'text-query'."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx

from one_graph import joined, parts
from package_files import write_checksums, write_json

from .graph import int8_graph

GRAPH = "graphs/image.int8.onnx"
MINIMUM_DICE = 0.8
"""With the masks of the float graph on the golden image; below it, the server does not use the int8 graph. It is there
for processors whose sums overflow, and is no measure of calibration: head has 0.88 for the skull, which is one voxel
thin there, and 0.97 to 0.99 for the other eight masks, body 0.99 for all. Against the truth of synthetic heads the
skull is as good."""
MANIFEST_ENTRY = {"file": GRAPH, "minimumDice": MINIMUM_DICE}
IMAGES = 16
"""Images to calibrate with."""


CARD_SECTION = """
## In 8-bit integers
On a CPU the server computes the image network in 8-bit integers where that is faster and the self-test's masks are
right; the notes of a job say so. The repository's docs/develop/performance.md has the accuracy of both.
"""


def write_int8_graph(package: Path, images: Sequence[np.ndarray]) -> None:
    """@param images float32 [x, y, z] each, as the image graph gets them"""
    image, mask = parts(onnx.load(str(package / "graphs" / "image.onnx")))
    model = joined(int8_graph(image, images), mask)
    (package / GRAPH).write_bytes(model.SerializeToString(deterministic=True))


def add_int8_graph(package: Path, images: Sequence[np.ndarray], version: str) -> None:
    """Adds the graph to a package that was exported before, or makes it again.

    @param version of the package from now on
    """
    write_int8_graph(package, images)
    path = package / "model.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["version"] = manifest["algorithm"]["version"] = version
    manifest["image"]["int8"] = MANIFEST_ENTRY
    write_json(path, manifest)
    write_checksums(package)
