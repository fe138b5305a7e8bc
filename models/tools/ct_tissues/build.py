"""Builds the model package `models/ct-tissues`: python -m ct_tissues.build [FOLDER]

Deterministic: the same sources and the same versions (pyproject.toml) give the same bytes. CARD.md and LICENSE are
written by hand; only their checksums are updated.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from package_files import write_checksums, write_json

from .golden import write_torso
from .graph import build_graph
from .manifest import manifest
from .vocabulary import vocabulary

SHIPPED = Path(__file__).resolve().parents[2] / "ct-tissues"


def build(folder: Path) -> None:
    (folder / "graphs").mkdir(parents=True, exist_ok=True)
    for name in ("CARD.md", "LICENSE"):
        if folder.resolve() != SHIPPED:
            shutil.copyfile(SHIPPED / name, folder / name)
    (folder / "graphs" / "tissues.onnx").write_bytes(build_graph().SerializeToString(deterministic=True))
    write_json(folder / "model.json", manifest(), indent=2)
    write_json(folder / "vocabulary.json", vocabulary(), indent=2)
    write_torso(folder)
    write_checksums(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
