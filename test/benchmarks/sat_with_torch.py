"""The same work in PyTorch, as upstream does it: python sat_with_torch.py FOLDER nano|pro cpu|cuda COLUMNS ROWS
SLICES RUNS

One line of JSON: milliseconds of each run over all windows, and the peak of memory. On the GPU it computes in float16
(autocast). Each window's probabilities are weighted on the device and added up in the main memory.
"""

import json
import resource
import sys
import time
from itertools import product
from math import ceil
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "tools"))

from converters.sat import CONFIGURATIONS
from converters.sat_network import Sat, token_positions


def main(folder: Path, size: str, device: str, shape: tuple[int, int, int], runs: int) -> None:
    configuration = CONFIGURATIONS[f"sat-{size}"]
    network = Sat(configuration).eval()
    network.load_state_dict(torch.load(folder / "weights.pth", weights_only=True))
    network = network.to(device)
    queries = torch.from_numpy(np.fromfile(folder / "queries.f32", "<f4").reshape(-1, configuration.dimension)).to(
        device
    )
    position = token_positions(configuration.window, configuration.dimension).to(device)
    image = torch.randn(shape)
    weights = torch.ones(configuration.window, device=device)
    milliseconds = []
    for _ in range(runs):
        start = time.perf_counter()
        segment(network, image, queries, position, weights)
        milliseconds.append(1000 * (time.perf_counter() - start))
    peak = (
        torch.cuda.max_memory_reserved()
        if device == "cuda"
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    )
    print(json.dumps({"milliseconds": milliseconds, "peakBytes": peak}))


@torch.no_grad()
def segment(
    network: Sat, image: torch.Tensor, queries: torch.Tensor, position: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """bool [prompts, x, y, z]"""
    window = network.configuration.window
    device = queries.device
    total, sums = torch.zeros(len(queries), *image.shape), torch.zeros(image.shape)
    for start in product(*(starts(n, own) for n, own in zip(image.shape, window, strict=True))):
        place = tuple(slice(first, first + own) for first, own in zip(start, window, strict=True))
        part = image[place]
        inside = tuple(slice(0, n) for n in part.shape)
        padded = torch.zeros(window)
        padded[inside] = part
        with torch.autocast(device.type, torch.float16, enabled=device.type == "cuda"):
            logits = network(padded[None, None].to(device), queries, position)
        total[(slice(None), *place)] += (torch.sigmoid(logits)[(slice(None), *inside)] * weights[inside]).float().cpu()
        sums[place] += weights[inside].cpu()
    return total / sums > 0.5


def starts(length: int, window: int) -> list[int]:
    step = window // 2
    return [min(n * step, max(length - window, 0)) for n in range(max(ceil(length / step) - 1, 1))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], tuple(map(int, sys.argv[4:7])), int(sys.argv[7]))
