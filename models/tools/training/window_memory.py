"""Peak memory of a graph on one window. In a separate module without PyTorch, whose memory would hide the graph's."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime


def peak_bytes(graph: Path, window: tuple[int, int, int], queries: tuple[int, int], threads: int) -> int:
    """Measured in a separate process, above its memory without the graph; its output is part of it.

    @param graph   `image` and `queries` → `probabilities`
    @param queries their number and dimension
    """
    numbers = map(str, (threads, *queries, *window))
    command = [sys.executable, "-m", __spec__.name, str(graph.resolve()), *numbers]
    root = Path(__file__).resolve().parent.parent
    return int(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)


def _growth(graph: str, threads: int, count: int, dimension: int, *window: int) -> int:
    before = _own_peak_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    image, queries = np.zeros((1, 1, *window), np.float32), np.zeros((count, dimension), np.float32)
    session.run(None, {"image": image, "queries": queries})
    return _own_peak_bytes() - before


def _own_peak_bytes() -> int:
    """Linux's VmHWM. Not getrusage, whose figure is inherited from the parent process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kibibytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024


if __name__ == "__main__":
    print(_growth(sys.argv[1], *map(int, sys.argv[2:])))
