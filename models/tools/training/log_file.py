"""log.jsonl of a run: a line of JSON for each entry, with the time."""

import json
import time
from pathlib import Path

import torch

LOG_EVERY = 50


def log(folder: Path, line: dict) -> None:
    stamped = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **line}
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(stamped) + "\n")


class Means:
    """Mean losses since the previous line, every LOG_EVERY steps."""

    def __init__(self, folder: Path, step: int):
        self.folder = folder
        self.began, self.step, self.sums = time.monotonic(), step, {}

    def add(self, step: int, losses: dict[str, torch.Tensor]) -> None:
        for name, value in losses.items():
            self.sums[name] = self.sums.get(name, 0) + float(value)
        if step % LOG_EVERY:
            return
        now, steps = time.monotonic(), step - self.step
        means = {name: round(value / steps, 4) for name, value in self.sums.items()}
        log(self.folder, {"step": step, **means, "seconds_per_step": round((now - self.began) / steps, 3)})
        self.began, self.step, self.sums = now, step, {}
