"""Compares upstream's network of nnInteractive with our definition and with our ONNX graphs in onnxruntime-node, all
with the same random weights.

    python upstream/nninteractive_forward.py [SIDE …]        (with nnInteractive 2.6.0 of PyPI and what it requires)

SIDE is the side of a window, by default 64 and 96. Prints the greatest differences in published widths, and writes
upstream's output to tests/nninteractive_forward.json.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from known_weights import known_values, known_weights
from nninteractive_keys import upstream_network
from sat_forward import greatest, run_in_node
from tiny_nninteractive import plans
from voxtell_forward import copies

from converters.nninteractive import nninteractive_network, write_window_graph
from converters.nninteractive_network import Configuration, NnInteractive

PUBLISHED = Configuration((32, 64, 128, 256, 320, 320), (1, 3, 4, 6, 6, 6), 8, (192, 192, 192))
HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parent / "tests" / "nninteractive_forward.json"
SAMPLES = 40


def facts() -> dict[str, list[int]]:
    return json.loads((HERE.parent / "facts" / "nninteractive.json").read_text(encoding="utf-8"))


def weights() -> dict[str, torch.Tensor]:
    return known_weights(facts(), copies(facts()))


def image(side: int) -> torch.Tensor:
    return torch.from_numpy(known_values(8 * side**3, 1).reshape(1, 8, side, side, side))


def ours(side: int) -> NnInteractive:
    return nninteractive_network(replace(PUBLISHED, window=(side,) * 3), weights())


def main(sides: list[int]) -> None:
    architecture = plans(PUBLISHED)["configurations"]["3d_fullres"]["architecture"]
    theirs = upstream_network(architecture, PUBLISHED.channels)
    theirs.load_state_dict(weights())
    for side in sides:
        with torch.no_grad():
            logits = theirs(image(side))[0].numpy()
            network = ours(side)
            report = {
                "side": side,
                "spread": f"{logits.mean():.3g} ± {logits.std():.3g}",
                "ours": greatest(network(image(side))[0].numpy(), logits),
            }
        expected = logits[1] - logits[0]
        for precision in ("fp32", "fp16"):
            with tempfile.TemporaryDirectory() as folder:
                graph = Path(folder) / "window.onnx"
                write_window_graph(network, graph, precision)
                given = run_in_node(graph, {"image": image(side).numpy()}, "logits").reshape(expected.shape)
            report[precision] = greatest(given, expected)
            report[f"{precision}, voxels on the other side"] = float(np.mean((given > 0) != (expected > 0)))
        print(json.dumps(report), flush=True)
        if side == min(sides):
            places = np.random.RandomState(1).randint(0, logits.shape, (SAMPLES, 4))
            samples = [[*map(int, place), float(f"{logits[tuple(place)]:.7g}")] for place in places]
            FIXTURE.write_text(json.dumps({"side": side, "samples": samples}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(side) for side in sys.argv[1:]] or [64, 96])
