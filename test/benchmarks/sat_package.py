"""A SAT of the published size with random weights, for sat.mjs: python sat_package.py FOLDER nano|pro fp32|fp16 PROMPTS

Writes the graph, its manifest and a bank of queries, and `weights.pth` for sat_with_torch.py. No golden self-test: it
would be one run more.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "tools"))

from converters.package import identity
from converters.sat import CONFIGURATIONS, published, sat_manifest, write_window_graph
from converters.sat_network import Sat


def main(folder: Path, size: str, precision: str, prompts: int) -> None:
    torch.manual_seed(1)
    network = Sat(CONFIGURATIONS[f"sat-{size}"]).eval().requires_grad_(False)
    (folder / "graphs").mkdir(parents=True)
    write_window_graph(network, folder / "graphs" / "window.onnx", precision)
    torch.save(network.state_dict(), folder / "weights.pth")
    dimension = network.configuration.dimension
    np.random.default_rng(1).standard_normal((prompts, dimension)).astype("<f4").tofile(folder / "queries.f32")
    terms = {"CT": [f"prompt {n}" for n in range(prompts)]}
    manifest = {
        **identity(published(f"sat-{size}"), folder / "weights.pth", minimum_dice=0.9),
        **sat_manifest(network, terms, "bank"),
        "modalities": ["CT"],
        "targets": {f"prompt-{n}": f"prompt {n}" for n in range(prompts)},
    }
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
