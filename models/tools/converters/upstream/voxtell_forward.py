"""Compares upstream's VoxTell with our definition and with our ONNX graphs in onnxruntime-node, all with the same
random weights.

    python upstream/voxtell_forward.py UPSTREAM [SIDE …]

UPSTREAM is a checkout of github.com/MIC-DKFZ/VoxTell with the requirements of its pyproject.toml, SIDE the side of a
window, by default 64 and 96. Prints the greatest differences, and writes upstream's output to
tests/voxtell_forward.json.
"""

import json
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from known_weights import known_values
from sat_forward import greatest, run_in_node
from voxtell_keys import upstream_network

from converters.voxtell import COPIES, voxtell_network, write_window_graph
from converters.voxtell_network import Configuration, VoxTell

HERE = Path(__file__).resolve().parent
PROMPTS = (1, 3)
SAMPLES = 40


def facts() -> dict[str, list[int]]:
    return json.loads((HERE.parent / "facts" / "voxtell.json").read_text(encoding="utf-8"))


def copies(shapes: dict[str, list[int]]) -> dict[str, str]:
    """Name of a copy → name of its original."""
    found = {}
    for name in shapes:
        original = name
        for pattern, replacement in COPIES.items():
            original = re.sub(f"^{pattern}$", replacement, original)
        if original != name:
            found[name] = original
    return found


def weights(positions: torch.Tensor) -> dict[str, torch.Tensor]:
    """@param positions of the tokens, which upstream computes and stores in its checkpoint"""
    shapes = facts()
    originals = copies(shapes)
    values = {
        name: _values(name, shape) for name, shape in shapes.items() if name not in originals and name != "pos_embed"
    }
    known = {name: values[originals.get(name, name)] for name in shapes if name != "pos_embed"}
    return {**known, "pos_embed": positions}


def _values(name: str, shape: list[int]) -> torch.Tensor:
    """Initialised like PyTorch's training, with a separate generator for each tensor. The waves of known_weights are
    too regular for such a deep network: they make its logits a hundred times as sensitive to rounding.
    """
    values = np.random.default_rng(crc32(name.encode())).uniform(-1, 1, shape).astype(np.float32)
    if name.endswith("weight") and len(shape) == 1:
        return torch.from_numpy(1 + 0.3 * values)
    return torch.from_numpy(values * np.float32((np.prod(shape[1:]) if len(shape) > 1 else 100) ** -0.5))


def image_and_queries(side: int, prompts: int) -> tuple[torch.Tensor, torch.Tensor]:
    image = known_values(side**3, 1).reshape(1, 1, side, side, side)
    return torch.from_numpy(image), torch.from_numpy(known_values(prompts * 2560, 2).reshape(prompts, 2560))


def ours(side: int, positions: torch.Tensor) -> VoxTell:
    return voxtell_network(replace(Configuration(), window=side), weights(positions))


def main(upstream: Path, sides: list[int]) -> None:
    fixture = []
    for side in sides:
        theirs = upstream_network(upstream, side)
        positions = theirs.pos_embed.clone()
        theirs.load_state_dict(weights(positions))
        expected = {}
        for prompts in PROMPTS:
            image, queries = image_and_queries(side, prompts)
            with torch.no_grad():
                expected[prompts] = theirs(image, queries[None])[0].numpy()
        del theirs
        network = ours(side, positions)
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / "window.onnx"
            for precision in ("fp32", "fp16"):
                write_window_graph(network, graph, precision)
                for prompts in PROMPTS:
                    image, queries = image_and_queries(side, prompts)
                    report = {"side": side, "prompts": prompts, "precision": precision, "bytes": size_of(Path(folder))}
                    logits = run_in_node(graph, {"image": image.numpy(), "queries": queries.numpy()}, "logits")
                    logits = np.moveaxis(logits.reshape(side, side, side, prompts), 3, 0)
                    report["spread"] = f"{expected[prompts].mean():.3g} ± {expected[prompts].std():.3g}"
                    report["ONNX"] = greatest(logits, expected[prompts])
                    report["voxels on the other side"] = float(np.mean((logits > 0) != (expected[prompts] > 0)))
                    if precision == "fp32":
                        with torch.no_grad():
                            report["ours"] = greatest(network(image, queries).numpy(), expected[prompts])
                    print(json.dumps(report), flush=True)
        # What fits the time of a test.
        for prompts, logits in expected.items() if side == min(sides) else ():
            places = np.random.default_rng(1).integers(0, logits.shape, (SAMPLES, 4))
            values = [[*map(int, place), float(f"{logits[tuple(place)]:.7g}")] for place in places]
            fixture.append({"side": side, "prompts": prompts, "samples": values})
    lines = ",\n ".join(json.dumps(case) for case in fixture)
    (HERE.parent / "tests" / "voxtell_forward.json").write_text(f"[\n {lines}\n]\n", encoding="utf-8")


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("window.*"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(side) for side in sys.argv[2:]] or [64, 96])
