"""log.jsonl of a run: a line of JSON for each entry, with the time."""

import json
import time
from pathlib import Path


def log(folder: Path, line: dict) -> None:
    stamped = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **line}
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(stamped) + "\n")
