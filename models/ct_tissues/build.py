"""Builds the model package `models/ct-tissues`: python models/ct_tissues/build.py [FOLDER]

Deterministic: the same sources and the same versions (requirements.txt) give the same bytes. CARD.md and LICENSE are
written by hand and only take part in SHA256SUMS.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

from golden import write_golden
from graph import build_graph
from manifest import manifest
from vocabulary import vocabulary

SHIPPED = Path(__file__).resolve().parent.parent / "ct-tissues"


def build(folder: Path) -> None:
    (folder / "graphs").mkdir(parents=True, exist_ok=True)
    for name in ("CARD.md", "LICENSE"):
        if folder.resolve() != SHIPPED:
            shutil.copyfile(SHIPPED / name, folder / name)
    (folder / "graphs" / "tissues.onnx").write_bytes(build_graph().SerializeToString(deterministic=True))
    write_json(folder / "model.json", manifest())
    write_json(folder / "vocabulary.json", vocabulary())
    write_golden(folder / "golden")
    write_checksums(folder)


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_checksums(folder: Path) -> None:
    files = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    )
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
