"""Files that every model package has (docs/develop/model-packages.md): JSON, self-test, checksums. NumPy only."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: Mapping, indent: int = 1) -> None:
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


def write_checksums(folder: Path) -> None:
    """SHA256SUMS of all other files, in the format of sha256sum."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def write_golden(
    folder: Path,
    voxels: np.ndarray,
    voxel_to_lps: Sequence[float],
    image: tuple[str, str],
    masks: Mapping[str, np.ndarray | None],
    name: str = "voxels",
    indent: int = 1,
) -> None:
    """Writes the self-test of a package: golden/golden.json, the voxels and the expected masks.

    folder        of the package
    voxels        [columns, rows, slices], of whole numbers
    voxel_to_lps  4×4 matrix, mm, row by row
    image         modality and unit: ("CT", "HU")
    masks         target → bool [columns, rows, slices], or None for a target that must not be found
    name          of the file with the voxels
    """
    golden = folder / "golden"
    golden.mkdir(exist_ok=True)
    # The first index runs fastest in the files, which is Fortran order.
    (golden / f"{name}.int16").write_bytes(voxels.astype("<i2").tobytes(order="F"))
    for target, mask in masks.items():
        if mask is not None:
            (golden / f"{target}.bits").write_bytes(np.packbits(mask.ravel(order="F"), bitorder="little").tobytes())
    modality, unit = image
    description = {
        "modality": modality,
        "unit": unit,
        "grid": {"size": list(voxels.shape), "voxelToLps": list(voxel_to_lps)},
        "voxels": {"file": f"golden/{name}.int16", "type": "int16"},
        "expected": {target: None if mask is None else f"golden/{target}.bits" for target, mask in masks.items()},
    }
    write_json(golden / "golden.json", description, indent)
