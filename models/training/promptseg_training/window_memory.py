"""Peak memory of a graph on one window. A module of its own, without PyTorch, so that what PyTorch takes hides nothing."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime


def peak_bytes(graph: Path, window: tuple[int, int, int], threads: int) -> int:
    """Measured in a process of its own, above what that process takes without the graph."""
    command = [sys.executable, "-m", __spec__.name, str(graph.resolve()), str(threads), *map(str, window)]
    root = Path(__file__).resolve().parent.parent
    return int(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)


def _growth(graph: str, threads: int, window: list[int]) -> int:
    before = _own_peak_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    session.run(None, {session.get_inputs()[0].name: np.zeros((1, 1, *window), np.float32)})
    return _own_peak_bytes() - before


def _own_peak_bytes() -> int:
    """Linux's VmHWM. Not getrusage: its figure is inherited from the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kibibytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes) * 1024


if __name__ == "__main__":
    print(_growth(sys.argv[1], int(sys.argv[2]), [int(n) for n in sys.argv[3:]]))
