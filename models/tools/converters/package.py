"""Files of a model package (docs/develop/model-packages.md) that are the same for every family."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from package_files import sha256_of, write_checksums, write_json

CONVERTER_VERSION = "1.0.0"


@dataclass(frozen=True)
class Published:
    """Facts about a published model, independent of its weights.

    repository, commit  upstream's public code that the definition was compared with
    licence             of the weights as stated by their authors: {"spdx": …}, or {"text": …} without an SPDX name
    """

    id: str
    name: str
    algorithm: str
    source: str
    repository: str
    commit: str
    licence: dict
    intended_use: str
    modalities: tuple[str, ...]


def start_package(folder: Path) -> None:
    """@raises FileExistsError if the folder exists: a package must contain nothing else"""
    if folder.exists():
        raise FileExistsError(f"{folder} exists already. Name a new folder for the package.")
    (folder / "graphs").mkdir(parents=True)


def identity(model: Published, checkpoint: Path, minimum_dice: float) -> dict:
    """The first fields of model.json, for every family."""
    return {
        "schema": "promptseg-model/1",
        "id": model.id,
        "name": model.name,
        "version": CONVERTER_VERSION,
        "source": {
            "description": (
                f"Converted by models/tools/converters {CONVERTER_VERSION} from the checkpoint {checkpoint.name}."
            ),
            "repository": model.repository,
            "commit": model.commit,
            "checkpointSha256": sha256_of(checkpoint),
        },
        "licence": model.licence,
        "intendedUse": model.intended_use,
        "researchUseOnly": True,
        "modalities": list(model.modalities),
        "algorithm": {
            "name": model.algorithm,
            "version": CONVERTER_VERSION,
            "source": model.source,
            "familyCode": {"value": "123110", "scheme": "DCM", "meaning": "Artificial Intelligence"},
        },
        "evaluation": [],
        "selfTest": {"minimumDice": minimum_dice},
    }


def finish_package(
    folder: Path, model: Published, manifest: Mapping, vocabulary: Mapping | None, card: str, licence: Path | None
) -> None:
    """Writes manifest, vocabulary, card and licence, and finally the checksums of all files.

    vocabulary  None for a model that is prompted on the image and knows no names
    licence     the checkpoint's licence text; without it LICENSE repeats only what the authors publish
    """
    write_json(folder / "model.json", manifest)
    if vocabulary is not None:
        write_json(folder / "vocabulary.json", vocabulary)
    (folder / "CARD.md").write_text(card, encoding="utf-8")
    if licence is not None:
        shutil.copyfile(licence, folder / "LICENSE")
    else:
        (folder / "LICENSE").write_text(_stated_licence(model), encoding="utf-8")
    write_checksums(folder)


def _stated_licence(model: Published) -> str:
    terms = model.licence.get("spdx") or model.licence["text"]
    return (
        f"The weights in this package are those of {model.name} by {model.source} ({model.repository}).\n"
        f"Licence, as far as its authors state one: {terms}\n"
        "They were converted by the owner of the checkpoint; Promptseg ships no such weights and grants no "
        "rights to them.\n"
    )


def golden_volume(golden: Path, voxels: np.ndarray, voxel_to_lps: np.ndarray) -> dict:
    """Writes the voxels, int16 [columns, rows, slices], and gives the fields of golden.json that describe them."""
    (golden / "voxels.int16").write_bytes(voxels.astype("<i2").tobytes(order="F"))
    return {
        "grid": {"size": list(voxels.shape), "voxelToLps": [float(value) for value in np.ravel(voxel_to_lps)]},
        "voxels": {"file": "golden/voxels.int16", "type": "int16"},
    }


def bits_of(mask: np.ndarray) -> bytes:
    """A mask, bool [columns, rows, slices], as server/src/values/mask.ts has it."""
    return np.packbits(np.ravel(mask, order="F"), bitorder="little").tobytes()
